package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.ConvProblem;
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

  /** Floats between frequencies in V. */
  private final int plane;

  /** Where the scratch besides V starts: the columns' results, a patch, the strip. */
  private final int work;

  private final int patch;
  private final int strip;

  InputTransform(ConvProblem problem, TileGrid grid, TileBlocking blocking) {
    this.shape = problem.shape();
    this.channelsLast = problem.channelsLast();
    this.grid = grid;
    this.m = grid.m();
    this.n = grid.n();
    this.row = blocking.channels();
    this.plane = blocking.vPlane();
    this.work = blocking.workOffset(shape);
    this.patch = work + n * n * row;
    this.strip = patch + n * n * row;
  }

  /** Floats of scratch besides V that an instance for rows of so many floats needs. */
  static int workFloats(boolean channelsLast, TileGrid grid, int mostTiles, int row) {
    int n = grid.n();
    int columns = Math.min(mostTiles, grid.columns()) * grid.m() + n - grid.m();
    return 2 * n * n * row + (channelsLast ? 0 : n * columns * row);
  }

  /** Transforms the unit's tiles for its channels. */
  void run(WinogradUnit unit) {
    float[] scratch = unit.scratch;
    unit.size(grid);
    unit.columns.result(scratch, row, n * row);
    unit.border.source(scratch, row, n * row);
    unit.border.result(scratch, row, n * row);
    unit.border.runs(n * row, 1);
    unit.rows.source(scratch, n * row, row);
    unit.rows.result(scratch, n * plane, plane);
    unit.rows.runs(row, n);
    int end;
    for (int tile = unit.from; tile < unit.to; tile = end) {
      end = grid.segmentEnd(tile, unit.to);
      int v = TileBlocking.V_OFFSET + (tile - unit.from) * row;
      if (channelsLast) {
        inPlace(unit, tile, end, v);
      } else {
        throughStrip(unit, tile, end, v);
      }
    }
  }

  private void inPlace(WinogradUnit unit, int tile, int end, int v) {
    int pixel = shape.channels();
    int line = shape.width() * pixel;
    int image = grid.image(tile) * shape.height() * line;
    unit.columns.source(unit.operands.src, pixel, line);
    segment(unit, tile, end, unit.operands.srcOffset + image + unit.channel, v);
  }

  /**
   * Transforms tiles of one row of tiles, from the source of the columns' call.
   *
   * @param origin where the image's first pixel is, or would be
   */
  private void segment(WinogradUnit unit, int tile, int end, int origin, int v) {
    TransformCall columns = unit.columns;
    int pixel = columns.aRun;
    int line = columns.aStep;
    // One run where neighbouring pixels are neighbours in memory.
    columns.runs(pixel == row ? n * row : row, pixel == row ? 1 : n);
    int y = grid.y(tile) - shape.padTop();
    boolean rowsInside = y >= 0 && y + n <= shape.height();
    for (int t = tile; t < end; t++, v += row) {
      int x = grid.x(t) - shape.padLeft();
      // Where the first tap is; it may lie outside the image.
      int at = origin + y * line + x * pixel;
      boolean inside = rowsInside && x >= 0 && x + n <= shape.width();
      int last = at + (n - 1) * (line + pixel) + row;
      if (inside && last <= columns.a.length) {
        columns.input(at, work);
      } else {
        copyPatch(unit, at, y, x);
        unit.border.input(patch, work);
      }
      unit.rows.input(work, v);
    }
  }

  private void copyPatch(WinogradUnit unit, int at, int y, int x) {
    float[] scratch = unit.scratch;
    TransformCall image = unit.columns;
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
      int source = at + i * image.aStep;
      for (int j = left; j < right; j++) {
        System.arraycopy(image.a, source + j * image.aRun, scratch, to + j * row, unit.channels);
      }
    }
  }

  private void throughStrip(WinogradUnit unit, int tile, int end, int v) {
    int y = grid.y(tile) - shape.padTop();
    int x = grid.x(tile) - shape.padLeft();
    int top = Math.clamp(y, 0, shape.height());
    int bottom = Math.clamp(y + n, top, shape.height());
    int left = Math.clamp(x, 0, shape.width());
    int right = Math.clamp(x + (end - tile) * m + (long) n - m, left, shape.width());
    int columns = right - left;
    int area = unit.operands.sourcePlane(shape.height() * shape.width());
    int from =
        unit.operands.srcOffset
            + (grid.image(tile) * shape.channels() + unit.channel) * area
            + top * shape.width()
            + left;
    // Rows as wide as the image follow one another: one long row.
    boolean whole = columns == shape.width();
    int lines = bottom == top || columns == 0 ? 0 : whole ? 1 : bottom - top;
    int length = whole ? (bottom - top) * columns : columns;
    for (int i = 0; i < lines; i++) {
      int line = from + i * shape.width();
      int to = strip + i * columns * row;
      Transpose.run(unit.operands.src, line, area, unit.channels, length, unit.scratch, to, row);
    }
    unit.columns.source(unit.scratch, row, columns * row);
    segment(unit, tile, end, strip - (top * columns + left) * row, v);
  }
}
