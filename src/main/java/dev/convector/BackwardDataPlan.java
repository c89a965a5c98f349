package dev.convector;

import dev.convector.internal.plan.Choice;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;

/**
 * From the gradient with respect to a convolution's output to the one with respect to its input,
 * with the weights packed, ready to run; a run's {@code src} is the former and {@code dst} the
 * latter, each in the shape and layout of what it is the gradient of.
 *
 * <p>It is the gradient of the convolution without its activation, whose derivative depends on the
 * output: multiply the output's gradient by that first. For a fixed loss it is linear in {@code
 * src}, and the adjoint of the convolution without its bias: {@code <conv(x), y> = <x, data(y)>}.
 */
public final class BackwardDataPlan extends ResidualPlan {
  private final Object of;
  private final Algorithm algorithm;
  private final PackedWork packed;

  /**
   * @param of the description of which it is the gradient
   */
  BackwardDataPlan(Object of, Choice choice, RunSteps steps) {
    super(new PlanRunner(steps));
    this.of = of;
    this.algorithm = choice.algorithm();
    this.packed = choice.work();
  }

  /**
   * The algorithm that runs.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm algorithm() {
    return algorithm;
  }

  @Override
  public long packedBytes() {
    return packed.packedBytes();
  }

  @Override
  public String toString() {
    return "gradient of the input of " + of + " by " + algorithm;
  }
}
