package dev.convector.internal.depthwise;

import dev.convector.ConvShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.Simd;

/**
 * Rectangles of outputs of a strip in scratch in which the inputs that a tap reads for neighbouring
 * outputs are neighbours, whatever the stride, with zeros for the columns outside.
 *
 * <p>A call costs as much as a tile of few taps. So tiles follow one another in it along the row
 * or, where a row is few of them, down the rows with the same taps inside.
 */
final class DepthwiseStrip implements DepthwiseTiles.Rectangles {
  /**
   * Runs of taps of a call, of all its tiles: the JIT's counter of calls is full before that of the
   * loop.
   */
  private static final int CALL_RUNS = 256;

  /**
   * Taps that see an input from which on a strip pays where a stride has no kernels of its own: 9x9
   * with stride 2 and 56 channels at 21x21 take 0.9 of the time of runs in place, 13x13 0.7, 31x31
   * 0.32; 11x11 with stride 3 1.4 to 1.8, 6x6 with stride 2 1.4 (Zen 5).
   */
  private static final int LEAST_USES = 16;

  private final int inputStep;
  private final int mostColumns;
  private final DepthwiseTaps taps;
  private final Epilogue epilogue;
  private final TapRanges rows;

  /**
   * @param rowStep floats between rows of the input
   */
  DepthwiseStrip(ConvShape shape, int rowStep, DepthwiseTaps taps, Epilogue epilogue) {
    this.inputStep = shape.strideHeight() * rowStep;
    this.mostColumns = DepthwiseKernels.stripTile(shape.kernelWidth());
    this.taps = taps;
    this.epilogue = epilogue;
    this.rows = TapRanges.rows(shape);
  }

  /** Whether each input is seen so often that it is worth copying, of a strided kernel. */
  static boolean pays(ConvShape shape) {
    long strides = (long) shape.strideHeight() * shape.strideWidth();
    return (long) shape.kernelHeight() * shape.kernelWidth() / strides >= LEAST_USES;
  }

  /** How many columns apart neighbours in a problem's strip should be: those between are seen. */
  static int phases(ConvProblem problem) {
    ConvShape shape = problem.shape();
    return problem.channelsLast()
            && DepthwiseRow.isPadded(shape)
            && !Depthwise3x3.fits(shape)
            && shape.strideWidth() <= shape.effectiveKernelWidth()
        ? shape.strideWidth()
        : 1;
  }

  /** Whether a strip holds what neighbouring outputs see as neighbours. */
  static boolean fits(ConvShape shape, InputStrip strip) {
    return DepthwiseRow.isPadded(shape) && strip.phases() == shape.strideWidth();
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int range = rows.find(row);
    for (int r = row, end; r < endRow; r = end, range++) {
      end = Math.min(endRow, rows.end(range));
      rows(p, range, r - row, end - r, endColumn - column);
    }
  }

  /** Rows with the same taps inside, the first so many below the block's first. */
  private void rows(DepthwiseCall p, int range, int below, int count, int columns) {
    for (int q = 0, tile, along; q < columns; q += along * tile) {
      tile = DepthwiseRow.nextTile(columns - q, mostColumns);
      along = DepthwiseRow.sameTiles(columns - q, mostColumns);
      int x = p.firstX + below * inputStep + q * Simd.LANES;
      int y = p.firstY + below * p.yRow + q * p.yStep;
      boolean down = count > along;
      p.xTile = down ? inputStep : tile * Simd.LANES;
      p.yTile = down ? p.yRow : tile * p.yStep;
      for (int i = 0; i < (down ? along : count); i++) {
        p.xOffset = x + i * (down ? tile * Simd.LANES : inputStep);
        p.yOffset = y + i * (down ? tile * p.yStep : p.yRow);
        tiles(p, range, tile, down ? count : along);
      }
    }
  }

  private void tiles(DepthwiseCall p, int range, int tile, int count) {
    int kernelRows = rows.endTap(range) - rows.firstTap(range);
    int callRuns = p.isShort() ? p.shortRuns : CALL_RUNS;
    int most = Math.max(1, callRuns / Math.max(1, taps.runs(0, kernelRows)));
    for (int left = count; left > 0; left -= most) {
      p.tiles = Math.min(left, most);
      passes(p, rows.firstTap(range), kernelRows, tile);
      p.xOffset += p.tiles * p.xTile;
      p.yOffset += p.tiles * p.yTile;
    }
  }

  private void passes(DepthwiseCall p, int firstRow, int kernelRows, int tile) {
    for (int pass = 0; pass < taps.passes(); pass++) {
      p.tableOffset = taps.tableOffset(pass, firstRow);
      p.groups = taps.runs(pass, kernelRows);
      p.wOffset = taps.weightsOffset(pass, firstRow) + p.filter * taps.taps();
      p.pass(pass == 0, pass == taps.passes() - 1, epilogue);
      DepthwiseKernels.strip(p, taps.width(pass), tile);
    }
  }
}
