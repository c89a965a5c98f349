package dev.convector;

import dev.convector.internal.unfold.UnfoldWork;

/** An unfolding, from images to a matrix, or its adjoint, ready to run. */
public final class UnfoldPlan extends RunnerPlan {
  private final Unfold description;
  private final boolean fold;

  UnfoldPlan(Unfold description, boolean fold) {
    super(runner(description, fold));
    this.description = description;
    this.fold = fold;
  }

  private static PlanRunner runner(Unfold description, boolean fold) {
    int images = description.problem().shape().inputSize();
    int matrix = description.windows() * description.windowSize();
    return new PlanRunner(
        new UnfoldWork(description.problem(), fold),
        fold ? matrix : images,
        fold ? images : matrix,
        matrix);
  }

  /**
   * What the plan was made of.
   *
   * @return the description
   */
  public Unfold description() {
    return description;
  }

  /**
   * Whether it goes from the matrix to images.
   *
   * @return true for the adjoint
   */
  public boolean isFold() {
    return fold;
  }

  @Override
  public long packedBytes() {
    return 0;
  }

  @Override
  public String toString() {
    return (fold ? "adjoint of " : "") + description;
  }
}
