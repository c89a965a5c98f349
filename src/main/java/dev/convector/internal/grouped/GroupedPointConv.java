package dev.convector.internal.grouped;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;

/**
 * Channels-last 1x1 convolution with few channels a group, on the kernels of the codegen folder's
 * GroupedPointKernels: filters in the lanes, those of several groups where a group has few, the
 * input read where it lies. Blocks of 16 to 48 pixels, which with their results would keep within
 * the first-level cache, took 1.1 to 2 times as long as those of 200, but 0.7 with 4 of 256
 * channels a group (AMD EPYC, family 26).
 */
public final class GroupedPointConv extends BlockConv {
  private final GroupedWeights weights;

  public GroupedPointConv(ConvProblem problem, float[] weights, float[] bias) {
    this(
        problem.flattened(),
        new GroupedWeights(problem.shape(), false, weights),
        Epilogue.of(problem, bias));
  }

  private GroupedPointConv(ConvProblem problem, GroupedWeights weights, Epilogue epilogue) {
    super(
        problem.shape(),
        true,
        epilogue,
        weights,
        Simd.LANES,
        PixelBlocks.cutBatch(problem.shape(), Blocking.DIRECT_ROWS));
    this.weights = weights;
  }

  /**
   * Whether a pointwise problem is of this kind: then it takes 0.5 to 0.9 of the time of others
   * with 2 to 16 channels a group at 28x28. With one filter a group it is a depthwise one; with
   * more than a vector of them the dense kernel is faster, 0.87 with 16 channels and 32 filters.
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    int most =
        GroupedWeights.isShared(s) ? GroupedPointKernels.MOST_SELECT : GroupedPointKernels.MOST;
    return problem.channelsLast()
        && s.groups() > 1
        && s.groupFilters() > 1
        && s.groupFilters() <= Simd.LANES
        && s.groupChannels() <= (Simd.MANY_REGISTERS ? most : most / 2)
        && GroupedWeights.size(s) <= Integer.MAX_VALUE / 2;
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return new GroupedPointConv(problem.flattened(), weights, epilogue);
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + epilogue.bytes();
  }

  @Override
  protected int inputFloats() {
    return 0;
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    return end;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    GroupedCall call = GroupedCall.of(run.scratch);
    int step = shape.strideWidth() * shape.channels();
    call.kernel(0, null, shape.groupChannels());
    call.input(run.operands.src, 0, step);
    call.clamp(epilogue.low(), epilogue.high());
    call.weights(weights, panel);
    call.result(run.output, run.rowStep, run.pixelStep);
    if (run.started) {
      call.startFromResult();
    } else {
      call.startFrom(epilogue.bias(), run.filter);
    }
    rows(run, call, panel);
  }

  private void rows(BlockRun run, GroupedCall call, int panel) {
    int channel = run.operands.srcOffset + weights.channel(weights.window(panel));
    for (int line = 0; line < run.lines(); line++) {
      int image = run.image + line / shape.outputHeight();
      int y = (run.row + line % shape.outputHeight()) * shape.strideHeight();
      int pixel = (image * shape.height() + y) * shape.width() + run.column * shape.strideWidth();
      int result = run.outputOffset + line * run.rowStep;
      call.runPoints(
          GroupedWeights.isShared(shape), run.width(), channel + pixel * shape.channels(), result);
    }
  }
}
