package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.TapRanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of depthwise convolution, neighbouring pixels in the lanes, tap by tap. A pixel is one float
 * of a plane, or all channels of a channels-last image, which then is one plane. Planes are read
 * where they lie, or from scratch if a vector at their border would leave the array.
 *
 * <p>A vector holds whole pixels, as many as fit and as lie within two vectors of the input; what
 * is stored in its other lanes means nothing.
 */
final class DepthwisePixelTaps {
  private final ConvShape shape;

  /** Whether a plane is an image of all channels. */
  private final boolean all;

  /** Floats of a pixel of the input. */
  private final int inputFloats;

  /** Floats of a row of the input. */
  private final int inputRow;

  /** Of each plane, or of each lane: the taps, then the bias. */
  private final float[] weights;

  private final int taps;
  private final TapRanges rowRanges;

  /**
   * For each lane, which float from a tap's first on it sees; of planes for each kernel column,
   * from the window's first on.
   */
  private final int[] lanes;

  private final boolean picked;

  /** First float of each vector in a row of the output, and that of its window in the input's. */
  private final int[] yColumns;

  private final int[] xColumns;

  /** For different vectors and for each kernel column, which lanes see the image. */
  private final int[] masks;

  /** Where those of each vector begin. */
  private final int[] maskAt;

  /** Floats that the windows of a row reach to the left of the image, and from its begin on. */
  private final int lead;

  private final int reach;

  /**
   * @param bias at least one for each filter
   */
  DepthwisePixelTaps(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.all = problem.channelsLast();
    this.inputFloats = all ? shape.channels() : 1;
    this.inputRow = shape.width() * inputFloats;
    this.taps = shape.kernelHeight() * shape.kernelWidth();
    this.rowRanges = TapRanges.rows(shape);
    int filters = all ? shape.filters() : 1;
    int pixels = pixels(problem);
    int stride = shape.strideWidth();
    this.picked = !isDense(problem);
    this.lanes = new int[(all ? 1 : shape.kernelWidth()) * LANES];
    for (int i = 0; i < lanes.length; i++) {
      int lane = i % LANES;
      int column = lane / filters * stride + i / LANES * shape.dilationWidth();
      int channel = all ? lane % filters / shape.groupFilters() : 0;
      lanes[i] = lane < pixels * filters ? column * inputFloats + channel : 0;
    }
    this.yColumns = new int[Math.ceilDiv(shape.outputWidth(), pixels)];
    this.xColumns = new int[yColumns.length];
    this.maskAt = new int[yColumns.length];
    List<int[]> different = new ArrayList<>();
    for (int v = 0; v < yColumns.length; v++) {
      int first = Math.min(v * pixels, shape.outputWidth() - pixels);
      yColumns[v] = first * filters;
      xColumns[v] = first * stride * inputFloats;
      int[] mask = mask(first, pixels, filters);
      if (different.isEmpty() || !Arrays.equals(different.getLast(), mask)) {
        different.add(mask);
      }
      maskAt[v] = (different.size() - 1) * mask.length;
    }
    this.masks = different.stream().flatMapToInt(Arrays::stream).toArray();
    this.lead = shape.padLeft() * inputFloats;
    this.reach =
        xColumns[xColumns.length - 1]
            + (shape.effectiveKernelWidth() - 1) * inputFloats
            - lead
            + (picked ? 2 : 1) * LANES;
    this.weights = all ? each(weights, bias) : one(weights, bias);
  }

  private int[] mask(int first, int pixels, int filters) {
    int[] mask = new int[shape.kernelWidth() * LANES];
    for (int i = 0; i < mask.length; i++) {
      int pixel = i % LANES / filters;
      int x =
          (first + pixel) * shape.strideWidth()
              - shape.padLeft()
              + i / LANES * shape.dilationWidth();
      mask[i] = pixel < pixels && x >= 0 && x < shape.width() ? -1 : 0;
    }
    return mask;
  }

  /** Of a plane each. */
  private float[] one(float[] from, float[] bias) {
    float[] packed = new float[shape.filters() * (taps + 1)];
    for (int k = 0; k < shape.filters(); k++) {
      System.arraycopy(from, k * taps, packed, k * (taps + 1), taps);
      packed[k * (taps + 1) + taps] = bias[k];
    }
    return packed;
  }

  /** Of a lane each. */
  private float[] each(float[] from, float[] bias) {
    float[] packed = new float[(taps + 1) * LANES];
    for (int i = 0; i < packed.length; i++) {
      int filter = i % LANES % shape.filters();
      packed[i] = i < taps * LANES ? from[filter * taps + i / LANES] : bias[filter];
    }
    return packed;
  }

  /** Whole pixels of a vector of outputs; 0 if none fits. */
  static int pixels(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean all = problem.channelsLast();
    int most = Math.min(LANES / (all ? s.filters() : 1), s.outputWidth());
    if (isDense(problem)) {
      return most;
    }
    int pixel = all ? s.channels() : 1;
    // What all of them see of one tap; of planes, of a row of the kernel.
    int first = all ? pixel : s.effectiveKernelWidth();
    int within = first > 2 * LANES ? 0 : 1 + (2 * LANES - first) / (s.strideWidth() * pixel);
    return Math.min(most, within);
  }

  /** Whether the inputs of neighbouring lanes are neighbours. */
  private static boolean isDense(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.strideWidth() == 1 && (s.groupFilters() == 1 || !problem.channelsLast());
  }

  /** Floats of a row of results. */
  int outputRow() {
    return shape.outputWidth() * (all ? shape.filters() : 1);
  }

  /** What the last vector of a row stores beyond it, at most. */
  boolean isExact() {
    int last = yColumns[yColumns.length - 1];
    return last + LANES == outputRow();
  }

  /** Whether a row is one vector. */
  boolean isSingle() {
    return yColumns.length == 1;
  }

  long bytes() {
    return 4L * (weights.length + masks.length + 3 * maskAt.length + lanes.length);
  }

  /** Floats of scratch from which so many output rows are computed where that is needed. */
  int scratchFloats(int rows) {
    return Math.toIntExact(scratchFloats(shape, inputFloats, rows) + 2 * LANES);
  }

  /** The same, less two vectors; may be more than an array can hold. */
  static long scratchFloats(ConvShape s, int inputFloats, int rows) {
    long inputRows = (rows - 1L) * s.strideHeight() + s.effectiveKernelHeight();
    long columns = (long) s.width() + s.padLeft() + s.padRight();
    return (Math.min(s.height(), inputRows) + 1) * columns * inputFloats;
  }

  /**
   * Output rows of some planes, which are of one image and, if they are several, have an input
   * plane each.
   *
   * @param p with output and limits
   * @param scratch of {@link #scratchFloats} from {@code scratchAt} on
   */
  void run(
      DepthwisePixelTapCall p,
      Operands operands,
      int plane,
      int count,
      int row,
      int endRow,
      float[] scratch,
      int scratchAt) {
    int top = row * shape.strideHeight() - shape.padTop();
    int bottom =
        (endRow - 1) * shape.strideHeight() - shape.padTop() + shape.effectiveKernelHeight();
    int first = Math.clamp(top, 0, shape.height());
    int end = Math.clamp(bottom, first, shape.height());
    int xPlane = shape.height() * inputRow;
    int base = operands.srcOffset + plane / (all ? 1 : shape.groupFilters()) * xPlane;
    long least = base + (long) first * inputRow - lead;
    long most = base + (count - 1L) * xPlane + (end - 1L) * inputRow + reach;
    p.planes = count;
    p.xPlane = xPlane;
    p.wAt = all ? 0 : plane % shape.filters() * (taps + 1);
    if (end == first || least >= 0 && most <= operands.src.length) {
      p.input(operands.src);
      rows(p, base, row, endRow);
    } else if (count == 1) {
      int at = scratchAt + lead;
      System.arraycopy(
          operands.src, base + first * inputRow, scratch, at, (end - first) * inputRow);
      p.input(scratch);
      rows(p, at - first * inputRow, row, endRow);
    } else {
      int half = least < 0 ? 1 : count - 1;
      int y = p.firstY;
      run(p, operands, plane, half, row, endRow, scratch, scratchAt);
      p.firstY = y + half * p.yPlane;
      run(p, operands, plane + half, count - half, row, endRow, scratch, scratchAt);
      p.firstY = y;
    }
  }

  /**
   * @param base where the first plane lies or would lie
   */
  private void rows(DepthwisePixelTapCall p, int base, int row, int endRow) {
    tables(p);
    int rows;
    for (int o = row; o < endRow; o += rows) {
      int range = rowRanges.find(o);
      int alike = Math.min(endRow, rowRanges.end(range)) - o;
      rows = alike < DepthwisePixelTapKernels.ROWS ? 1 : DepthwisePixelTapKernels.ROWS;
      p.firstRow = rowRanges.firstTap(range);
      p.endRow = rowRanges.endTap(range);
      p.xAt = base + (o * shape.strideHeight() - shape.padTop()) * inputRow - lead;
      p.yAt = p.firstY + (o - row) * p.yRow;
      DepthwisePixelTapKernels.run(p, picked, all, rows);
    }
  }

  private void tables(DepthwisePixelTapCall p) {
    p.strips = yColumns.length;
    p.kernelWidth = shape.kernelWidth();
    p.xDown = shape.strideHeight() * inputRow;
    p.xRow = shape.dilationHeight() * inputRow;
    p.xTap = picked && !all ? 0 : shape.dilationWidth() * inputFloats;
    p.wPlane = all ? 0 : taps + 1;
    p.wBias = all ? taps * LANES : taps;
    if (p.w != weights) {
      p.w = weights;
    }
    if (p.lanes != lanes) {
      p.lanes = lanes;
      p.masks = masks;
      p.maskAt = maskAt;
      p.xColumns = xColumns;
      p.yColumns = yColumns;
    }
  }
}
