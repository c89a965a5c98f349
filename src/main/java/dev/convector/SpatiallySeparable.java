package dev.convector;

import java.util.Objects;
import java.util.Optional;

/**
 * A two-dimensional kernel as the outer product of a column and a row: {@code kernel[r][s] =
 * column[r] * row[s]}. Such a kernel of R x S taps can be applied as a pass with R taps and a pass
 * with S taps, R + S multiply-adds a pixel and not R * S. Gaussians, box filters and Sobel's
 * operators are of this kind, Laplacians are not.
 *
 * <pre>{@code
 * Optional<SpatiallySeparable> factors = SpatiallySeparable.of(kernel, 5, 5);
 * if (factors.isPresent()) {
 *   float[] column = factors.get().column(); // weights of a 5x1 convolution
 *   float[] row = factors.get().row();       // weights of a 1x5 convolution on its output
 * }
 * }</pre>
 *
 * <p>With padding, the first pass takes the rows' and the second the columns', stride and dilation
 * likewise.
 *
 * <p>Immutable, thread-safe.
 */
public final class SpatiallySeparable {
  /** Some roundings of a float: what a kernel stored as floats can't be held to more closely. */
  public static final double DEFAULT_TOLERANCE = 1e-6;

  private final float[] column;
  private final float[] row;
  private final double error;

  private SpatiallySeparable(float[] column, float[] row, double error) {
    this.column = column;
    this.row = row;
    this.error = error;
  }

  /**
   * Factorises a kernel with {@link #DEFAULT_TOLERANCE}.
   *
   * @param kernel {@code [height][width]}, finite
   * @param height rows, at least 1
   * @param width columns, at least 1
   * @return the factors; empty if the kernel is not an outer product
   * @throws IllegalArgumentException if an argument breaks its rule
   */
  public static Optional<SpatiallySeparable> of(float[] kernel, int height, int width) {
    return of(kernel, height, width, DEFAULT_TOLERANCE);
  }

  /**
   * Factorises a kernel.
   *
   * <p>By the singular value decomposition the best outer product, in the sum of squared
   * differences, is that of the largest singular value with its vectors (Eckart and Young, "The
   * Approximation of One Matrix by Another of Lower Rank", 1936). The kernel counts as separable
   * when its second singular value is at most {@code tolerance} times the largest.
   *
   * @param kernel {@code [height][width]}, finite
   * @param height rows, at least 1
   * @param width columns, at least 1
   * @param tolerance at least 0 and below 1
   * @return the factors, of equal norm and with the column's largest element in magnitude positive;
   *     those of a kernel of zeros are zeros. Empty if the kernel is not separable within the
   *     tolerance
   * @throws IllegalArgumentException if an argument breaks its rule
   */
  public static Optional<SpatiallySeparable> of(
      float[] kernel, int height, int width, double tolerance) {
    Objects.requireNonNull(kernel, "kernel");
    positive("height", height);
    positive("width", width);
    if (kernel.length != (long) height * width) {
      throw new IllegalArgumentException(
          "kernel: length " + kernel.length + "; must be " + (long) height * width);
    }
    for (int i = 0; i < kernel.length; i++) {
      if (!Float.isFinite(kernel[i])) {
        throw new IllegalArgumentException(
            "kernel: element " + i + " is " + kernel[i] + "; must be finite");
      }
    }
    if (!(tolerance >= 0 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "tolerance: " + tolerance + "; must be at least 0 and below 1");
    }
    return factors(kernel, height, width, tolerance);
  }

  /**
   * The factor along the height.
   *
   * @return a copy, {@code [height]}
   */
  public float[] column() {
    return column.clone();
  }

  /**
   * The factor along the width.
   *
   * @return a copy, {@code [width]}
   */
  public float[] row() {
    return row.clone();
  }

  /**
   * How far the kernel is from an outer product.
   *
   * @return the second singular value divided by the largest; 0 for a kernel of zeros
   */
  public double error() {
    return error;
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + "; must be at least 1");
    }
  }

  private static Optional<SpatiallySeparable> factors(
      float[] kernel, int height, int width, double tolerance) {
    // The decomposition works on the shorter side's vectors, so that there are fewer pairs.
    boolean tall = height >= width;
    double[][] vectors = new double[tall ? width : height][tall ? height : width];
    for (int i = 0; i < kernel.length; i++) {
      int r = i / width;
      int s = i % width;
      vectors[tall ? s : r][tall ? r : s] = kernel[i];
    }
    double[] singular = OneSidedJacobi.orthogonalize(vectors);
    int largest = 0;
    for (int i = 1; i < singular.length; i++) {
      largest = singular[i] > singular[largest] ? i : largest;
    }
    double second = 0;
    for (int i = 0; i < singular.length; i++) {
      second = i == largest ? second : Math.max(second, singular[i]);
    }
    if (second > tolerance * singular[largest]) {
      return Optional.empty();
    }
    if (singular[largest] == 0) {
      return Optional.of(new SpatiallySeparable(new float[height], new float[width], 0));
    }
    double[] along = vectors[largest];
    double[] across = project(kernel, width, along, tall);
    return Optional.of(
        balanced(
            tall ? along : across,
            tall ? across : along,
            singular[largest],
            second / singular[largest]));
  }

  /** The kernel times the unit vector along its longer side: the other one times sigma. */
  private static double[] project(float[] kernel, int width, double[] along, boolean tall) {
    double norm = OneSidedJacobi.norm(along);
    double[] product = new double[kernel.length / along.length];
    for (int i = 0; i < kernel.length; i++) {
      int r = i / width;
      int s = i % width;
      product[tall ? s : r] += kernel[i] * (along[tall ? r : s] / norm);
    }
    return product;
  }

  /** Both given are unit vectors times sigma; both factors get its square root. */
  private static SpatiallySeparable balanced(
      double[] column, double[] row, double sigma, double error) {
    double peak = 0;
    for (double value : column) {
      peak = Math.abs(value) > Math.abs(peak) ? value : peak;
    }
    double scale = Math.copySign(1 / Math.sqrt(sigma), peak);
    return new SpatiallySeparable(scaled(column, scale), scaled(row, scale), error);
  }

  private static float[] scaled(double[] values, double scale) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) (values[i] * scale);
    }
    return floats;
  }
}
