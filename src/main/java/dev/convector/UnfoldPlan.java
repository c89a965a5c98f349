package dev.convector;

import dev.convector.internal.unfold.UnfoldWork;
import java.lang.foreign.MemorySegment;

/** An unfolding, from images to a matrix, or its adjoint, ready to run. */
public final class UnfoldPlan implements Plan {
  private final Unfold description;
  private final boolean fold;
  private final PlanRunner runner;

  UnfoldPlan(Unfold description, boolean fold) {
    this.description = description;
    this.fold = fold;
    int images = description.problem().shape().inputSize();
    int matrix = description.windows() * description.windowSize();
    this.runner =
        new PlanRunner(
            new UnfoldWork(description.problem(), fold),
            fold ? matrix : images,
            fold ? images : matrix,
            matrix);
  }

  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    runner.run(src, srcOffset, null, 0, dst, dstOffset, execution);
  }

  @Override
  public void run(MemorySegment src, MemorySegment dst, Execution execution) {
    runner.run(src, null, dst, execution);
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
  public int inputSize() {
    return runner.inputSize();
  }

  @Override
  public int outputSize() {
    return runner.outputSize();
  }

  @Override
  public long workspaceBytes() {
    return runner.workspaceBytes();
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
