package dev.convector;

import dev.convector.internal.simd.VectorModule;
import java.util.Locale;
import java.util.Objects;

/**
 * The description of a two-dimensional resizing, to more or fewer pixels, by interpolation; what
 * ONNX calls Resize.
 *
 * <pre>{@code
 * Upsample2d upsample = Upsample2d.builder()
 *     .input(1, 64, 28, 28)
 *     .scale(2, 2)
 *     .bilinear()
 *     .coordinates(Coordinates.HALF_PIXEL)
 *     .build();
 * Upsample2dPlan plan = upsample.plan();
 * plan.run(src, dst);
 * }</pre>
 *
 * <p>{@link Coordinates} say where an output lies on the input's axis, {@link Interpolation} which
 * elements around it are taken; outside the input those at its border are repeated. Coordinates and
 * weights are worked out in double, a product of two axes' weights applied one axis after the
 * other. An element whose weight is zero isn't read, so that infinities and NaN reach only outputs
 * of which they are a part.
 *
 * <p>Fewer pixels are made in the same way, without the wider kernel that avoids aliasing.
 *
 * <p>Immutable, thread-safe.
 */
public final class Upsample2d {
  private final Builder of;
  private final int outputHeight;
  private final int outputWidth;

  private Upsample2d(Builder of, int outputHeight, int outputWidth) {
    this.of = of;
    this.outputHeight = outputHeight;
    this.outputWidth = outputWidth;
  }

  /**
   * Starts a description. {@link Builder#input}, one of {@link Builder#output} and {@link
   * Builder#scale} and one of {@link Builder#nearest()}, {@link Builder#bilinear} and {@link
   * Builder#bicubic()} must be called; the rest defaults to half pixels and NCHW.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Prepares the resizing.
   *
   * @return a plan from the input to the output
   */
  public Upsample2dPlan plan() {
    return new Upsample2dPlan(this, false);
  }

  /**
   * Prepares the gradient.
   *
   * @return a plan from the output's gradient to the input's
   */
  public Upsample2dPlan backward() {
    return new Upsample2dPlan(this, true);
  }

  /**
   * Memory order of input and output.
   *
   * @return the layout
   */
  public Layout layout() {
    return of.layout;
  }

  /**
   * Images.
   *
   * @return at least 1
   */
  public int batch() {
    return of.batch;
  }

  /**
   * Channels of input and output.
   *
   * @return at least 1
   */
  public int channels() {
    return of.channels;
  }

  /**
   * Rows of the input.
   *
   * @return at least 1
   */
  public int height() {
    return of.height;
  }

  /**
   * Columns of the input.
   *
   * @return at least 1
   */
  public int width() {
    return of.width;
  }

  /**
   * Rows of the output.
   *
   * @return at least 1
   */
  public int outputHeight() {
    return outputHeight;
  }

  /**
   * Columns of the output.
   *
   * @return at least 1
   */
  public int outputWidth() {
    return outputWidth;
  }

  /**
   * The scale of rows that coordinates are worked out with.
   *
   * @return as it was set; 0 where only sizes were
   */
  public double scaleHeight() {
    return of.scaleY;
  }

  /**
   * The scale of columns that coordinates are worked out with.
   *
   * @return as it was set; 0 where only sizes were
   */
  public double scaleWidth() {
    return of.scaleX;
  }

  /**
   * Which elements are taken.
   *
   * @return the interpolation
   */
  public Interpolation interpolation() {
    return of.interpolation;
  }

  /**
   * Which element is the nearest.
   *
   * @return the mode; of no meaning to the other interpolations
   */
  public NearestMode nearestMode() {
    return of.nearestMode;
  }

  /**
   * The coefficient of the cubic kernel.
   *
   * @return Keys' {@code a}; of no meaning to the other interpolations
   */
  public double cubic() {
    return of.cubic;
  }

  /**
   * Where outputs lie.
   *
   * @return the convention
   */
  public Coordinates coordinates() {
    return of.coordinates;
  }

  @Override
  public String toString() {
    boolean isExact =
        scaleHeight() * height() == outputHeight && scaleWidth() * width() == outputWidth;
    String mode =
        switch (interpolation()) {
          case NEAREST -> LayerText.unless(NearestMode.ROUND_PREFER_FLOOR, " ", nearestMode());
          case BILINEAR -> "";
          case BICUBIC -> LayerText.unless(Builder.USUAL_CUBIC, " ", cubic());
        };
    return "Upsample2d "
        + LayerText.input(batch(), channels(), Axis.of(height()), Axis.of(width()))
        + " -> "
        + outputHeight
        + "x"
        + outputWidth
        + " "
        + interpolation().name().toLowerCase(Locale.ROOT)
        + mode.toLowerCase(Locale.ROOT)
        + LayerText.unless(Coordinates.HALF_PIXEL, " ", coordinates()).toLowerCase(Locale.ROOT)
        + (isExact ? "" : " scale " + scaleHeight() + "," + scaleWidth())
        + " "
        + layout();
  }

  /** Collects a description. Not thread-safe. Each method returns the builder itself. */
  public static final class Builder implements Cloneable {
    private static final double USUAL_CUBIC = -0.75;

    private boolean inputSet;
    private int batch;
    private int channels;
    private int height;
    private int width;
    private boolean outputSet;
    private int outputHeight;
    private int outputWidth;
    private boolean scaleSet;
    private double scaleY;
    private double scaleX;
    private Interpolation interpolation;
    private NearestMode nearestMode = NearestMode.ROUND_PREFER_FLOOR;
    private double cubic = USUAL_CUBIC;
    private Coordinates coordinates = Coordinates.HALF_PIXEL;
    private Layout layout = Layout.NCHW;

    private Builder() {
      VectorModule.require();
    }

    /**
     * The input's sizes, in this order whatever the layout.
     *
     * @param batch images, N, at least 1
     * @param channels C, at least 1
     * @param height H, at least 1
     * @param width W, at least 1
     * @return this builder
     */
    public Builder input(int batch, int channels, int height, int width) {
      this.batch = batch;
      this.channels = channels;
      this.height = height;
      this.width = width;
      inputSet = true;
      return this;
    }

    /**
     * The output's size. Where a scale is set too, that is for the coordinates only.
     *
     * @param height rows, at least 1
     * @param width columns, at least 1
     * @return this builder
     */
    public Builder output(int height, int width) {
      outputHeight = height;
      outputWidth = width;
      outputSet = true;
      return this;
    }

    /**
     * The output's size as multiples of the input's, which need not be whole: it has {@code
     * floor(input * scale)} elements along an axis, and coordinates are worked out with the scale
     * as it is given. A product that a float would have rounded up to a whole number, as with
     * {@code 0.7f}, has one element less: give the double, or the size too.
     *
     * @param height of rows, above 0
     * @param width of columns, above 0
     * @return this builder
     */
    public Builder scale(double height, double width) {
      scaleY = height;
      scaleX = width;
      scaleSet = true;
      return this;
    }

    /**
     * Copies the nearest element; of two the one before.
     *
     * @return this builder
     */
    public Builder nearest() {
      return nearest(NearestMode.ROUND_PREFER_FLOOR);
    }

    /**
     * Copies the nearest element.
     *
     * @param mode which that is
     * @return this builder
     */
    public Builder nearest(NearestMode mode) {
      nearestMode = Objects.requireNonNull(mode, "mode");
      interpolation = Interpolation.NEAREST;
      return this;
    }

    /**
     * Weights two elements along each axis.
     *
     * @return this builder
     */
    public Builder bilinear() {
      interpolation = Interpolation.BILINEAR;
      return this;
    }

    /**
     * Weights four elements along each axis, with the coefficient -0.75 of PyTorch and ONNX.
     *
     * @return this builder
     */
    public Builder bicubic() {
      return bicubic(USUAL_CUBIC);
    }

    /**
     * Weights four elements along each axis.
     *
     * @param coefficient Keys' {@code a} (Cubic convolution interpolation for digital image
     *     processing, 1981), finite; -0.5 and -0.75 are usual
     * @return this builder
     */
    public Builder bicubic(double coefficient) {
      interpolation = Interpolation.BICUBIC;
      cubic = coefficient;
      return this;
    }

    /**
     * Where outputs lie on the input's axes.
     *
     * @param convention half pixels by default
     * @return this builder
     */
    public Builder coordinates(Coordinates convention) {
      coordinates = Objects.requireNonNull(convention, "coordinates");
      return this;
    }

    /**
     * Memory order of input and output.
     *
     * @param order NCHW by default
     * @return this builder
     */
    public Builder layout(Layout order) {
      layout = Objects.requireNonNull(order, "layout");
      return this;
    }

    /**
     * Validates the description.
     *
     * @return it
     * @throws IllegalStateException if no input, no size or no interpolation was set
     * @throws IllegalArgumentException if a number is out of its range, or input or output have
     *     more than {@link Integer#MAX_VALUE} elements
     */
    public Upsample2d build() {
      WindowBuilder.require(inputSet, "input");
      WindowBuilder.require(outputSet || scaleSet, "output or scale");
      WindowBuilder.require(interpolation != null, "nearest, bilinear or bicubic");
      Arguments.atLeast(1, "batch", batch);
      Arguments.atLeast(1, "channels", channels);
      Arguments.atLeast(1, "height", height);
      Arguments.atLeast(1, "width", width);
      if (!Double.isFinite(cubic)) {
        throw new IllegalArgumentException("coefficient: " + cubic + "; must be finite");
      }
      if (scaleSet) {
        ScaledSize.requireScale("Height", scaleY);
        ScaledSize.requireScale("Width", scaleX);
      }
      if (outputSet) {
        Arguments.atLeast(1, "outputHeight", outputHeight);
        Arguments.atLeast(1, "outputWidth", outputWidth);
      }
      int rows = outputSet ? outputHeight : ScaledSize.of("Height", height, scaleY);
      int columns = outputSet ? outputWidth : ScaledSize.of("Width", width, scaleX);
      Arguments.indexable("input", batch, channels, height, width);
      Arguments.indexable("output", batch, channels, rows, columns);
      return new Upsample2d(copy(), rows, columns);
    }

    private Builder copy() {
      try {
        return (Builder) clone();
      } catch (CloneNotSupportedException impossible) {
        throw new AssertionError(impossible);
      }
    }
  }
}
