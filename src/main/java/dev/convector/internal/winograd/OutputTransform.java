package dev.convector.internal.winograd;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.simd.Simd;

/**
 * {@code A^T M A} of a range of tiles, for a slice of the filters, with bias, residual and
 * activation: from M into the output.
 *
 * <p>A channels-last output is written in place. A channels-first one, and filters that don't fill
 * whole vectors, are staged in scratch, one row of tiles at a time. Tiles that reach over the right
 * border are computed apart and copied.
 */
final class OutputTransform {
  private final ConvShape shape;
  private final boolean channelsLast;
  private final TileGrid grid;
  private final Epilogue epilogue;
  private final int height;
  private final int width;
  private final int m;
  private final int n;
  private final int plane;
  private final int workFloats;
  private final int tileOffset;
  private final int stagingOffset;

  /**
   * @param row most floats for the filters of one tile
   * @param plane floats between frequencies
   */
  OutputTransform(
      ConvShape shape,
      boolean channelsLast,
      TileGrid grid,
      Epilogue epilogue,
      int mostTiles,
      int row,
      int plane) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.grid = grid;
    this.epilogue = epilogue;
    this.height = shape.outputHeight();
    this.width = shape.outputWidth();
    this.m = grid.m();
    this.n = grid.n();
    this.plane = plane;
    this.tileOffset = m * n * row;
    this.stagingOffset = tileOffset + m * row;
    this.workFloats = workFloats(shape, channelsLast, grid, mostTiles, row);
  }

  /** Floats of scratch besides M that an instance would need. */
  static int workFloats(
      ConvShape shape, boolean channelsLast, TileGrid grid, int mostTiles, int row) {
    int m = grid.m();
    boolean everStaged = !channelsLast || shape.groupFilters() % LANES != 0;
    int staged = everStaged ? Math.min(mostTiles, grid.columns()) * m * m * row : 0;
    return m * grid.n() * row + m * row + staged;
  }

  /** Floats of scratch besides M. */
  int workFloats() {
    return workFloats;
  }

  /**
   * Transforms tiles {@code [from, to)}.
   *
   * @param filter first filter of the slice inside its group, of {@code filters}
   * @param row floats for the filters of one tile in M
   * @param products where M starts
   * @param work where the other scratch starts
   */
  void run(
      Operands operands,
      int from,
      int to,
      int group,
      int filter,
      int filters,
      int row,
      float[] scratch,
      int products,
      int work) {
    boolean staged = !channelsLast || filters % LANES != 0;
    int end;
    for (int tile = from; tile < to; tile = end) {
      end = grid.segmentEnd(tile, to);
      int source = products + (tile - from) * row;
      int first = group * shape.groupFilters() + filter;
      int bias = first;
      if (staged) {
        staged(operands, tile, end, first, filters, bias, row, scratch, source, work);
      } else {
        inPlace(operands, tile, end, first, filters, bias, scratch, source, work);
      }
    }
  }

  private void inPlace(
      Operands operands,
      int tile,
      int end,
      int first,
      int filters,
      int bias,
      float[] scratch,
      int source,
      int work) {
    int at = pixel(tile, 0) + first;
    segment(
        tile,
        end,
        filters,
        scratch,
        source,
        work,
        bias,
        operands.residual,
        operands.residualOffset + at,
        operands.dst,
        operands.dstOffset + at,
        shape.filters(),
        width * shape.filters());
    if (!epilogue.isClamp()) {
      int columns = Math.min(width, grid.x(end - 1) + m) - grid.x(tile);
      for (int p = 0; p < rows(tile); p++) {
        int line = operands.dstOffset + pixel(tile, p) + first;
        for (int q = 0; q < columns; q++) {
          epilogue.activate(operands.dst, line + q * shape.filters(), filters);
        }
      }
    }
  }

  /** Index in a channels-last output of the first filter of a tile's pixel of column 0. */
  private int pixel(int tile, int p) {
    return ((grid.image(tile) * height + grid.y(tile) + p) * width + grid.x(tile))
        * shape.filters();
  }

  /** Rows of a tile inside the output. */
  private int rows(int tile) {
    return Math.min(m, height - grid.y(tile));
  }

  /**
   * Transforms tiles of one row of tiles. The output's pixels lie {@code pixelStep} floats apart,
   * its rows {@code line}; the residual's, if there is one, as the output's.
   */
  private void segment(
      int tile,
      int end,
      int filters,
      float[] scratch,
      int source,
      int work,
      int bias,
      float[] residual,
      int residualOffset,
      float[] dst,
      int dstOffset,
      int pixelStep,
      int line) {
    int row = Simd.roundUp(filters);
    int rows = rows(tile);
    for (int t = tile; t < end; t++, source += row) {
      TransformKernels.output(
          m, n, scratch, source, plane, n * plane, scratch, work, row, n * row, row, n);
      int columns = Math.min(m, width - grid.x(t));
      int at = (t - tile) * m * pixelStep;
      if (columns == m) {
        store(
            scratch,
            work,
            row,
            rows,
            dst,
            dstOffset + at,
            line,
            pixelStep,
            bias,
            residual,
            residualOffset + at,
            line,
            pixelStep);
        continue;
      }
      int apart = work + tileOffset;
      float[] sum = residual == null ? null : scratch;
      for (int p = 0; p < rows; p++, at += line) {
        for (int q = 0; residual != null && q < columns; q++) {
          System.arraycopy(
              residual, residualOffset + at + q * pixelStep, scratch, apart + q * row, filters);
        }
        int from = work + p * n * row;
        store(scratch, from, row, 1, scratch, apart, 0, row, bias, sum, apart, 0, row);
        for (int q = 0; q < columns; q++) {
          System.arraycopy(scratch, apart + q * row, dst, dstOffset + at + q * pixelStep, filters);
        }
      }
    }
  }

  /** The second pass for so many rows of a tile. */
  private void store(
      float[] a,
      int from,
      int row,
      int rows,
      float[] b,
      int to,
      int toRun,
      int toStep,
      int bias,
      float[] residual,
      int residualOffset,
      int residualRun,
      int residualStep) {
    if (residual == null) {
      TransformKernels.store(
          m,
          n,
          a,
          from,
          n * row,
          row,
          b,
          to,
          toRun,
          toStep,
          row,
          rows,
          epilogue.bias(),
          bias,
          epilogue.low(),
          epilogue.high());
    } else {
      TransformKernels.storeSum(
          m,
          n,
          a,
          from,
          n * row,
          row,
          b,
          to,
          toRun,
          toStep,
          row,
          rows,
          epilogue.bias(),
          bias,
          epilogue.low(),
          epilogue.high(),
          residual,
          residualOffset,
          residualRun,
          residualStep);
    }
  }

  private void staged(
      Operands operands,
      int tile,
      int end,
      int first,
      int filters,
      int bias,
      int row,
      float[] scratch,
      int source,
      int work) {
    int staging = work + stagingOffset;
    int columns = Math.min(width, grid.x(end - 1) + m) - grid.x(tile);
    float[] residual = operands.residual == null ? null : scratch;
    if (residual != null) {
      stageResidual(operands, tile, columns, first, filters, row, scratch, staging);
    }
    segment(
        tile,
        end,
        filters,
        scratch,
        source,
        work,
        bias,
        residual,
        staging,
        scratch,
        staging,
        row,
        columns * row);
    if (!epilogue.isClamp()) {
      epilogue.activate(scratch, staging, rows(tile) * columns * row);
    }
    unstage(operands, tile, columns, first, filters, row, scratch, staging);
  }

  private void stageResidual(
      Operands operands,
      int tile,
      int columns,
      int first,
      int filters,
      int row,
      float[] scratch,
      int staging) {
    if (channelsLast) {
      for (int p = 0; p < rows(tile); p++) {
        int from = operands.residualOffset + pixel(tile, p) + first;
        for (int q = 0; q < columns; q++) {
          System.arraycopy(
              operands.residual,
              from + q * shape.filters(),
              scratch,
              staging + (p * columns + q) * row,
              filters);
        }
      }
      return;
    }
    // Rows as wide as the output follow one another: one long row.
    int lines = columns == width ? 1 : rows(tile);
    int length = columns == width ? rows(tile) * width : columns;
    for (int p = 0; p < lines; p++) {
      Transpose.run(
          operands.residual,
          operands.residualOffset + channelsFirst(tile, p, first),
          height * width,
          filters,
          length,
          scratch,
          staging + p * columns * row,
          row);
    }
  }

  private void unstage(
      Operands operands,
      int tile,
      int columns,
      int first,
      int filters,
      int row,
      float[] scratch,
      int staging) {
    if (channelsLast) {
      for (int p = 0; p < rows(tile); p++) {
        int to = operands.dstOffset + pixel(tile, p) + first;
        for (int q = 0; q < columns; q++) {
          System.arraycopy(
              scratch,
              staging + (p * columns + q) * row,
              operands.dst,
              to + q * shape.filters(),
              filters);
        }
      }
      return;
    }
    int lines = columns == width ? 1 : rows(tile);
    int length = columns == width ? rows(tile) * width : columns;
    for (int p = 0; p < lines; p++) {
      Transpose.run(
          scratch,
          staging + p * columns * row,
          row,
          length,
          filters,
          operands.dst,
          operands.dstOffset + channelsFirst(tile, p, first),
          height * width);
    }
  }

  /** Index in a channels-first output of a tile's row in a filter's plane. */
  private int channelsFirst(int tile, int p, int filter) {
    return ((grid.image(tile) * shape.filters() + filter) * height + grid.y(tile) + p) * width
        + grid.x(tile);
  }
}
