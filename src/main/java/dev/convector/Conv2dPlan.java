package dev.convector;

import dev.convector.internal.plan.ResizableConv;

/**
 * A convolution with its weights packed, ready to run.
 *
 * <p>NaN and infinities in the input reach exactly the outputs whose window covers them, with every
 * algorithm but Winograd's, where they reach the whole tile of outputs that is computed from them.
 * What a weight that is not finite makes of taps in the padding is not specified.
 */
public final class Conv2dPlan extends ResidualPlan {
  private final Conv2d description;
  private final ResizableConv conv;

  Conv2dPlan(Conv2d description, ResizableConv conv) {
    super(new PlanRunner(description.padded().steps(conv.work())));
    this.description = description;
    this.conv = conv;
  }

  /**
   * A plan with the same weights for another input.
   *
   * <p>The algorithm is chosen anew for the new sizes, unless it was forced. Where it stays the
   * same and its packed weights don't depend on the sizes, both plans share them; otherwise the
   * weights are packed again. A plan keeps its weights as they were given where it could not
   * restore them from the packed ones; {@link #packedBytes} counts them. This plan stays as it is.
   *
   * @param batch images, at least 1
   * @param height rows of the input, at least 1
   * @param width columns of the input, at least 1
   * @return a plan of {@link Conv2d#withInput}
   * @throws IllegalArgumentException if a size breaks a rule of {@link ConvShape}, the padding one
   *     of its {@link PaddingMode}, or an algorithm that was forced can't compute the new sizes
   */
  public Conv2dPlan withInput(int batch, int height, int width) {
    Conv2d other = description.withInput(batch, height, width);
    return new Conv2dPlan(other, conv.withProblem(other.padded().inner()));
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public Conv2d description() {
    return description;
  }

  /**
   * The algorithm that runs.
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
