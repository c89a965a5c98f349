package dev.convector;

/**
 * A one-dimensional convolution with its weights packed, ready to run. NaN and infinities spread as
 * with {@link Conv2dPlan}.
 */
public final class Conv1dPlan extends ResidualPlan {
  private final Conv1d description;
  private final Conv2dPlan planar;

  Conv1dPlan(Conv1d description, Conv2dPlan planar) {
    super(planar.runner);
    this.description = description;
    this.planar = planar;
  }

  /**
   * A plan with the same weights for another input, which shares them as {@link
   * Conv2dPlan#withInput} does.
   *
   * @param batch sequences, at least 1
   * @param length elements of a sequence, at least 1
   * @return a plan of {@link Conv1d#withInput}
   * @throws IllegalArgumentException if a size breaks a rule of {@link Axis}, the padding one of
   *     its {@link PaddingMode}, or an algorithm that was forced can't compute the new sizes
   */
  public Conv1dPlan withInput(int batch, int length) {
    Conv1d other = description.withInput(batch, length);
    return new Conv1dPlan(other, planar.withInput(batch, 1, length));
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public Conv1d description() {
    return description;
  }

  /**
   * The algorithm that runs.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm algorithm() {
    return planar.algorithm();
  }

  @Override
  public long packedBytes() {
    return planar.packedBytes();
  }

  @Override
  public String toString() {
    return description + " by " + algorithm();
  }
}
