package dev.convector.internal.block;

import dev.convector.ConvShape;
import java.util.ArrayList;
import java.util.List;

/** A rectangle of one image's output pixels, worked on at a time. */
public record PixelBlock(int image, int row, int endRow, int column, int endColumn) {

  public int rows() {
    return endRow - row;
  }

  public int columns() {
    return endColumn - column;
  }

  public int pixels() {
    return rows() * columns();
  }

  /** The most pixels of any. */
  public static int mostPixels(List<PixelBlock> blocks) {
    return blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
  }

  /** The most rows of any. */
  public static int mostRows(List<PixelBlock> blocks) {
    return blocks.stream().mapToInt(PixelBlock::rows).max().orElseThrow();
  }

  /** The most columns of any. */
  public static int mostColumns(List<PixelBlock> blocks) {
    return blocks.stream().mapToInt(PixelBlock::columns).max().orElseThrow();
  }

  /**
   * Cuts the output into blocks of at most {@code most} pixels, as equal as possible: whole rows
   * where a row fits, else parts of a row.
   */
  public static List<PixelBlock> cut(ConvShape shape, int most) {
    int height = shape.outputHeight();
    int width = shape.outputWidth();
    int rowsAtATime = Math.clamp(most / width, 1, height);
    int down = Math.ceilDiv(height, rowsAtATime);
    int across = Math.ceilDiv(width, Math.min(width, Math.max(1, most)));
    List<PixelBlock> blocks = new ArrayList<>();
    for (int image = 0; image < shape.batch(); image++) {
      for (int i = 0; i < down; i++) {
        for (int j = 0; j < across; j++) {
          blocks.add(
              new PixelBlock(
                  image,
                  part(height, i, down),
                  part(height, i + 1, down),
                  part(width, j, across),
                  part(width, j + 1, across)));
        }
      }
    }
    return blocks;
  }

  private static int part(int size, int index, int parts) {
    return (int) ((long) size * index / parts);
  }
}
