package dev.convector.internal.dense;

import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.simd.Simd;
import java.util.function.Supplier;

/**
 * Dense convolution with filters in the lanes, on the matrix micro-kernel: the rows of its left
 * operand are pixels, found through tables. Where a pixel's input lies is each algorithm's own.
 *
 * <p>A worker's ints hold three tables of a block's pixels: where the input of each begins, where
 * its results go in place, and where they are staged, the last two counted from the block's first.
 */
public abstract class DenseBlockConv extends BlockConv {
  protected final DenseWeights weights;

  /** Floats of a pixel where a panel is staged: those of the first, the widest. */
  private final int panelFloats;

  private final boolean mayBeStaged;

  protected DenseBlockConv(
      ConvProblem problem, DenseWeights weights, Epilogue epilogue, PixelBlocks blocks) {
    super(problem.shape(), problem.channelsLast(), epilogue, weights, weights.step(0), blocks);
    this.weights = weights;
    this.panelFloats = weights.step(0);
    this.mayBeStaged = !problem.channelsLast() || shape.groupFilters() % Simd.LANES != 0;
  }

  @Override
  public Supplier<float[]> original() {
    return () -> weights.unpack(shape);
  }

  @Override
  public final long packedBytes() {
    return weights.bytes() + epilogue.bytes() + inputBytes();
  }

  /** Bytes that are packed for bringing the input, beside weights and bias. */
  protected long inputBytes() {
    return 0;
  }

  @Override
  protected final boolean addsBias() {
    return true;
  }

  @Override
  public final int scratchInts() {
    return 3 * mostPixels();
  }

  /**
   * Lists pixels of an output row.
   *
   * @param apart columns from one to the next
   * @param first where the input of the first begins
   * @param step floats from there to that of the next
   */
  protected final void list(
      BlockRun run, int row, int column, int apart, int pixels, int at, int first, int step) {
    int[] tables = run.scratch.ints;
    int most = mostPixels();
    int line = row - run.row;
    fill(tables, at, pixels, first, step);
    if (channelsLast) {
      int place = line * shape.outputWidth() + column - run.column;
      int pixel = run.operands.resultPixel(shape.filters());
      fill(tables, most + at, pixels, place * pixel, apart * pixel);
    }
    if (mayBeStaged) {
      int order = line * run.width() + column - run.column;
      fill(tables, 2 * most + at, pixels, order * panelFloats, apart * panelFloats);
    }
  }

  /** One table a loop, which C2 turns into vectors. */
  private static void fill(int[] table, int from, int count, int first, int step) {
    for (int i = 0; i < count; i++) {
      table[from + i] = first + i * step;
    }
  }

  /** Where in the tables the results of the panel at hand are listed. */
  protected final int resultTable(BlockRun run) {
    return (run.staged ? 2 : 1) * mostPixels();
  }

  /**
   * Computes all the sums of the block's pixels, listed in the order of memory, each in one stretch
   * from step 0 on: the left operand is set.
   */
  protected final void pixels(BlockRun run, TileCall call) {
    int inPlace = run.pixels() - run.stagedEnd;
    call.run(0, inPlace);
    if (run.stagedEnd > 0) {
      call.rows(run.scratch.ints, 0, 2 * mostPixels());
      call.result(run.scratch.floats, run.staging);
      call.run(inPlace, run.pixels());
    }
  }

  /** A call with all but the left operand: a panel's weights, what sums start from, the clamp. */
  protected final TileCall call(BlockRun run, int panel) {
    TileCall call = TileCall.of(run.scratch);
    call.rows(run.scratch.ints, 0, resultTable(run));
    call.right(weights.floats(), weights.offset(panel), weights.vectors(panel), weights.isFar());
    call.start(epilogue.bias(), run.filter, run.started);
    call.result(run.output, run.outputOffset);
    call.clamp(epilogue.low(), epilogue.high());
    return call;
  }
}
