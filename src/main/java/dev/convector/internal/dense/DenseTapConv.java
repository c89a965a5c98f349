package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseTapCall;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;
import java.util.function.Supplier;

/**
 * A convolution computed directly where few channels make the stretches of contiguous input short,
 * as in a network's first layer. The input that a block of rows sees is copied to scratch once,
 * padded; neighbouring output pixels see it a constant distance apart, and a window's elements lie
 * at listed places from its first.
 */
public final class DenseTapConv extends BlockConv {
  /** Output rows of a block; more save little. */
  private static final int MOST_ROWS = 8;

  private final DenseWeights weights;
  private final InputStrip strip;

  /** Where a window's elements lie, from its first on. */
  private final int[] taps;

  /** Floats from one output pixel's window to the next one's. */
  private final int distance;

  public DenseTapConv(ConvProblem problem, float[] weights, float[] bias) {
    this(problem, DenseWeights.pack(problem.shape(), weights), Epilogue.of(problem, bias));
  }

  private DenseTapConv(ConvProblem problem, DenseWeights weights, Epilogue epilogue) {
    this(problem, weights, epilogue, PixelBlocks.cut(problem.shape(), blockPixels(problem)));
  }

  private DenseTapConv(
      ConvProblem problem, DenseWeights weights, Epilogue epilogue, PixelBlocks blocks) {
    super(problem.shape(), problem.channelsLast(), epilogue, weights, weights.step(0), blocks);
    this.weights = weights;
    boolean pixels = channelsLast || shape.channels() == 1;
    this.strip =
        new InputStrip(
            shape, pixels, Border.ALL, InputStrip.Windows.all(shape), shape.channels(), blocks);
    this.distance = shape.strideWidth() * shape.channels();
    this.taps = taps();
  }

  private int[] taps() {
    int[] places = new int[weights.depth()];
    for (int i = 0; i < places.length; i++) {
      int tap = i / shape.channels();
      int r = tap / shape.kernelWidth() * shape.dilationHeight();
      int s = tap % shape.kernelWidth() * shape.dilationWidth();
      places[i] = r * strip.rowStep() + s * shape.channels() + i % shape.channels();
    }
    return places;
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return new DenseTapConv(problem, weights, epilogue);
  }

  @Override
  public Supplier<float[]> original() {
    return () -> weights.unpack(shape);
  }

  /** Whether it can compute a problem: one group, and scratch holds what a pixel sees. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.groups() == 1 && stripFloats(s, 1, 1) <= Blocking.STRIP_FLOATS;
  }

  /** Whether the kernels have tiles for the distance of neighbouring windows. */
  public static boolean isFast(ConvShape s) {
    return DenseTapCall.isFast(s.strideWidth() * s.channels());
  }

  private static long stripFloats(ConvShape s, int rows, int columns) {
    return InputStrip.floats(s, Border.ALL, s.channels(), rows, columns);
  }

  /** Whole rows if they fit, else a part of one. */
  private static int blockPixels(ConvProblem problem) {
    ConvShape s = problem.shape();
    int rows = Math.min(MOST_ROWS, s.outputHeight());
    while (rows > 1 && stripFloats(s, rows, s.outputWidth()) > Blocking.TAP_STRIP_FLOATS) {
      rows--;
    }
    int columns = s.outputWidth();
    while (columns > 1 && stripFloats(s, rows, columns) > Blocking.TAP_STRIP_FLOATS) {
      columns = Math.ceilDiv(columns, 2);
    }
    return rows * columns;
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + epilogue.bytes() + (long) taps.length * Integer.BYTES;
  }

  @Override
  protected int inputFloats() {
    return strip.windowFloats() + Simd.LANES;
  }

  @Override
  protected UnitCost cost() {
    return super.cost().loading(shape.inputSize(), true, halo());
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    strip.clearBorder(run, 1, 0);
    strip.load(run, 0, 1, 0);
    return end;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    DenseTapCall call = DenseTapCall.of(run.scratch);
    call.left(run.scratch.floats, distance, taps);
    call.right(weights.floats(), weights.offset(panel), weights.vectors(panel));
    call.start(run.started ? null : epilogue.bias(), run.filter, run.started);
    call.result(run.output, run.pixelStep);
    int depth = weights.depth();
    for (int from = 0; from < depth; from += Blocking.KC) {
      int to = Math.min(depth, from + Blocking.KC);
      call.stretch(from, to, to == depth, epilogue.low(), epilogue.high());
      for (int row = run.row; row < run.endRow; row++) {
        int result = run.outputOffset + (row - run.row) * run.rowStep;
        call.run(strip.windowOffset(run, row, run.column), result, run.width());
      }
    }
    call.clear();
  }
}
