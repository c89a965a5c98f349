package dev.convector;

/**
 * A fully connected layer with its weights packed, ready to run. NaN and infinities spread as with
 * {@link Conv2dPlan}.
 */
public final class FullyConnectedPlan implements Plan {
  private final FullyConnected description;
  private final Conv2dPlan pointwise;

  FullyConnectedPlan(FullyConnected description, Conv2dPlan pointwise) {
    this.description = description;
    this.pointwise = pointwise;
  }

  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    pointwise.run(src, srcOffset, dst, dstOffset, execution);
  }

  /**
   * Computes and adds a residual before the activation.
   *
   * @param src holds the input, in the description's layout
   * @param srcOffset index of its first element
   * @param residual holds what is added, with the output's shape; null for nothing. It may be
   *     exactly the output's place, which then accumulates, or must not overlap it
   * @param residualOffset index of its first element
   * @param dst receives the output, {@code [batch][outputs]}; must not overlap the input
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
    pointwise.run(src, srcOffset, residual, residualOffset, dst, dstOffset, execution);
  }

  /**
   * A plan with the same weights, which both share, for another number of images.
   *
   * @param batch images, at least 1
   * @return a plan of {@link FullyConnected#withBatch}
   * @throws IllegalArgumentException if the batch is less than 1, or input or output have more
   *     elements than an array can index
   */
  public FullyConnectedPlan withBatch(int batch) {
    return new FullyConnectedPlan(description.withBatch(batch), pointwise.withInput(batch, 1, 1));
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public FullyConnected description() {
    return description;
  }

  /**
   * The algorithm that runs.
   *
   * @return never {@link Algorithm#AUTO}
   */
  public Algorithm algorithm() {
    return pointwise.algorithm();
  }

  @Override
  public int inputSize() {
    return pointwise.inputSize();
  }

  @Override
  public int outputSize() {
    return pointwise.outputSize();
  }

  @Override
  public long workspaceBytes() {
    return pointwise.workspaceBytes();
  }

  @Override
  public long packedBytes() {
    return pointwise.packedBytes();
  }

  @Override
  public String toString() {
    return description + " by " + algorithm();
  }
}
