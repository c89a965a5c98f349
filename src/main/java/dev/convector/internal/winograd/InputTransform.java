package dev.convector.internal.winograd;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.conv.Operands;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.simd.Simd;
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
    this.n = m + 2;
    this.row = row;
    this.plane = plane;
    int stripColumns = Math.min(mostTiles, grid.columns()) * m + 2;
    int strip = channelsLast ? n * n * row : n * stripColumns * row;
    this.workFloats = n * n * row + strip;
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
    int pixel = shape.channels();
    int line = shape.width() * pixel;
    int patch = work + n * n * row;
    int y = grid.y(tile) - shape.padTop();
    boolean rowsInside = y >= 0 && y + n <= shape.height();
    for (int t = tile; t < end; t++, v += row) {
      int x = grid.x(t) - shape.padLeft();
      // An index of the first tap; it may lie before the image.
      int at =
          operands.srcOffset + (grid.image(t) * shape.height() + y) * line + x * pixel + channel;
      boolean inside = rowsInside && x >= 0 && x + n <= shape.width();
      int last = at + (n - 1) * (line + pixel) + row;
      if (inside && last <= operands.src.length) {
        tile(operands.src, at, line, pixel, scratch, v, work);
      } else {
        copyPatch(operands.src, at, y, x, channels, scratch, patch);
        tile(scratch, patch, n * row, row, scratch, v, work);
      }
    }
  }

  /** Both passes for one tile whose pixels are all there. */
  private void tile(float[] a, int from, int line, int pixel, float[] scratch, int v, int work) {
    if (pixel == row) {
      // Neighbouring pixels are neighbours in memory: all columns at once.
      TransformKernels.input(m, a, from, line, scratch, work, n * row, n * row);
    } else {
      for (int j = 0; j < n; j++) {
        TransformKernels.input(m, a, from + j * pixel, line, scratch, work + j * row, n * row, row);
      }
    }
    for (int i = 0; i < n; i++) {
      TransformKernels.input(
          m, scratch, work + i * n * row, row, scratch, v + i * n * plane, plane, row);
    }
  }

  private void copyPatch(
      float[] src, int at, int y, int x, int channels, float[] scratch, int patch) {
    int pixel = shape.channels();
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
      int source = at + i * shape.width() * pixel;
      for (int j = left; j < right; j++) {
        System.arraycopy(src, source + j * pixel, scratch, to + j * row, channels);
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
    int columns = (end - tile) * m + 2;
    int strip = work + n * n * row;
    fillStrip(operands, tile, columns, channel, channels, scratch, strip);
    for (int t = tile; t < end; t++, v += row) {
      tile(scratch, strip + (t - tile) * m * row, columns * row, row, scratch, v, work);
    }
  }

  private void fillStrip(
      Operands operands,
      int tile,
      int columns,
      int channel,
      int channels,
      float[] scratch,
      int strip) {
    int area = shape.height() * shape.width();
    int planes = operands.srcOffset + (grid.image(tile) * shape.channels() + channel) * area;
    int x = grid.x(tile) - shape.padLeft();
    int left = Math.clamp(-x, 0, columns);
    int right = Math.clamp(shape.width() - x, left, columns);
    for (int i = 0; i < n; i++) {
      int y = grid.y(tile) - shape.padTop() + i;
      int to = strip + i * columns * row;
      if (y < 0 || y >= shape.height() || left == right) {
        Arrays.fill(scratch, to, to + columns * row, 0);
        continue;
      }
      Arrays.fill(scratch, to, to + left * row, 0);
      Arrays.fill(scratch, to + right * row, to + columns * row, 0);
      int from = planes + y * shape.width() + x + left;
      Transpose.run(
          operands.src, from, area, channels, right - left, scratch, to + left * row, row);
    }
  }

  /** Floats of a tile's row for so many channels. */
  static int rowFloats(int channels) {
    return Math.max(LANES, Simd.roundUp(channels));
  }
}
