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
 * input read where it lies.
 */
public final class GroupedPointConv extends BlockConv {
  /** Most channels to pairs of vectors without stride. */
  private static final int MOST_WIDE_UNSTRIDED = 4;

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
        GroupedWeights.vectors(problem.shape()) * Simd.LANES,
        PixelBlocks.cutBatch(
            problem.shape(),
            Blocking.pointRows(
                problem.shape().filters(), GroupedWeights.vectors(problem.shape()))));
    this.weights = weights;
  }

  /**
   * Whether a pointwise problem is of this kind: then it takes 0.5 to 0.9 of the time of others
   * with 2 to 16 channels a group at 28x28. With one filter a group it is a depthwise one.
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return problem.channelsLast()
        && s.groupFilters() > 1
        && s.groupChannels() <= mostChannels(s)
        && GroupedWeights.size(s) <= Integer.MAX_VALUE / 2;
  }

  /**
   * Most channels of a group. Of more filters than a vector has, the dense kernels are faster from
   * 16 channels to 32, 0.87; but tiles cost more than the multiply-adds of few channels: from 1, 2,
   * 3 and 4 to pairs of vectors, groups or not, listed taps take 1.0 to 2.3 of the time (1 to 16 at
   * 56x56 1.4, 3 to 32 at 56x56 2.3, 2 to 32 in 17 groups at 63x63 1.4, 4 to 64 1.4), with stride 2
   * from 5 and 6 1.05 to 1.8, and to odd numbers of vectors from 1 to 4 1.05 to 2.0 (Choices, Zen 4
   * without AVX-512; not measured with it).
   */
  private static int mostChannels(ConvShape s) {
    boolean isStrided = s.strideHeight() > 1 || s.strideWidth() > 1;
    if (GroupedWeights.vectors(s) == 2) {
      return isStrided ? GroupedPointKernels.MOST_WIDE : MOST_WIDE_UNSTRIDED;
    }
    if (s.groups() == 1 || s.groupFilters() > Simd.LANES) {
      return isStrided && s.groupFilters() % Simd.LANES == 0 ? MOST_WIDE_UNSTRIDED : 0;
    }
    int most =
        GroupedWeights.isShared(s) ? GroupedPointKernels.MOST_SELECT : GroupedPointKernels.MOST;
    return Simd.MANY_REGISTERS ? most : most / 2;
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
          GroupedWeights.isShared(shape),
          GroupedWeights.vectors(shape),
          run.width(),
          channel + pixel * shape.channels(),
          result);
    }
  }
}
