package dev.convector;

import dev.convector.internal.unfold.UnfoldProblem;
import java.util.Objects;

/**
 * Windows of images laid out as a matrix (im2col), and its adjoint, which adds each element of the
 * matrix to the pixel that it came from (col2im).
 *
 * <p>The elements of a window are ordered by channel, kernel row, kernel column, whatever the
 * image's layout; those outside the image are zero, and lost on the way back. The convolutions
 * themselves never make such a matrix.
 *
 * <p>Immutable, thread-safe.
 */
public final class Unfold {
  private final UnfoldProblem problem;

  private Unfold(UnfoldProblem problem) {
    this.problem = problem;
  }

  /**
   * Starts a description. {@link Builder#input} and {@link Builder#kernel} must be called; the rest
   * defaults to stride 1, no padding, dilation 1, NCHW, {@link ColumnOrder#IMAGES}.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * From images to the matrix of their windows.
   *
   * @return a plan
   */
  public UnfoldPlan plan() {
    return new UnfoldPlan(this, false);
  }

  /**
   * The exact adjoint, from a matrix to images: each pixel is the sum of all elements that {@link
   * #plan} copies it to, in one fixed order.
   *
   * @return a plan
   */
  public UnfoldPlan fold() {
    return new UnfoldPlan(this, true);
  }

  /**
   * Elements of a window.
   *
   * @return {@code channels * kernelHeight * kernelWidth}
   */
  public int windowSize() {
    return problem.depth();
  }

  /**
   * Windows of all images.
   *
   * @return {@code batch * outputHeight * outputWidth}
   */
  public int windows() {
    return problem.shape().batch() * problem.pixels();
  }

  /**
   * The vertical axis.
   *
   * @return input, kernel, stride, dilation and padding
   */
  public Axis rows() {
    return problem.shape().rows();
  }

  /**
   * The horizontal axis.
   *
   * @return input, kernel, stride, dilation and padding
   */
  public Axis columns() {
    return problem.shape().columns();
  }

  /**
   * Memory order of the images.
   *
   * @return the layout
   */
  public Layout layout() {
    return problem.layout();
  }

  /**
   * Memory order of the matrix.
   *
   * @return the order
   */
  public ColumnOrder order() {
    return problem.order();
  }

  UnfoldProblem problem() {
    return problem;
  }

  @Override
  public String toString() {
    ConvShape s = problem.shape();
    return "Unfold "
        + LayerText.input(s.batch(), s.channels(), s.rows(), s.columns())
        + " "
        + LayerText.window(s.rows(), s.columns())
        + " "
        + layout()
        + " "
        + order();
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder extends Window2dBuilder<Builder> {
    private ColumnOrder order = ColumnOrder.IMAGES;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * The window.
     *
     * @param height rows, R, at least 1
     * @param width columns, S, at least 1
     * @return this builder
     */
    public Builder kernel(int height, int width) {
      return setKernel(height, width);
    }

    /**
     * Memory order of the matrix.
     *
     * @param order of its columns
     * @return this builder
     */
    public Builder order(ColumnOrder order) {
      this.order = Objects.requireNonNull(order, "order");
      return this;
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if {@link #input} or {@link #kernel} was not called
     * @throws IllegalArgumentException if a size breaks a rule of {@link Axis}, or images or matrix
     *     have more elements than an array can index
     */
    public Unfold build() {
      requireInputAnd("kernel");
      ConvShape shape = new ConvShape(batch(), channels(), axis(0), axis(1), 1, 1);
      Arguments.indexable(
          "matrix",
          batch(),
          (long) shape.outputHeight() * shape.outputWidth(),
          channels(),
          (long) shape.kernelHeight() * shape.kernelWidth());
      return new Unfold(new UnfoldProblem(shape, layout(), order));
    }
  }
}
