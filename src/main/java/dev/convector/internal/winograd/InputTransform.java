package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.Operands;
import java.util.Arrays;

/**
 * {@code B^T d B} of a range of tiles, for a range of channels: from the image into V.
 *
 * <p>A channels-last image is read in place by the tiles that lie inside it; border tiles are first
 * copied into a patch with zeros around. A channels-first image is transposed, one row of tiles at
 * a time and zeros included, into a strip that is then read like an image.
 *
 * <p>Lanes beyond the last channel hold whatever follows in memory; no product reads them.
 */
final class InputTransform {
  private final ConvShape shape;
  private final boolean channelsLast;
  private final TileGrid grid;
  private final int m;
  private final int n;

  /** Floats of one tile's row in V. */
  private final int row;

  private final int plane;
  private final int workFloats;

  /**
   * @param row floats for the channels of one tile
   * @param plane floats between frequencies
   */
  InputTransform(
      ConvShape shape, boolean channelsLast, TileGrid grid, int mostTiles, int row, int plane) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.grid = grid;
    this.m = grid.m();
    this.n = grid.n();
    this.row = row;
    this.plane = plane;
    this.workFloats = workFloats(channelsLast, grid, mostTiles, row);
  }

  /** Floats of scratch besides V that an instance would need. */
  static int workFloats(boolean channelsLast, TileGrid grid, int mostTiles, int row) {
    int n = grid.n();
    int columns = Math.min(mostTiles, grid.columns()) * grid.m() + n - grid.m();
    return 2 * n * n * row + (channelsLast ? 0 : n * columns * row);
  }

  /** Floats of scratch besides V. */
  int workFloats() {
    return workFloats;
  }

  /**
   * Transforms tiles {@code [from, to)}.
   *
   * @param channel first channel of the image, of {@code channels}
   * @param v where V starts
   * @param work where the other scratch starts
   */
  void run(
      Operands operands,
      int from,
      int to,
      int channel,
      int channels,
      float[] scratch,
      int v,
      int work) {
    int end;
    for (int tile = from; tile < to; tile = end) {
      end = grid.segmentEnd(tile, to);
      int vTile = v + (tile - from) * row;
      if (channelsLast) {
        inPlace(operands, tile, end, channel, channels, scratch, vTile, work);
      } else {
        throughStrip(operands, tile, end, channel, channels, scratch, vTile, work);
      }
    }
  }

  private void inPlace(
      Operands operands,
      int tile,
      int end,
      int channel,
      int channels,
      float[] scratch,
      int v,
      int work) {
    int origin =
        operands.srcOffset
            + grid.image(tile) * shape.height() * shape.width() * shape.channels()
            + channel;
    int line = shape.width() * shape.channels();
    segment(operands.src, origin, line, shape.channels(), tile, end, channels, scratch, v, work);
  }

  /**
   * Transforms tiles of one row of tiles, from pixels that lie {@code pixel} floats apart, rows
   * {@code line}.
   *
   * @param origin where the image's first pixel is, or would be
   */
  private void segment(
      float[] a,
      int origin,
      int line,
      int pixel,
      int tile,
      int end,
      int channels,
      float[] scratch,
      int v,
      int work) {
    int patch = work + n * n * row;
    int y = grid.y(tile) - shape.padTop();
    boolean rowsInside = y >= 0 && y + n <= shape.height();
    for (int t = tile; t < end; t++, v += row) {
      int x = grid.x(t) - shape.padLeft();
      // Where the first tap is; it may lie outside the image.
      int at = origin + y * line + x * pixel;
      boolean inside = rowsInside && x >= 0 && x + n <= shape.width();
      int last = at + (n - 1) * (line + pixel) + row;
      if (inside && last <= a.length) {
        tile(a, at, line, pixel, scratch, v, work);
      } else {
        copyPatch(a, at, line, pixel, y, x, channels, scratch, patch);
        tile(scratch, patch, n * row, row, scratch, v, work);
      }
    }
  }

  /** Both passes for one tile whose pixels are all there. */
  private void tile(float[] a, int from, int line, int pixel, float[] scratch, int v, int work) {
    int runs = pixel == row ? 1 : n;
    int count = pixel == row ? n * row : row;
    // Columns; as one run where neighbouring pixels are neighbours in memory.
    TransformKernels.input(n, a, from, pixel, line, scratch, work, row, n * row, count, runs);
    // Rows.
    TransformKernels.input(n, scratch, work, n * row, row, scratch, v, n * plane, plane, row, n);
  }

  private void copyPatch(
      float[] a,
      int at,
      int line,
      int pixel,
      int y,
      int x,
      int channels,
      float[] scratch,
      int patch) {
    int left = Math.clamp(-x, 0, n);
    int right = Math.clamp(shape.width() - x, left, n);
    for (int i = 0; i < n; i++) {
      int to = patch + i * n * row;
      if (y + i < 0 || y + i >= shape.height() || left == right) {
        Arrays.fill(scratch, to, to + n * row, 0);
        continue;
      }
      Arrays.fill(scratch, to, to + left * row, 0);
      Arrays.fill(scratch, to + right * row, to + n * row, 0);
      int source = at + i * line;
      for (int j = left; j < right; j++) {
        System.arraycopy(a, source + j * pixel, scratch, to + j * row, channels);
      }
    }
  }

  private void throughStrip(
      Operands operands,
      int tile,
      int end,
      int channel,
      int channels,
      float[] scratch,
      int v,
      int work) {
    int y = grid.y(tile) - shape.padTop();
    int x = grid.x(tile) - shape.padLeft();
    int top = Math.clamp(y, 0, shape.height());
    int bottom = Math.clamp(y + n, top, shape.height());
    int left = Math.clamp(x, 0, shape.width());
    int right = Math.clamp(x + (end - tile) * m + (long) n - m, left, shape.width());
    int columns = right - left;
    int strip = work + 2 * n * n * row;
    int area = shape.height() * shape.width();
    int from =
        operands.srcOffset
            + (grid.image(tile) * shape.channels() + channel) * area
            + top * shape.width()
            + left;
    // Rows as wide as the image follow one another: one long row.
    boolean whole = columns == shape.width();
    int lines = bottom == top || columns == 0 ? 0 : whole ? 1 : bottom - top;
    int length = whole ? (bottom - top) * columns : columns;
    for (int i = 0; i < lines; i++) {
      Transpose.run(
          operands.src,
          from + i * shape.width(),
          area,
          channels,
          length,
          scratch,
          strip + i * columns * row,
          row);
    }
    int origin = strip - (top * columns + left) * row;
    segment(scratch, origin, columns * row, row, tile, end, channels, scratch, v, work);
  }
}
