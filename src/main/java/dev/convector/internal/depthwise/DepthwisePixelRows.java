package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.ReadAhead;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.simd.AlignedFloats;

/**
 * Rows of depthwise convolution, neighbouring columns in the lanes: the planes are read where they
 * lie, or from scratch if a vector at their border would leave the array. A channels-last image of
 * few channels is one plane, each column of which is a channel of a pixel.
 *
 * <p>A row narrower than a vector is stored with lanes beyond its end, which the next row or plane
 * overwrites.
 */
public final class DepthwisePixelRows {
  /** Floats of the rows below one kernel, at most: 384 KiB. */
  private static final int MAX_FLOATS = 96 * 1024;

  static final int LEAST_LANES_OF_7 = 8;

  private final ConvShape shape;

  /** Floats of a pixel of a plane; several are all channels. */
  private final int step;

  /** Of each filter, followed by its bias; or of each tap, for each lane. */
  private final float[] weights;

  /** Where they begin. */
  private final int firstWeight;

  /** Channel that each vector of a channels-last image begins with. */
  private final int[] phases;

  /** First columns of the vectors of an output row, the last of which may overlap another. */
  private final int[] columns;

  /** For each of them and each kernel column, which lanes see the image. */
  private final int[] masks;

  /** Input floats that a vector of outputs reads of a row. */
  private final int window;

  /**
   * Of planes.
   *
   * @param bias at least one for each filter
   */
  public DepthwisePixelRows(ConvShape shape, float[] weights, float[] bias) {
    this(shape, 1, pack(shape, weights, bias), 0);
  }

  /** Of weights that are packed. */
  private DepthwisePixelRows(ConvShape shape, int step, float[] packed, int firstWeight) {
    this.shape = shape;
    this.step = step;
    this.weights = packed;
    this.firstWeight = firstWeight;
    int width = shape.outputWidth() * step;
    this.columns = new int[Math.ceilDiv(width, LANES)];
    this.phases = new int[columns.length];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = Math.max(0, Math.min(i * LANES, width - LANES));
      phases[i] = columns[i] % step;
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
      int from = columns[i / (vectors * LANES)] * stride - shape.padLeft() * step;
      int x =
          from
              + (stride == 1
                  ? vector * shape.dilationWidth() * step + lane
                  : vector < 2
                      ? vector * LANES + lane
                      : LANES + (kernel == 3 ? LANES : kernel - 2 + lane));
      masks[i] = x >= 0 && x < shape.width() * step ? -1 : 0;
    }
    this.window =
        shape.strideWidth() == 1
            ? LANES + (shape.effectiveKernelWidth() - 1) * step
            : 2 * LANES + kernel - 2;
  }

  /** Of a problem that is {@link #accepts accepted}; a bias for at least each filter. */
  static DepthwisePixelRows of(ConvProblem problem, float[] weights, float[] bias) {
    ConvShape shape = problem.shape();
    if (!problem.channelsLast()) {
      return new DepthwisePixelRows(shape, weights, bias);
    }
    int taps = shape.kernelHeight() * shape.kernelWidth();
    int step = DepthwisePixelKernels.EACH_STEP;
    AlignedFloats packed = AlignedFloats.allocate((taps + 1) * step);
    for (int i = 0; i < (taps + 1) * step; i++) {
      int filter = i % step % shape.filters();
      packed.array()[packed.offset() + i] =
          i / step < taps ? weights[filter * taps + i / step] : bias[filter];
    }
    return new DepthwisePixelRows(shape, shape.channels(), packed.array(), packed.offset());
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
    return new DepthwisePixelRows(other, step, weights, firstWeight);
  }

  /** The weights before they were packed. */
  float[] original() {
    int taps = shape.kernelHeight() * shape.kernelWidth();
    float[] original = new float[shape.filters() * taps];
    for (int k = 0; k < shape.filters(); k++) {
      for (int t = 0; t < taps; t++) {
        int at = isEach() ? t * DepthwisePixelKernels.EACH_STEP + k : k * (taps + 1) + t;
        original[k * taps + t] = weights[firstWeight + at];
      }
    }
    return original;
  }

  /**
   * Whether there are kernels for it, which dilated channels-last images would miss the caches
   * with.
   */
  static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    if (!problem.channelsLast()) {
      return accepts(s);
    }
    return s.strideWidth() == 1
        && s.dilationWidth() == 1
        && s.groupFilters() == 1
        && s.channels() < LANES
        && accepts(s, s.channels());
  }

  /** Whether there are kernels for its planes. */
  public static boolean accepts(ConvShape s) {
    return s.padLeft() <= LANES && s.padRight() <= LANES && accepts(s, 1);
  }

  private static boolean accepts(ConvShape s, int step) {
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
        && (dilation == 1 || (stride == 1 && s.outputWidth() * step >= LANES))
        // At stride 2, three vectors must hold a window.
        && LANES >= kernel - 2
        // C2 may allocate 7x7's sums with 4 lanes.
        && (kernel < 7 || LANES >= LEAST_LANES_OF_7)
        && s.padTop() <= reach
        && below <= reach
        && (reach + 1L) * (s.width() + s.padLeft() + s.padRight()) * step <= MAX_FLOATS;
  }

  public long bytes() {
    int taps = shape.kernelHeight() * shape.kernelWidth() + 1;
    int packed = isEach() ? taps * DepthwisePixelKernels.EACH_STEP : weights.length;
    return (packed + columns.length + phases.length + masks.length) * 4L;
  }

  float[] weights() {
    return weights;
  }

  /** Whether each lane has its own weights. */
  private boolean isEach() {
    return step > 1;
  }

  /** Floats of a row of the input. */
  int width() {
    return shape.width() * step;
  }

  /** Floats by which windows of a row reach beyond its left. */
  private int lead() {
    return shape.padLeft() * step;
  }

  /** Scratch for so many output rows. */
  public int scratchFloats(int rows) {
    int inputRows = (rows - 1) * shape.strideHeight() + shape.effectiveKernelHeight();
    return Math.min(shape.height(), inputRows) * width()
        + Math.max(LANES, lead())
        + shape.padRight() * step
        + 3 * LANES;
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
    return operands.sourcePlane(shape.height() * width());
  }

  /** The first element that the output rows from one on of a plane read. */
  int from(int plane, int row) {
    return (plane / shape.groupFilters() * shape.height() + Math.min(shape.height(), firstRow(row)))
        * width();
  }

  /** One past the last element that the output rows before one of a plane read. */
  int end(int plane, int endRow) {
    return (plane / shape.groupFilters() * shape.height() + Math.max(0, endRow(endRow))) * width();
  }

  /**
   * Output rows of some planes, which are of one image and, if they are several, have an input
   * plane each.
   *
   * @param p with output, limits and scratch
   */
  public void run(
      DepthwisePixelCall p, Operands operands, int plane, int count, int row, int endRow) {
    int width = width();
    int first = firstRow(row);
    int end = endRow(endRow);
    int base = source(operands, plane);
    long least = base + (long) first * width - lead();
    long most =
        base
            + (count - 1L) * sourcePlane(operands)
            + (end - 1L) * width
            - lead()
            + columns[columns.length - 1] * (long) shape.strideWidth()
            + window;
    p.planes = count;
    p.wAt =
        isEach()
            ? firstWeight
            : plane % shape.filters() * (shape.kernelHeight() * shape.kernelWidth() + 1);
    if (least >= 0 && most <= operands.src.length) {
      p.xPlane = sourcePlane(operands);
      rows(p, operands.src, base, row, endRow);
    } else if (count == 1) {
      int at = p.scratchAt + Math.max(LANES, lead());
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

  /** Reads what output rows of a plane see, in the order of memory. */
  void readAhead(DepthwisePixelCall p, Operands operands, int plane, int row, int endRow) {
    int first = firstRow(row);
    int floats = Math.max(0, endRow(endRow) - first) * width();
    p.read += ReadAhead.read(operands.src, source(operands, plane) + first * width(), floats);
  }

  /** A dilated kernel sees every so many rows: as often, the rows between them. */
  private void rows(DepthwisePixelCall p, float[] src, int base, int row, int endRow) {
    int kernel = shape.kernelHeight();
    int dilation = shape.dilationHeight();
    int width = width();
    if (p.x != src) {
      p.x = src;
    }
    p.xRow = dilation * width;
    p.xTap = shape.dilationWidth() * step;
    if (p.columns != columns) {
      p.columns = columns;
    }
    if (p.masks != masks) {
      p.masks = masks;
    }
    if (p.phases != phases) {
      p.phases = phases;
    }
    if (p.w != weights) {
      p.w = weights;
    }
    p.yRow = dilation * shape.outputWidth() * step;
    for (int y = row; y < Math.min(endRow, row + dilation); y++) {
      int start = y * shape.strideHeight() - shape.padTop();
      int above = start < 0 ? Math.ceilDiv(-start, dilation) : 0;
      int first = start + above * dilation;
      p.rows = Math.ceilDiv(Math.max(0, endRow(endRow) - first), dilation);
      p.outputRows = Math.ceilDiv(endRow - y, dilation);
      p.lead = p.rows == 0 ? kernel - 1 : above;
      p.xAt = base + first * width - lead();
      p.yAt = p.firstY + (y - row) * shape.outputWidth() * step;
      if (isEach()) {
        DepthwisePixelWarmUp.EACH.runWarm(p, kernel, 1);
      } else {
        DepthwisePixelWarmUp.ROWS.runWarm(p, kernel, shape.strideHeight());
      }
    }
  }
}
