package dev.convector;

import dev.convector.internal.plan.Choice;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;

/**
 * A transposed convolution with its weights packed, ready to run.
 *
 * <p>NaN and infinities in the input reach exactly the outputs of their window, with every
 * algorithm but Winograd's, where they reach the whole tile of outputs that is computed from them.
 * What a weight that is not finite makes of taps outside the input is not specified.
 */
public final class ConvTranspose2dPlan extends ResidualPlan {
  private final ConvTranspose2d description;
  private final Algorithm algorithm;
  private final PackedWork packed;

  ConvTranspose2dPlan(ConvTranspose2d description, Choice choice, RunSteps steps) {
    super(new PlanRunner(steps));
    this.description = description;
    this.algorithm = choice.algorithm();
    this.packed = choice.work();
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public ConvTranspose2d description() {
    return description;
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
    return description + " by " + algorithm();
  }
}
