package dev.convector.internal.block;

import dev.convector.ConvShape;
import java.util.ArrayList;
import java.util.List;

/**
 * A rectangle of output pixels, worked on at a time: of one image, or the whole of several.
 *
 * @param image the first
 * @param images that follow one another; more than 1 only if they are whole
 */
public record PixelBlock(int image, int images, int row, int endRow, int column, int endColumn) {

  public int rows() {
    return endRow - row;
  }

  public int columns() {
    return endColumn - column;
  }

  public int pixels() {
    return images * rows() * columns();
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

  /** The most images of any. */
  public static int mostImages(List<PixelBlock> blocks) {
    return blocks.stream().mapToInt(PixelBlock::images).max().orElseThrow();
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
                  1,
                  part(height, i, down),
                  part(height, i + 1, down),
                  part(width, j, across),
                  part(width, j + 1, across)));
        }
      }
    }
    return blocks;
  }

  /** The same, but where several images fit a block, as many of them as do. */
  public static List<PixelBlock> cutBatch(ConvShape shape, int most) {
    int height = shape.outputHeight();
    int width = shape.outputWidth();
    int together = (int) (most / ((long) height * width));
    if (together < 2) {
      return cut(shape, most);
    }
    int count = Math.ceilDiv(shape.batch(), together);
    List<PixelBlock> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int image = part(shape.batch(), i, count);
      int images = part(shape.batch(), i + 1, count) - image;
      blocks.add(new PixelBlock(image, images, 0, height, 0, width));
    }
    return blocks;
  }

  private static int part(int size, int index, int parts) {
    return (int) ((long) size * index / parts);
  }
}
