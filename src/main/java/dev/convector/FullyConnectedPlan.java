package dev.convector;

/**
 * A fully connected layer with its weights packed, ready to run. NaN and infinities spread as with
 * {@link Conv2dPlan}.
 */
public final class FullyConnectedPlan extends ResidualPlan {
  private final FullyConnected description;
  private final Conv2dPlan pointwise;

  FullyConnectedPlan(FullyConnected description, Conv2dPlan pointwise) {
    super(pointwise.runner);
    this.description = description;
    this.pointwise = pointwise;
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
  public long packedBytes() {
    return pointwise.packedBytes();
  }

  @Override
  public String toString() {
    return description + " by " + algorithm();
  }
}
