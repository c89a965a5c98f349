package dev.convector.internal.separable;

import dev.convector.Algorithm;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;

/** A depthwise and a pointwise convolution as one, a block of the intermediate at a time. */
public interface SeparableWork extends PackedWork {
  /** The most floats of the intermediate block: 256 KiB. */
  int BLOCK_FLOATS = 64 * 1024;

  /** Bytes of packed weights and biases; not those of the plan's own arrays that are kept. */
  @Override
  long packedBytes();

  /** Bytes of the intermediate block. */
  long intermediateBytes();

  /** How the first of the two is computed. */
  default Algorithm depthwiseAlgorithm() {
    return Algorithm.DEPTHWISE;
  }

  /** How the second of the two is computed. */
  default Algorithm pointwiseAlgorithm() {
    return Algorithm.POINTWISE;
  }

  /**
   * The same weights, shared, for problems that differ in batch, height and width alone. Null where
   * the packed form depends on those sizes, or where another form is faster for the new ones: then
   * it is packed again.
   */
  default SeparableWork withProblems(ConvProblem depthwise, ConvProblem pointwise) {
    return null;
  }

  /**
   * Of problems that {@link SeparableConv} does not refuse, the second on the first's output.
   * Arrays of the weights may be kept: they are the plan's own.
   */
  static SeparableWork pack(
      ConvProblem depthwiseProblem, ConvProblem pointwiseProblem, SeparableWeights weights) {
    return SeparablePixelConv.pays(depthwiseProblem, pointwiseProblem)
        ? new SeparablePixelConv(
            depthwiseProblem,
            pointwiseProblem,
            weights.depthwise(),
            weights.depthwiseBias(),
            weights.pointwise(),
            weights.pointwiseBias())
        : new SeparableConv(
            depthwiseProblem,
            pointwiseProblem,
            weights.depthwise(),
            weights.depthwiseBias(),
            weights.pointwise(),
            weights.pointwiseBias());
  }
}
