package dev.convector.internal.separable;

import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;

/** A depthwise and a pointwise convolution as one, a block of the intermediate at a time. */
public interface SeparableWork extends PackedWork {
  /** The most floats of the intermediate block: 256 KiB. */
  int BLOCK_FLOATS = 64 * 1024;

  /** Bytes of the intermediate block. */
  long intermediateBytes();

  /** Of problems that {@link SeparableConv} does not refuse, the second on the first's output. */
  static SeparableWork pack(
      ConvProblem depthwiseProblem,
      ConvProblem pointwiseProblem,
      float[] depthwiseWeights,
      float[] depthwiseBias,
      float[] pointwiseWeights,
      float[] pointwiseBias) {
    return SeparablePixelConv.pays(depthwiseProblem, pointwiseProblem)
        ? new SeparablePixelConv(
            depthwiseProblem,
            pointwiseProblem,
            depthwiseWeights,
            depthwiseBias,
            pointwiseWeights,
            pointwiseBias)
        : new SeparableConv(
            depthwiseProblem,
            pointwiseProblem,
            depthwiseWeights,
            depthwiseBias,
            pointwiseWeights,
            pointwiseBias);
  }
}
