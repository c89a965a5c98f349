package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Operands;

/**
 * As {@link DepthwisePixelRows}, whole planes whose rows are at most half a vector wide: two at a
 * time, one in the lower and one in the upper half of the lanes.
 */
final class DepthwisePixelPairs {
  private static final int KERNEL = 3;
  private static final int STEP = KERNEL * KERNEL + 1;

  private final ConvShape shape;
  private final DepthwisePixelRows rows;

  /** Where in two loaded rows, of a plane each, the lanes of a kernel column are. */
  private final int[] indices = new int[KERNEL * LANES];

  /** Which of them see the image. */
  private final int[] masks = new int[KERNEL * LANES];

  DepthwisePixelPairs(ConvShape shape, DepthwisePixelRows rows) {
    this.shape = shape;
    this.rows = rows;
    for (int i = 0; i < indices.length; i++) {
      int lane = i % LANES;
      int x = lane % (LANES / 2) * shape.strideWidth() - shape.padLeft() + i / LANES;
      boolean inside = x >= 0 && x < shape.width();
      indices[i] = (lane < LANES / 2 ? 0 : LANES) + (inside ? x : 0);
      masks[i] = inside ? -1 : 0;
    }
  }

  static boolean accepts(ConvShape shape) {
    return LANES > STEP
        && shape.kernelHeight() == KERNEL
        && shape.dilationHeight() == 1
        && shape.groupFilters() == 1
        && shape.outputWidth() <= LANES / 2
        && shape.width() <= LANES;
  }

  long bytes() {
    return (indices.length + masks.length) * 4L;
  }

  /** Whether so many planes can be read without leaving the array. */
  boolean isInside(Operands operands, int plane, int count) {
    int from = rows.source(operands, plane);
    int last = ((count - 1) * shape.height() + shape.height() - 1) * shape.width();
    return from + last + LANES <= operands.src.length;
  }

  /**
   * The planes {@code [plane, plane + pairs)}, each together with the one {@code distance} further,
   * whose output is {@code yDistance} floats further.
   */
  void run(
      DepthwisePixelCall p, Operands operands, int plane, int distance, int pairs, int yDistance) {
    int end = (shape.outputHeight() - 1) * shape.strideHeight() - shape.padTop() + KERNEL;
    p.planes = pairs;
    p.rows = Math.min(shape.height(), end);
    p.outputRows = shape.outputHeight();
    p.lead = shape.padTop();
    if (p.x != operands.src) {
      p.x = operands.src;
    }
    p.xAt = rows.source(operands, plane);
    p.xPlane = shape.height() * shape.width();
    p.xRow = shape.width();
    p.xPair = distance * p.xPlane;
    if (p.indices != indices) {
      p.indices = indices;
    }
    if (p.masks != masks) {
      p.masks = masks;
    }
    if (p.w != rows.weights()) {
      p.w = rows.weights();
    }
    p.wAt = plane % shape.filters() * STEP;
    p.wPair = distance * STEP;
    p.yAt = p.firstY;
    p.yRow = shape.outputWidth();
    p.yPair = yDistance;
    DepthwisePixelWarmUp.PAIRS.runWarm(p, KERNEL, shape.strideHeight());
  }
}
