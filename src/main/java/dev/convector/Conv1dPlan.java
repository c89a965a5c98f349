package dev.convector;

/**
 * A one-dimensional convolution with its weights packed, ready to run. NaN and infinities spread as
 * with {@link Conv2dPlan}.
 */
public final class Conv1dPlan implements Plan {
  private final Conv1d description;
  private final Conv2dPlan planar;

  Conv1dPlan(Conv1d description, Conv2dPlan planar) {
    this.description = description;
    this.planar = planar;
  }

  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    planar.run(src, srcOffset, dst, dstOffset, execution);
  }

  /**
   * Convolves and adds a residual before the activation.
   *
   * @param src holds the input, in the description's layout
   * @param srcOffset index of its first element
   * @param residual holds what is added, with the output's shape and layout; null for nothing. It
   *     may be exactly the output's place, which then accumulates, or must not overlap it
   * @param residualOffset index of its first element
   * @param dst receives the output, in the description's layout; must not overlap the input
   * @param dstOffset index of its first element
   * @param execution where
   * @throws IllegalArgumentException if an array is too short, an offset negative, an array
   *     overlaps the output in a way that is not allowed, or the pool is shut down
   */
  public void run(
      float[] src,
      int srcOffset,
      float[] residual,
      int residualOffset,
      float[] dst,
      int dstOffset,
      Execution execution) {
    planar.run(src, srcOffset, residual, residualOffset, dst, dstOffset, execution);
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
  public int inputSize() {
    return planar.inputSize();
  }

  @Override
  public int outputSize() {
    return planar.outputSize();
  }

  @Override
  public long workspaceBytes() {
    return planar.workspaceBytes();
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
