package dev.convector.internal.separable;

import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.Sight;
import dev.convector.internal.dense.DenseBlockConv;
import dev.convector.internal.depthwise.DepthwiseConv;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.simd.Simd;

/**
 * A depthwise convolution whose output, a block of pixels at a time, is the left operand of the
 * pointwise one's matrix product: the block, {@code [pixels][channels]} whatever the layout, lies
 * in scratch and never leaves the second-level cache.
 */
public final class SeparableConv extends DenseBlockConv implements SeparableWork {
  /**
   * The most pixels of a block of a channels-first image, whose rows below the kernel are
   * transposed again for each block: with more, fewer of them twice. Staging then is 256 KiB.
   */
  private static final int MAX_PLANE_PIXELS = 2048;

  /** Rows of a block of a channels-last image, where they fit: a tile of the depthwise kernel. */
  private static final int ROWS = 4;

  private static final Scratch.Slot<Inner> INNER = new Scratch.Slot<>(Inner::new);

  private final DepthwiseConv depthwise;

  /** Where in scratch the intermediate begins, behind what the depthwise convolution needs. */
  private final int intermediate;

  /** Of problems that are not refused, the second on the output of the first. */
  public SeparableConv(
      ConvProblem depthwiseProblem,
      ConvProblem pointwiseProblem,
      float[] depthwiseWeights,
      float[] depthwiseBias,
      float[] pointwiseWeights,
      float[] pointwiseBias) {
    this(
        pointwiseProblem,
        pointwiseWeights,
        pointwiseBias,
        new DepthwiseConv(
            depthwiseProblem,
            Layout.NHWC,
            blockPixels(pointwiseProblem),
            depthwiseWeights,
            depthwiseBias));
  }

  private SeparableConv(
      ConvProblem problem, float[] weights, float[] bias, DepthwiseConv depthwise) {
    super(
        problem,
        DenseWeights.pack(problem.shape(), weights),
        Epilogue.of(problem, bias),
        depthwise.blocks());
    this.depthwise = depthwise;
    this.intermediate = Simd.roundUp(depthwise.scratchFloats());
  }

  private static int blockPixels(ConvProblem problem) {
    ConvShape shape = problem.shape();
    int most =
        problem.channelsLast()
            ? Math.max(Blocking.MAX_BLOCK_ROWS, ROWS * shape.outputWidth())
            : MAX_PLANE_PIXELS;
    return Math.clamp(BLOCK_FLOATS / shape.channels(), 1, most);
  }

  /** Why the problems can't be computed in one; null if they can. */
  public static String refusal(ConvProblem depthwiseProblem, ConvProblem pointwiseProblem) {
    ConvShape shape = pointwiseProblem.shape();
    if (shape.channels() > BLOCK_FLOATS) {
      return "needs at most "
          + BLOCK_FLOATS
          + " channels between depthwise and pointwise, not "
          + shape.channels();
    }
    String weights = DenseWeights.refusal(shape);
    return weights != null ? weights : DepthwiseConv.refusal(depthwiseProblem);
  }

  @Override
  public long intermediateBytes() {
    return (long) mostPixels() * shape.channels() * Float.BYTES;
  }

  @Override
  protected long inputBytes() {
    return depthwise.packedBytes();
  }

  @Override
  protected int inputFloats() {
    return intermediate + mostPixels() * shape.channels();
  }

  @Override
  public boolean mayReadAhead() {
    return depthwise.mayReadAhead();
  }

  /** Every range of a block's panels repeats the depthwise part. */
  @Override
  protected UnitCost cost() {
    return super.cost().loading(2L * shape.inputSize(), true, halo());
  }

  @Override
  protected Sight sight() {
    return depthwise.sight();
  }

  @Override
  protected void enter(BlockRun run) {
    for (int row = run.row, at = 0; row < run.endRow; row++, at += run.width()) {
      list(run, row, run.column, 1, run.width(), at, at * shape.channels(), shape.channels());
    }
  }

  /** Computes the depthwise part. */
  @Override
  protected int load(BlockRun run, int panel, int end) {
    Inner inner = run.scratch.get(INNER);
    int plane = run.operands.sourcePlane(0);
    // So that the block's first pixel lies at the intermediate's beginning; its rows follow one
    // another, since they are whole or it is only one.
    int pixel = (run.image * shape.height() + run.row) * shape.width() + run.column;
    int dstOffset = intermediate - pixel * shape.channels();
    inner.operands.set(
        run.operands.src, run.operands.srcOffset, null, 0, run.scratch.floats, dstOffset);
    inner.operands.setPlanes(plane, 0);
    inner.operands.readsAhead = run.operands.readsAhead;
    inner.run.enter(inner.operands, run.scratch);
    depthwise.run(inner.run, run);
    return end;
  }

  @Override
  protected boolean storesInOrder() {
    return shape.channels() <= Blocking.KC;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    TileCall call = call(run, panel);
    call.left(run.scratch.floats, intermediate, shape.channels());
    pixels(run, call);
  }

  /** The depthwise part's run inside that of the pointwise part. */
  private static final class Inner implements Scratch.Kept {
    final BlockRun run = new BlockRun();
    final Operands operands = new Operands();

    @Override
    public void clear() {
      run.clear();
      operands.clear();
    }
  }
}
