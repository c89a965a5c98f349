package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.simd.Simd;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Where the results of tiles with pixels in the lanes go. Planes are written by the kernels where
 * nothing follows; all others are staged in scratch, a plane each, and moved. One channel is a
 * plane in either layout.
 */
final class GroupedPixelOutput {
  private final ConvShape shape;
  private final Epilogue epilogue;
  private final boolean areTurned;
  private final int planeSize;
  private final int stagingPlane;
  private final int spare;

  /**
   * @param stagingPlane floats from a filter's staged results to the next one's
   * @param spare where in scratch {@link #spareFloats} are free
   */
  GroupedPixelOutput(ConvProblem problem, Epilogue epilogue, int stagingPlane, int spare) {
    this.shape = problem.shape();
    this.epilogue = epilogue;
    this.areTurned = problem.channelsLast() && shape.filters() > 1;
    this.planeSize = shape.outputHeight() * shape.outputWidth();
    this.stagingPlane = stagingPlane;
    this.spare = spare;
  }

  /** Floats for parts of a tile's pixels. */
  int spareFloats() {
    return areTurned ? LANES * (stagingPlane + 1) : 0;
  }

  /** Whether the kernels may write results where they belong. */
  boolean isInPlace(Operands operands) {
    return operands.residual == null && epilogue.isClamp() && !areTurned;
  }

  /** Whether kernels that have so many filters a pixel may turn and write results themselves. */
  boolean isTurnedInPlace(Operands operands, int filters) {
    return areTurned
        && filters == shape.filters()
        && shape.groups() == 1
        && operands.residual == null
        && epilogue.isClamp();
  }

  /** Floats from one output plane to the next. */
  int plane(Operands operands) {
    return operands.resultPlane(planeSize);
  }

  /** Floats from a filter's staged results to the next one's. */
  int stagingPlane() {
    return stagingPlane;
  }

  /** Index of a filter at the first pixel of a row, in a channels-first output. */
  int place(Operands operands, int image, int filter, int row) {
    return (image * shape.filters() + filter) * plane(operands) + row * shape.outputWidth();
  }

  /**
   * Adds the residual to staged results, applies the activation and moves them.
   *
   * @param at place of the first filter
   * @param pixel from there on
   */
  void finish(
      Operands operands, int at, int pixel, int filters, int count, float[] scratch, int staged) {
    int first = areTurned ? turned(at, pixel) : at + pixel;
    int filterStep = areTurned ? 1 : plane(operands);
    int pixelStep = areTurned ? shape.filters() : 1;
    for (int f = 0; f < filters; f++) {
      int from = staged + f * stagingPlane;
      if (operands.residual != null) {
        int residual = operands.residualOffset + first + f * filterStep;
        for (int i = 0; i < count; i++) {
          scratch[from + i] += operands.residual[residual + i * pixelStep];
        }
      }
      if (operands.residual != null || !epilogue.isClamp()) {
        epilogue.activate(scratch, from, count);
      }
      if (!areTurned) {
        System.arraycopy(
            scratch, from, operands.dst, operands.dstOffset + first + f * filterStep, count);
      }
    }
    if (areTurned && filters < shape.filters() && filters < LANES) {
      turnParts(scratch, staged, filters, count, operands.dst, operands.dstOffset + first);
    } else if (areTurned) {
      int to = operands.dstOffset + first;
      Transpose.run(
          scratch, staged, stagingPlane, filters, count, operands.dst, to, shape.filters());
    }
  }

  /**
   * Turns what is a part of each pixel's filters: to scratch, densely, and from there by vectors;
   * but not at the end of dst, where a masked store would keep a mask for each pixel in some JVMs.
   */
  private void turnParts(
      float[] scratch, int staged, int filters, int count, float[] dst, int dstOffset) {
    int turned = spare;
    Transpose.run(scratch, staged, stagingPlane, filters, count, scratch, turned, filters);
    VectorMask<Float> part = Simd.first(filters);
    int step = shape.filters();
    for (int i = 0; i < count; i++) {
      int from = turned + i * filters;
      int to = dstOffset + i * step;
      if (to > dst.length - LANES) {
        System.arraycopy(scratch, from, dst, to, filters);
      } else {
        FloatVector.fromArray(SPECIES, scratch, from).intoArray(dst, to, part);
      }
    }
  }

  /** The index in a channels-last output. */
  int turned(int at, int pixel) {
    int plane = at / planeSize;
    int image = plane / shape.filters();
    int filter = plane % shape.filters();
    return (image * planeSize + at % planeSize + pixel) * shape.filters() + filter;
  }
}
