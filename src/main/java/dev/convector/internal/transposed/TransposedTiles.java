package dev.convector.internal.transposed;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvTransposeShape;
import dev.convector.TransposedAxis;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.TransposedProblem;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;

/**
 * Depthwise outputs of 3x3 and 5x5 kernels with stride 2, by twos along both axes: those that see
 * nothing outside the input. The codegen folder's TransposedTileKernels has the formula.
 */
final class TransposedTiles {
  private static final int STRIDE = 2;

  /** Tiles times vectors of a call; more would make the JIT compile the middle of its loop. */
  private static final int CALL_STEPS = 64;

  /**
   * Floats of a pixel in a multiple of which the pixels of a tile lie in few sets of a first-level
   * cache: 3x3 at 28x28 on 256 channels takes 0.76 of the time by one pair, at 56x56 on 128 0.91,
   * but at 112x112 on 64 1.08 (Zen 5).
   */
  private static final int FEW_SETS_FLOATS = 128;

  private final ConvTransposeShape shape;
  private final int kernel;
  private final int lag;

  /** Rows of the input that a tile sees. */
  private final int seen;

  /** Pairs of columns of a tile. */
  private final int width;

  /** {@code [vectors of filters][taps][LANES]}. */
  private final AlignedFloats weights;

  private final Epilogue epilogue;

  /**
   * @param weights {@code [filters][taps]}
   * @param inPlace whether the last vector holds the last LANES filters, some of them again
   */
  TransposedTiles(ConvTransposeShape shape, float[] weights, boolean inPlace, Epilogue epilogue) {
    this.shape = shape;
    this.kernel = shape.kernelHeight();
    this.lag = TransposedTileKernels.lag(kernel);
    this.seen = (lag + 1) / STRIDE + 1;
    boolean conflicting = kernel == 3 && shape.filters() % FEW_SETS_FLOATS == 0;
    this.width = !Simd.MANY_REGISTERS || conflicting ? 1 : 2;
    this.epilogue = epilogue;
    int taps = kernel * kernel;
    this.weights = AlignedFloats.allocate(Simd.roundUp(shape.filters()) * taps);
    for (int v = 0; v < shape.filters(); v += LANES) {
      int first = inPlace ? Math.min(v, shape.filters() - LANES) : v;
      int to = this.weights.offset() + v * taps - first;
      for (int k = first; k < Math.min(first + LANES, shape.filters()); k++) {
        for (int tap = 0; tap < taps; tap++) {
          this.weights.array()[to + tap * LANES + k] = weights[k * taps + tap];
        }
      }
    }
  }

  /** Whether a problem of one channel and one filter a group has such outputs. */
  static boolean fits(TransposedProblem problem) {
    ConvTransposeShape shape = problem.shape();
    return shape.kernelHeight() == shape.kernelWidth()
        && TransposedTileKernels.lag(shape.kernelHeight()) > 0
        && fits(shape.rows())
        && fits(shape.columns());
  }

  private static boolean fits(TransposedAxis a) {
    return a.stride() == STRIDE && a.dilation() == 1;
  }

  /**
   * Of at most so many rows of outputs those of which blocks should be, so that all begin with a
   * pair: a row left over at either end is computed phase by phase.
   *
   * @param least rows worth a block; where no such number will do, as many as there may be
   */
  static int rows(int height, int least, int most) {
    for (int rows = most / STRIDE * STRIDE; rows >= Math.max(STRIDE, least); rows -= STRIDE) {
      if (height % rows == 0) {
        return rows;
      }
    }
    return most;
  }

  long bytes() {
    return weights.bytes();
  }

  /**
   * Computes a block's outputs of the panel that a run is at, by phases what sees something outside
   * the input.
   *
   * @param p has the filters, the input and the output's array
   * @return whether it did: not where there are no tiles
   */
  boolean run(TransposedTaps p, BlockRun run, TransposedPhases phases) {
    int top = begin(shape.rows(), run.row);
    int bottom = end(shape.rows(), run.endRow);
    int left = begin(shape.columns(), run.column);
    int right = end(shape.columns(), run.endColumn);
    if (top >= bottom
        || left >= right
        || Math.max(p.x.length, p.y.length) > TransposedTileKernels.MOST_FLOATS) {
      return false;
    }
    tiles(p, run, top, bottom, left, right);
    phases.run(p, run, run.row, top, run.column, run.endColumn);
    phases.runDown(p, run, top, bottom, run.column, left);
    phases.runDown(p, run, top, bottom, right, run.endColumn);
    phases.run(p, run, bottom, run.endRow, run.column, run.endColumn);
    return true;
  }

  /** The first output from one on with which a pair begins that sees nothing outside. */
  private int begin(TransposedAxis a, int from) {
    int least = Math.max(0, Math.ceilDiv(from + a.padBefore() - lag, STRIDE));
    return output(a, least);
  }

  /** One past the last output of the pairs up to one; may be less than {@link #begin}. */
  private int end(TransposedAxis a, int to) {
    int most = Math.min(a.size() - seen, Math.floorDiv(to - STRIDE + a.padBefore() - lag, STRIDE));
    return output(a, most) + STRIDE;
  }

  /** The first input that the pair beginning with an output sees. */
  private int input(TransposedAxis a, int output) {
    return (output + a.padBefore() - lag) / STRIDE;
  }

  /** The first output of the pair that sees an input first. */
  private int output(TransposedAxis a, int input) {
    return input * STRIDE + lag - a.padBefore();
  }

  /** Outputs that are pairs along both axes. */
  private void tiles(
      TransposedTaps p, BlockRun run, int row, int endRow, int column, int endColumn) {
    p.w(weights.array());
    p.wTile = weights.offset() + p.packed * kernel * kernel;
    p.start(epilogue.bias());
    p.startAt = p.filter;
    p.xStep = p.xPixel;
    p.yStep = run.pixelStep;
    p.yRow = run.rowStep;
    p.clamped = epilogue.isClamped();
    p.low = epilogue.low();
    p.high = epilogue.high();
    int most = Math.max(1, CALL_STEPS * LANES / p.filters);
    int x =
        p.xOrigin + input(shape.rows(), row) * p.xRow + input(shape.columns(), column) * p.xStep;
    int y = p.yOrigin + (row - run.row) * p.yRow + (column - run.column) * p.yStep;
    for (int i = row; i < endRow; i += STRIDE, x += p.xRow, y += STRIDE * p.yRow) {
      int pairs = (endColumn - column) / STRIDE;
      int together;
      for (int done = 0; done < pairs; done += p.tiles * together) {
        together = pairs - done >= width ? width : 1;
        p.tiles = Math.min(most, (pairs - done) / together);
        p.xTile = x + done * p.xStep;
        p.yAt = y + done * STRIDE * p.yStep;
        TransposedTileKernels.run(p, kernel, together);
      }
    }
  }
}
