package dev.convector.internal.winograd;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;

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
  private final TileBlocking blocking;
  private final Epilogue epilogue;
  private final int height;
  private final int width;
  private final int m;
  private final int n;

  /** Floats between frequencies in M. */
  private final int plane;

  /** Where the scratch besides M starts: the columns' results, a row of a border tile, the rest. */
  private final int work;

  private final int apart;
  private final int staging;

  OutputTransform(ConvProblem problem, TileGrid grid, TileBlocking blocking, Epilogue epilogue) {
    this.shape = problem.shape();
    this.channelsLast = problem.channelsLast();
    this.grid = grid;
    this.blocking = blocking;
    this.epilogue = epilogue;
    this.height = shape.outputHeight();
    this.width = shape.outputWidth();
    this.m = grid.m();
    this.n = grid.n();
    this.plane = blocking.mPlane(shape);
    int mostRow = blocking.row(shape, 0);
    this.work = blocking.workOffset(shape);
    this.apart = work + m * n * mostRow;
    this.staging = apart + m * mostRow;
  }

  /** Floats of scratch besides M that an instance for rows of at most so many floats needs. */
  static int workFloats(
      ConvShape shape, boolean channelsLast, TileGrid grid, int mostTiles, int row) {
    int m = grid.m();
    boolean everStaged = !channelsLast || shape.groupFilters() % LANES != 0;
    int staged = everStaged ? Math.min(mostTiles, grid.columns()) * m * m * row : 0;
    return m * grid.n() * row + m * row + staged;
  }

  /** Transforms the unit's tiles for its filters. */
  void run(WinogradUnit unit) {
    boolean staged = !channelsLast || unit.filters % LANES != 0;
    describe(unit, unit.filter, staged);
    int end;
    for (int tile = unit.from; tile < unit.to; tile = end) {
      end = grid.segmentEnd(tile, unit.to);
      int source = blocking.mOffset() + (tile - unit.from) * unit.row;
      if (staged) {
        staged(unit, tile, end, source);
      } else {
        inPlace(unit, tile, end, source);
      }
    }
  }

  /** Sets all that the kernels' calls for all of a unit's tiles have in common. */
  private void describe(WinogradUnit unit, int biasOffset, boolean staged) {
    float[] scratch = unit.scratch;
    Operands operands = unit.operands;
    int row = unit.row;
    unit.size(grid);
    unit.columns.source(scratch, plane, n * plane);
    unit.columns.result(scratch, row, n * row);
    unit.columns.runs(row, n);
    store(unit.rows, unit, biasOffset);
    store(unit.border, unit, biasOffset);
    unit.border.result(scratch, 0, row);
    unit.border.runs(row, 1);
    if (!staged) {
      int pixel = operands.resultPixel(shape.filters());
      unit.rows.result(operands.dst, width * pixel, pixel);
      unit.rows.residual(operands.residual, operands.residualOffset - operands.dstOffset);
    }
  }

  /** A second pass whose residual, if there is one, lies in scratch where the results will. */
  private void store(TransformCall call, WinogradUnit unit, int biasOffset) {
    call.source(unit.scratch, n * unit.row, unit.row);
    call.epilogue(epilogue.bias(), biasOffset, epilogue.low(), epilogue.high());
    call.residual(unit.operands.residual == null ? null : unit.scratch, 0);
  }

  private void inPlace(WinogradUnit unit, int tile, int end, int source) {
    int pixel = unit.operands.resultPixel(shape.filters());
    int to = unit.operands.dstOffset + channelsLast(tile, 0, unit.filter, pixel);
    segment(unit, tile, end, source, to);
    if (!epilogue.isClamp()) {
      int columns = columns(tile, end);
      for (int p = 0; p < rows(tile); p++, to += width * pixel) {
        for (int q = 0; q < columns; q++) {
          epilogue.activate(unit.operands.dst, to + q * pixel, unit.filters);
        }
      }
    }
  }

  private void staged(WinogradUnit unit, int tile, int end, int source) {
    int columns = columns(tile, end);
    unit.rows.result(unit.scratch, columns * unit.row, unit.row);
    if (unit.operands.residual != null) {
      stageResidual(unit, tile, columns);
    }
    segment(unit, tile, end, source, staging);
    if (!epilogue.isClamp()) {
      epilogue.activate(unit.scratch, staging, rows(tile) * columns * unit.row);
    }
    unstage(unit, tile, columns);
  }

  /** Rows of a tile inside the output. */
  private int rows(int tile) {
    return Math.min(m, height - grid.y(tile));
  }

  /** Columns of the output that tiles of one row of tiles cover. */
  private int columns(int tile, int end) {
    return Math.min(width, grid.x(end - 1) + m) - grid.x(tile);
  }

  /**
   * Transforms tiles of one row of tiles, into the result of the rows' call.
   *
   * @param source where the first tile is in M
   * @param to where the first tile's first pixel goes
   */
  private void segment(WinogradUnit unit, int tile, int end, int source, int to) {
    TransformCall store = unit.rows;
    store.runs(unit.row, rows(tile));
    for (int t = tile; t < end; t++, source += unit.row, to += m * store.bStep) {
      unit.columns.output(source, work);
      int columns = Math.min(m, width - grid.x(t));
      if (columns == m) {
        store.store(work, to);
      } else {
        storeBorder(unit, columns, to);
      }
    }
  }

  /** The second pass of a tile that has so many columns inside the output: row by row, apart. */
  private void storeBorder(WinogradUnit unit, int columns, int to) {
    TransformCall whole = unit.rows;
    float[] scratch = unit.scratch;
    int row = unit.row;
    for (int p = 0; p < whole.runs; p++, to += whole.bRun) {
      for (int q = 0; whole.residual != null && q < columns; q++) {
        int from = to + whole.residualShift + q * whole.bStep;
        System.arraycopy(whole.residual, from, scratch, apart + q * row, unit.filters);
      }
      unit.border.store(work + p * n * row, apart);
      for (int q = 0; q < columns; q++) {
        System.arraycopy(scratch, apart + q * row, whole.b, to + q * whole.bStep, unit.filters);
      }
    }
  }

  /**
   * Brings the residual of the unit's filters, at a tile's rows and so many columns, into the
   * staging area: pixel after pixel.
   */
  private void stageResidual(WinogradUnit unit, int tile, int columns) {
    Operands operands = unit.operands;
    float[] from = operands.residual;
    int to = staging;
    if (channelsLast) {
      for (int p = 0; p < rows(tile); p++) {
        int line = operands.residualOffset + channelsLast(tile, p, unit.filter, shape.filters());
        for (int q = 0; q < columns; q++, to += unit.row) {
          System.arraycopy(from, line + q * shape.filters(), unit.scratch, to, unit.filters);
        }
      }
      return;
    }
    int area = operands.resultPlane(height * width);
    int length = lineLength(tile, columns);
    for (int p = 0; p < rows(tile) * columns / length; p++, to += length * unit.row) {
      int line = operands.residualOffset + channelsFirst(tile, p, unit.filter, area);
      Transpose.run(from, line, area, unit.filters, length, unit.scratch, to, unit.row);
    }
  }

  /** Moves the same rectangle of results from the staging area into the output. */
  private void unstage(WinogradUnit unit, int tile, int columns) {
    Operands operands = unit.operands;
    float[] to = operands.dst;
    int from = staging;
    if (channelsLast) {
      int pixel = operands.resultPixel(shape.filters());
      for (int p = 0; p < rows(tile); p++) {
        int line = operands.dstOffset + channelsLast(tile, p, unit.filter, pixel);
        for (int q = 0; q < columns; q++, from += unit.row) {
          System.arraycopy(unit.scratch, from, to, line + q * pixel, unit.filters);
        }
      }
      return;
    }
    int area = operands.resultPlane(height * width);
    int length = lineLength(tile, columns);
    for (int p = 0; p < rows(tile) * columns / length; p++, from += length * unit.row) {
      int line = operands.dstOffset + channelsFirst(tile, p, unit.filter, area);
      Transpose.run(unit.scratch, from, unit.row, length, unit.filters, to, line, area);
    }
  }

  /** Rows as wide as a channels-first output follow one another: one long row. */
  private int lineLength(int tile, int columns) {
    return columns == width ? rows(tile) * width : columns;
  }

  /**
   * Index in a channels-last output of a filter at a tile's row and first column.
   *
   * @param pixel floats from one pixel to the next
   */
  private int channelsLast(int tile, int p, int filter, int pixel) {
    return ((grid.image(tile) * height + grid.y(tile) + p) * width + grid.x(tile)) * pixel + filter;
  }

  /** Index in a channels-first output of a tile's row in a filter's plane. */
  private int channelsFirst(int tile, int p, int filter, int area) {
    return (grid.image(tile) * shape.filters() + filter) * area
        + (grid.y(tile) + p) * width
        + grid.x(tile);
  }
}
