package dev.convector;

import dev.convector.internal.pool.PoolAxis;
import dev.convector.internal.pool.PoolProblem;

/**
 * The description of a two-dimensional pooling: the maximum or the average of each window of each
 * channel.
 *
 * <pre>{@code
 * Pool2d pool = Pool2d.builder()
 *     .max()
 *     .input(1, 64, 112, 112)
 *     .kernel(3, 3)
 *     .stride(2)
 *     .padding(1)
 *     .layout(Layout.NHWC)
 *     .build();
 * Pool2dPlan plan = pool.plan();
 * plan.run(src, dst);
 * }</pre>
 *
 * <p>As in PyTorch and ONNX:
 *
 * <ul>
 *   <li>Windows are cut to the input. A maximum never sees padding; an average divides by the taps
 *       inside the input or, counting the padding, by those inside the input and the padding that
 *       was set.
 *   <li>Ceil mode: what is left behind the last whole window gets a window too, unless that would
 *       start behind the input and the padding before it. What such a window covers beyond the
 *       padding is never counted. A {@link AutoPad#SAME} padding leaves nothing.
 *   <li>Adaptive: output {@code i} of {@code outputs} covers the input's elements from {@code
 *       floor(i * size / outputs)} to {@code ceil((i + 1) * size / outputs)}.
 *   <li>NaN is larger than any number: a window's maximum is NaN if one of its elements is.
 * </ul>
 *
 * <p>A window without any tap inside the input is refused, and nothing else: paddings may be larger
 * than the half kernel that PyTorch allows. One-dimensional pooling has height 1.
 *
 * <p>Immutable, thread-safe.
 */
public final class Pool2d {
  private final PoolProblem problem;
  private final Axis rows;
  private final Axis columns;
  private final int padBottom;
  private final int padRight;
  private final boolean adaptive;
  private final boolean countPadding;

  private Pool2d(Builder builder, Axis rows, Axis columns) {
    this.rows = rows;
    this.columns = columns;
    this.adaptive = builder.outputHeight > 0;
    this.countPadding = builder.countPadding;
    this.padBottom = adaptive ? 0 : builder.pads(0)[1];
    this.padRight = adaptive ? 0 : builder.pads(1)[1];
    PoolAxis vertical =
        adaptive
            ? PoolAxis.adaptive(rows.size(), builder.outputHeight)
            : PoolAxis.of(rows, padBottom, countPadding);
    PoolAxis horizontal =
        adaptive
            ? PoolAxis.adaptive(columns.size(), builder.outputWidth)
            : PoolAxis.of(columns, padRight, countPadding);
    requireTaps(rows, vertical, "row");
    requireTaps(columns, horizontal, "column");
    this.problem =
        new PoolProblem(
            builder.max,
            builder.layout(),
            builder.batch(),
            builder.channels(),
            vertical,
            horizontal);
  }

  private static void requireTaps(Axis axis, PoolAxis windows, String name) {
    if (windows.empty() >= 0) {
      throw new IllegalArgumentException(
          "padding: "
              + axis.padBefore()
              + " and "
              + axis.padAfter()
              + "; every window must have a tap inside the input, and that of output "
              + name
              + " "
              + windows.empty()
              + " has none");
    }
  }

  /**
   * Starts a description. {@link Builder#max} or {@link Builder#average}, {@link Builder#input} and
   * one of {@link Builder#kernel}, {@link Builder#global} and {@link Builder#adaptive} must be
   * called; the rest defaults to stride 1, no padding, dilation 1, NCHW.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Prepares the pooling.
   *
   * @return a plan from the input to the output
   */
  public Pool2dPlan plan() {
    return new Pool2dPlan(this);
  }

  /**
   * Prepares the gradient.
   *
   * @return a plan from the output's gradient to the input's
   */
  public Pool2dBackwardPlan backward() {
    return new Pool2dBackwardPlan(this);
  }

  /** For the plans. */
  PoolProblem problem() {
    return problem;
  }

  /**
   * Which of the two it computes.
   *
   * @return true for the maximum, false for the average
   */
  public boolean isMax() {
    return problem.max();
  }

  /**
   * Whether an average divides by the taps in the padding too.
   *
   * @return true if so
   */
  public boolean countPadding() {
    return countPadding;
  }

  /**
   * Whether the windows are given by the output's size.
   *
   * @return true if so: then {@link #rows} and {@link #columns} have the input's sizes only
   */
  public boolean isAdaptive() {
    return adaptive;
  }

  /**
   * Memory order of input and output.
   *
   * @return the layout
   */
  public Layout layout() {
    return problem.layout();
  }

  /**
   * Images.
   *
   * @return at least 1
   */
  public int batch() {
    return problem.batch();
  }

  /**
   * Channels of input and output.
   *
   * @return at least 1
   */
  public int channels() {
    return problem.channels();
  }

  /**
   * The input's height and the windows along it.
   *
   * @return the axis; in ceil mode with the padding behind it that the last window needs, of which
   *     an average counts {@link #padBottom}
   */
  public Axis rows() {
    return rows;
  }

  /**
   * The input's width and the windows along it.
   *
   * @return the axis; in ceil mode with the padding behind it that the last window needs, of which
   *     an average counts {@link #padRight}
   */
  public Axis columns() {
    return columns;
  }

  /**
   * Padding below the input as it was set.
   *
   * @return at least 0
   */
  public int padBottom() {
    return padBottom;
  }

  /**
   * Padding at the right of the input as it was set.
   *
   * @return at least 0
   */
  public int padRight() {
    return padRight;
  }

  /**
   * Rows of the output.
   *
   * @return at least 1
   */
  public int outputHeight() {
    return problem.rows().outputs();
  }

  /**
   * Columns of the output.
   *
   * @return at least 1
   */
  public int outputWidth() {
    return problem.columns().outputs();
  }

  @Override
  public String toString() {
    String kind = isMax() ? " max " : " average ";
    String windows = adaptive ? "adaptive" : LayerText.window(rows, columns);
    return "Pool2d "
        + LayerText.input(batch(), channels(), rows, columns)
        + kind
        + windows
        + " -> "
        + outputHeight()
        + "x"
        + outputWidth()
        + " "
        + layout()
        + (countPadding ? " counting the padding" : "");
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder extends Window2dBuilder<Builder> {
    private boolean kindSet;
    private boolean max;
    private boolean countPadding;
    private boolean ceil;

    /** Positive where the windows are adaptive; of a global pooling 1. */
    private int outputHeight;

    private int outputWidth;
    private boolean adaptive;

    private Builder() {}

    @Override
    Builder self() {
      return this;
    }

    /**
     * The maximum of each window.
     *
     * @return this builder
     */
    public Builder max() {
      kindSet = true;
      max = true;
      return this;
    }

    /**
     * The average of each window.
     *
     * @param countPadding whether to divide by the taps in the padding too, what PyTorch and ONNX
     *     call {@code count_include_pad}
     * @return this builder
     */
    public Builder average(boolean countPadding) {
      kindSet = true;
      max = false;
      this.countPadding = countPadding;
      return this;
    }

    /**
     * Windows of one size.
     *
     * @param height rows, at least 1
     * @param width columns, at least 1
     * @return this builder
     */
    public Builder kernel(int height, int width) {
      adaptive = false;
      return setKernel(height, width);
    }

    /**
     * Whether what is left behind the last whole window gets a window too.
     *
     * @param ceil false by default
     * @return this builder
     */
    public Builder ceilMode(boolean ceil) {
      this.ceil = ceil;
      return this;
    }

    /**
     * One window, the whole image. Stride, padding, dilation and ceil mode mean nothing then.
     *
     * @return this builder
     */
    public Builder global() {
      return adaptive(1, 1);
    }

    /**
     * Windows that divide the input as evenly as may be. Stride, padding, dilation and ceil mode
     * mean nothing then.
     *
     * @param height rows of the output, at least 1
     * @param width columns of the output, at least 1
     * @return this builder
     */
    public Builder adaptive(int height, int width) {
      adaptive = true;
      outputHeight = height;
      outputWidth = width;
      return setKernel(1, 1);
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if no kind, no input or no window was set
     * @throws IllegalArgumentException if a size breaks a rule of {@link Axis}, a window has no tap
     *     inside the input, or input or output have more than {@link Integer#MAX_VALUE} elements
     */
    public Pool2d build() {
      require(kindSet, "max or average");
      requireInputAnd("kernel");
      Arguments.atLeast(1, "batch", batch());
      Arguments.atLeast(1, "channels", channels());
      Axis rows;
      Axis columns;
      if (adaptive) {
        Arguments.atLeast(1, "outputHeight", outputHeight);
        Arguments.atLeast(1, "outputWidth", outputWidth);
        rows = Axis.named(AxisWords.HEIGHT, size(0), 1, 1, 1, 0, 0);
        columns = Axis.named(AxisWords.WIDTH, size(1), 1, 1, 1, 0, 0);
      } else {
        outputHeight = 0;
        outputWidth = 0;
        rows = ceil ? ceilAxis(0) : axis(0);
        columns = ceil ? ceilAxis(1) : axis(1);
      }
      Arguments.indexable("input", batch(), channels(), rows.size(), columns.size());
      Arguments.indexable(
          "output",
          batch(),
          channels(),
          adaptive ? outputHeight : rows.output(),
          adaptive ? outputWidth : columns.output());
      return new Pool2d(this, rows, columns);
    }
  }
}
