package dev.convector;

import dev.convector.internal.separable.SeparableWeights;
import dev.convector.internal.separable.SeparableWork;

/** A depthwise-separable convolution with its weights packed, ready to run. */
public final class DepthwiseSeparable2dPlan extends ResidualPlan {
  private final DepthwiseSeparable2d description;
  private final SeparableWeights weights;
  private final SeparableWork packed;

  DepthwiseSeparable2dPlan(
      DepthwiseSeparable2d description, SeparableWeights weights, SeparableWork packed) {
    super(
        new PlanRunner(
            packed,
            description.depthwise().inputSize(),
            description.pointwise().outputSize(),
            description.multiplyAdds()));
    this.description = description;
    this.weights = weights;
    this.packed = packed;
  }

  /**
   * A plan with the same weights for another input. Both plans share the packed weights where those
   * don't depend on the sizes; otherwise the weights, which a plan keeps as they were given, are
   * packed again. This plan stays as it is.
   *
   * @param batch images, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a plan of {@link DepthwiseSeparable2d#withInput}
   * @throws IllegalArgumentException if a size breaks a rule, as in {@link
   *     DepthwiseSeparable2d.Builder#build}
   */
  public DepthwiseSeparable2dPlan withInput(int batch, int height, int width) {
    return description.withInput(batch, height, width).plan(weights, packed);
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public DepthwiseSeparable2d description() {
    return description;
  }

  /**
   * How the first of the two convolutions is computed.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm depthwiseAlgorithm() {
    return packed.depthwiseAlgorithm();
  }

  /**
   * How the second of the two convolutions is computed.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm pointwiseAlgorithm() {
    return packed.pointwiseAlgorithm();
  }

  /**
   * The part of the intermediate that each thread of a run holds, within {@link #workspaceBytes}.
   *
   * @return bytes, at most {@link DepthwiseSeparable2d#MAX_INTERMEDIATE_BYTES}
   */
  public long intermediateBytes() {
    return packed.intermediateBytes();
  }

  @Override
  public long packedBytes() {
    return packed.packedBytes() + weights.bytes();
  }

  @Override
  public String toString() {
    return description + " by " + depthwiseAlgorithm() + ", " + pointwiseAlgorithm();
  }
}
