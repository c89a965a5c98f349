package dev.convector;

import dev.convector.internal.plan.VolumeConv;

/**
 * A three-dimensional convolution with its weights packed, ready to run. NaN and infinities spread
 * as with {@link Conv2dPlan}.
 */
public final class Conv3dPlan extends ResidualPlan {
  private final Conv3d description;
  private final VolumeConv conv;

  Conv3dPlan(Conv3d description, VolumeConv conv) {
    super(new PlanRunner(conv.steps()));
    this.description = description;
    this.conv = conv;
  }

  /**
   * A plan with the same weights for another input, which shares them as {@link
   * Conv2dPlan#withInput} does.
   *
   * @param batch volumes, at least 1
   * @param depth planes of the input, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a plan of {@link Conv3d#withInput}
   * @throws IllegalArgumentException if a size breaks a rule of {@link Conv3dShape}, the padding
   *     one of its {@link PaddingMode}, or an algorithm that was forced can't compute the new sizes
   */
  public Conv3dPlan withInput(int batch, int depth, int height, int width) {
    Conv3d other = description.withInput(batch, depth, height, width);
    return new Conv3dPlan(other, conv.withProblem(other.planar()));
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public Conv3d description() {
    return description;
  }

  /**
   * The algorithm that computes the planes.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm algorithm() {
    return conv.algorithm();
  }

  @Override
  public long packedBytes() {
    return conv.bytes();
  }

  @Override
  public String toString() {
    return description + " by " + algorithm();
  }
}
