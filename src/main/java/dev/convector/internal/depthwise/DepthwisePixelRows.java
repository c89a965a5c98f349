package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Operands;

/**
 * Rows of channels-first depthwise convolution, neighbouring columns in the lanes: the planes are
 * read where they lie, or from scratch if a vector at their border would leave the array.
 *
 * <p>A row narrower than a vector is stored with lanes beyond its end, which the next row or plane
 * overwrites.
 */
public final class DepthwisePixelRows {
  /** Floats of the rows below one kernel, at most: 384 KiB. */
  private static final int MAX_FLOATS = 96 * 1024;

  private static final int LEAST_LANES_OF_7 = 16;

  private final ConvShape shape;

  /** Of each filter, followed by its bias. */
  private final float[] weights;

  /** First columns of the vectors of an output row, the last of which may overlap another. */
  private final int[] columns;

  /** For each of them and each kernel column, which lanes see the image. */
  private final int[] masks;

  /** Input floats that a vector of outputs reads of a row. */
  private final int window;

  /**
   * @param bias at least one for each filter
   */
  public DepthwisePixelRows(ConvShape shape, float[] weights, float[] bias) {
    this(pack(shape, weights, bias), shape);
  }

  /** Of weights that are packed. */
  private DepthwisePixelRows(float[] packed, ConvShape shape) {
    this.shape = shape;
    this.weights = packed;
    this.columns = new int[Math.ceilDiv(shape.outputWidth(), LANES)];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = Math.max(0, Math.min(i * LANES, shape.outputWidth() - LANES));
    }
    int kernel = shape.kernelWidth();
    // The vectors that a kernel loads of a row: for each tap at stride 1; at stride 2 three, the
    // last of which ends with the window (of a 3x3 kernel, is its last float throughout).
    int stride = shape.strideWidth();
    int vectors = stride == 1 ? kernel : 3;
    this.masks = new int[columns.length * vectors * LANES];
    for (int i = 0; i < masks.length; i++) {
      int vector = i / LANES % vectors;
      int lane = i % LANES;
      int from = columns[i / (vectors * LANES)] * stride - shape.padLeft();
      int x =
          from
              + (stride == 1
                  ? vector * shape.dilationWidth() + lane
                  : vector < 2
                      ? vector * LANES + lane
                      : LANES + (kernel == 3 ? LANES : kernel - 2 + lane));
      masks[i] = x >= 0 && x < shape.width() ? -1 : 0;
    }
    this.window =
        shape.strideWidth() == 1
            ? LANES + shape.effectiveKernelWidth() - 1
            : 2 * LANES + kernel - 2;
  }

  private static float[] pack(ConvShape shape, float[] weights, float[] bias) {
    int taps = shape.kernelHeight() * shape.kernelWidth();
    float[] packed = new float[shape.filters() * (taps + 1) + LANES];
    for (int k = 0; k < shape.filters(); k++) {
      System.arraycopy(weights, k * taps, packed, k * (taps + 1), taps);
      packed[k * (taps + 1) + taps] = bias[k];
    }
    return packed;
  }

  /** The same weights for a shape that differs in batch, height and width alone. */
  DepthwisePixelRows withShape(ConvShape other) {
    return new DepthwisePixelRows(weights, other);
  }

  /** The weights before they were packed. */
  float[] original() {
    int taps = shape.kernelHeight() * shape.kernelWidth();
    float[] original = new float[shape.filters() * taps];
    for (int k = 0; k < shape.filters(); k++) {
      System.arraycopy(weights, k * (taps + 1), original, k * taps, taps);
    }
    return original;
  }

  /** Whether there are kernels for it. */
  public static boolean accepts(ConvShape s) {
    int kernel = s.kernelHeight();
    int stride = s.strideHeight();
    int dilation = s.dilationHeight();
    int reach = s.effectiveKernelHeight() - 1;
    long below = (s.outputHeight() - 1L) * stride - s.padTop() + reach + 1 - s.height();
    return (kernel == 3 || kernel == 5 || kernel == 7)
        && s.kernelWidth() == kernel
        && stride <= 2
        && s.strideWidth() == stride
        && s.dilationWidth() == dilation
        // Dilated rows are not stored in their order, so lanes beyond their end must not be.
        && (dilation == 1 || (stride == 1 && s.outputWidth() >= LANES))
        // At stride 2, three vectors must hold a window.
        && LANES >= kernel - 2
        // C2 may allocate 7x7's sums with 4 lanes, and in one JVM of many with 8.
        && (kernel < 7 || LANES >= LEAST_LANES_OF_7)
        && s.padTop() <= reach
        && below <= reach
        && s.padLeft() <= LANES
        && s.padRight() <= LANES
        && (reach + 1L) * Math.max(s.width(), s.outputWidth()) <= MAX_FLOATS;
  }

  public long bytes() {
    return (weights.length + columns.length + masks.length) * 4L;
  }

  float[] weights() {
    return weights;
  }

  /** Scratch for so many output rows. */
  public int scratchFloats(int rows) {
    int inputRows = (rows - 1) * shape.strideHeight() + shape.effectiveKernelHeight();
    return Math.min(shape.height(), inputRows) * shape.width() + 4 * LANES;
  }

  private int firstRow(int row) {
    return Math.max(0, row * shape.strideHeight() - shape.padTop());
  }

  private int endRow(int endRow) {
    int reach = shape.effectiveKernelHeight();
    return Math.min(shape.height(), (endRow - 1) * shape.strideHeight() - shape.padTop() + reach);
  }

  /** Index of the input plane below an output plane, both counted through all images. */
  int source(Operands operands, int plane) {
    return operands.srcOffset + plane / shape.groupFilters() * sourcePlane(operands);
  }

  private int sourcePlane(Operands operands) {
    return operands.sourcePlane(shape.height() * shape.width());
  }

  /** The first element that the output rows from one on of a plane read. */
  int from(int plane, int row) {
    return (plane / shape.groupFilters() * shape.height() + Math.min(shape.height(), firstRow(row)))
        * shape.width();
  }

  /** One past the last element that the output rows before one of a plane read. */
  int end(int plane, int endRow) {
    return (plane / shape.groupFilters() * shape.height() + Math.max(0, endRow(endRow)))
        * shape.width();
  }

  /**
   * Output rows of some planes, which are of one image and, if they are several, have an input
   * plane each.
   *
   * @param p with output, limits and scratch
   */
  public void run(
      DepthwisePixelCall p, Operands operands, int plane, int count, int row, int endRow) {
    int width = shape.width();
    int first = firstRow(row);
    int end = endRow(endRow);
    int base = source(operands, plane);
    long least = base + (long) first * width - shape.padLeft();
    long most =
        base
            + (count - 1L) * sourcePlane(operands)
            + (end - 1L) * width
            - shape.padLeft()
            + columns[columns.length - 1] * (long) shape.strideWidth()
            + window;
    p.planes = count;
    p.wAt = plane % shape.filters() * (shape.kernelHeight() * shape.kernelWidth() + 1);
    if (least >= 0 && most <= operands.src.length) {
      p.xPlane = sourcePlane(operands);
      rows(p, operands.src, base, row, endRow);
    } else if (count == 1) {
      int at = p.scratchAt + LANES;
      System.arraycopy(operands.src, base + first * width, p.scratch, at, (end - first) * width);
      rows(p, p.scratch, at - first * width, row, endRow);
    } else {
      int half = least < 0 ? 1 : count - 1;
      int y = p.firstY;
      run(p, operands, plane, half, row, endRow);
      p.firstY = y + half * p.yPlane;
      run(p, operands, plane + half, count - half, row, endRow);
      p.firstY = y;
    }
  }

  /** A dilated kernel sees every so many rows: as often, the rows between them. */
  private void rows(DepthwisePixelCall p, float[] src, int base, int row, int endRow) {
    int kernel = shape.kernelHeight();
    int dilation = shape.dilationHeight();
    int width = shape.width();
    if (p.x != src) {
      p.x = src;
    }
    p.xRow = dilation * width;
    p.xTap = shape.dilationWidth();
    if (p.columns != columns) {
      p.columns = columns;
    }
    if (p.masks != masks) {
      p.masks = masks;
    }
    if (p.w != weights) {
      p.w = weights;
    }
    p.yRow = dilation * shape.outputWidth();
    for (int y = row; y < Math.min(endRow, row + dilation); y++) {
      int start = y * shape.strideHeight() - shape.padTop();
      int above = start < 0 ? Math.ceilDiv(-start, dilation) : 0;
      int first = start + above * dilation;
      p.rows = Math.ceilDiv(Math.max(0, endRow(endRow) - first), dilation);
      p.outputRows = Math.ceilDiv(endRow - y, dilation);
      p.lead = p.rows == 0 ? kernel - 1 : above;
      p.xAt = base + first * width - shape.padLeft();
      p.yAt = p.firstY + (y - row) * shape.outputWidth();
      DepthwisePixelKernels.run(p, kernel, shape.strideHeight());
    }
  }
}
