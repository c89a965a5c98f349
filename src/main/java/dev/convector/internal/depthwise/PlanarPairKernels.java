package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * As {@link PlanarKernels}, for rows of at most half a vector: two planes at a time, one in the
 * lower and one in the upper half of the lanes.
 *
 * <p>One permutation of two loaded rows, a row of each plane, gives the vector of a kernel column,
 * whatever the stride: two loads a pair of rows. The weights are spread over the halves likewise.
 */
final class PlanarPairKernels {
  /** Lane 0 of the first vector in the lower half, of the second in the upper. */
  private static final IntVector WEIGHT = IntVector.zero(INTS).addIndex(1).and(LANES / 2).mul(2);

  /** The upper half. */
  private static final IntVector UPPER = IntVector.zero(INTS).addIndex(1).add(LANES / 2);

  private PlanarPairKernels() {}

  static void stride1(
      int planes,
      int rows,
      float[] src,
      int srcAt,
      int srcDistance,
      int srcPlane,
      int width,
      int top,
      int bottom,
      int[] indices,
      int[] masks,
      float[] weights,
      int weightsAt,
      int weightsDistance,
      int weightsStep,
      float[] dst,
      int dstAt,
      int dstDistance,
      int dstPlane,
      int outputWidth,
      float low,
      float high) {
    boolean plain = low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY;
    FloatVector lows = FloatVector.broadcast(SPECIES, low);
    FloatVector highs = FloatVector.broadcast(SPECIES, high);
    IntVector i0 = IntVector.fromArray(INTS, indices, 0);
    IntVector i1 = IntVector.fromArray(INTS, indices, LANES);
    IntVector i2 = IntVector.fromArray(INTS, indices, 2 * LANES);
    IntVector m0 = IntVector.fromArray(INTS, masks, 0);
    IntVector m1 = IntVector.fromArray(INTS, masks, LANES);
    IntVector m2 = IntVector.fromArray(INTS, masks, 2 * LANES);
    for (int plane = 0; plane < planes; plane++) {
      int w = weightsAt + plane * weightsStep;
      IntVector wv = FloatVector.fromArray(SPECIES, weights, w).reinterpretAsInts();
      IntVector wu =
          FloatVector.fromArray(SPECIES, weights, w + weightsDistance).reinterpretAsInts();
      FloatVector w00 = WEIGHT.add(0).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w01 = WEIGHT.add(1).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w02 = WEIGHT.add(2).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w10 = WEIGHT.add(3).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w11 = WEIGHT.add(4).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w12 = WEIGHT.add(5).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w20 = WEIGHT.add(6).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w21 = WEIGHT.add(7).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w22 = WEIGHT.add(8).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector bias = WEIGHT.add(9).selectFrom(wv, wu).reinterpretAsFloats();
      int x = srcAt + plane * srcPlane;
      int y = dstAt + plane * dstPlane;
      int from = x - (width & top);

      IntVector pv = FloatVector.fromArray(SPECIES, src, from).reinterpretAsInts();
      IntVector pu = FloatVector.fromArray(SPECIES, src, from + srcDistance).reinterpretAsInts();
      FloatVector p0 = i0.selectFrom(pv, pu).and(m0.and(top)).reinterpretAsFloats();
      FloatVector p1 = i1.selectFrom(pv, pu).and(m1.and(top)).reinterpretAsFloats();
      FloatVector p2 = i2.selectFrom(pv, pu).and(m2.and(top)).reinterpretAsFloats();
      FloatVector a = p2.fma(w02, p1.fma(w01, p0.fma(w00, bias)));

      IntVector qv = FloatVector.fromArray(SPECIES, src, x).reinterpretAsInts();
      IntVector qu = FloatVector.fromArray(SPECIES, src, x + srcDistance).reinterpretAsInts();
      FloatVector q0 = i0.selectFrom(qv, qu).and(m0).reinterpretAsFloats();
      FloatVector q1 = i1.selectFrom(qv, qu).and(m1).reinterpretAsFloats();
      FloatVector q2 = i2.selectFrom(qv, qu).and(m2).reinterpretAsFloats();
      a = q2.fma(w12, q1.fma(w11, q0.fma(w10, a)));
      FloatVector b = q2.fma(w02, q1.fma(w01, q0.fma(w00, bias)));
      for (int row = 0; row < rows; row++) {
        int present = row == rows - 1 ? bottom : -1;
        int at = x + row * width + (width & present);

        IntVector cv = FloatVector.fromArray(SPECIES, src, at).reinterpretAsInts();
        IntVector cu = FloatVector.fromArray(SPECIES, src, at + srcDistance).reinterpretAsInts();
        FloatVector c0 = i0.selectFrom(cv, cu).and(m0.and(present)).reinterpretAsFloats();
        FloatVector c1 = i1.selectFrom(cv, cu).and(m1.and(present)).reinterpretAsFloats();
        FloatVector c2 = i2.selectFrom(cv, cu).and(m2.and(present)).reinterpretAsFloats();
        a = c2.fma(w22, c1.fma(w21, c0.fma(w20, a)));

        if (!plain) {
          a = a.blend(lows, a.lt(lows));
          a = a.blend(highs, highs.lt(a));
        }
        a.intoArray(dst, y + row * outputWidth);
        UPPER
            .selectFrom(a.reinterpretAsInts(), a.reinterpretAsInts())
            .reinterpretAsFloats()
            .intoArray(dst, y + dstDistance + row * outputWidth);
        a = c2.fma(w12, c1.fma(w11, c0.fma(w10, b)));
        b = c2.fma(w02, c1.fma(w01, c0.fma(w00, bias)));
      }
    }
  }

  static void stride2(
      int planes,
      int rows,
      float[] src,
      int srcAt,
      int srcDistance,
      int srcPlane,
      int width,
      int top,
      int bottom,
      int[] indices,
      int[] masks,
      float[] weights,
      int weightsAt,
      int weightsDistance,
      int weightsStep,
      float[] dst,
      int dstAt,
      int dstDistance,
      int dstPlane,
      int outputWidth,
      float low,
      float high) {
    boolean plain = low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY;
    FloatVector lows = FloatVector.broadcast(SPECIES, low);
    FloatVector highs = FloatVector.broadcast(SPECIES, high);
    IntVector i0 = IntVector.fromArray(INTS, indices, 0);
    IntVector i1 = IntVector.fromArray(INTS, indices, LANES);
    IntVector i2 = IntVector.fromArray(INTS, indices, 2 * LANES);
    IntVector m0 = IntVector.fromArray(INTS, masks, 0);
    IntVector m1 = IntVector.fromArray(INTS, masks, LANES);
    IntVector m2 = IntVector.fromArray(INTS, masks, 2 * LANES);
    for (int plane = 0; plane < planes; plane++) {
      int w = weightsAt + plane * weightsStep;
      IntVector wv = FloatVector.fromArray(SPECIES, weights, w).reinterpretAsInts();
      IntVector wu =
          FloatVector.fromArray(SPECIES, weights, w + weightsDistance).reinterpretAsInts();
      FloatVector w00 = WEIGHT.add(0).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w01 = WEIGHT.add(1).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w02 = WEIGHT.add(2).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w10 = WEIGHT.add(3).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w11 = WEIGHT.add(4).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w12 = WEIGHT.add(5).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w20 = WEIGHT.add(6).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w21 = WEIGHT.add(7).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector w22 = WEIGHT.add(8).selectFrom(wv, wu).reinterpretAsFloats();
      FloatVector bias = WEIGHT.add(9).selectFrom(wv, wu).reinterpretAsFloats();
      int x = srcAt + plane * srcPlane;
      int y = dstAt + plane * dstPlane;
      int from = x - (width & top);

      IntVector pv = FloatVector.fromArray(SPECIES, src, from).reinterpretAsInts();
      IntVector pu = FloatVector.fromArray(SPECIES, src, from + srcDistance).reinterpretAsInts();
      FloatVector p0 = i0.selectFrom(pv, pu).and(m0.and(top)).reinterpretAsFloats();
      FloatVector p1 = i1.selectFrom(pv, pu).and(m1.and(top)).reinterpretAsFloats();
      FloatVector p2 = i2.selectFrom(pv, pu).and(m2.and(top)).reinterpretAsFloats();
      FloatVector a = p2.fma(w02, p1.fma(w01, p0.fma(w00, bias)));
      for (int row = 0; row < rows; row++) {
        int present = row == rows - 1 ? bottom : -1;
        int at = x + row * 2 * width;

        IntVector bv = FloatVector.fromArray(SPECIES, src, at).reinterpretAsInts();
        IntVector bu = FloatVector.fromArray(SPECIES, src, at + srcDistance).reinterpretAsInts();
        FloatVector b0 = i0.selectFrom(bv, bu).and(m0).reinterpretAsFloats();
        FloatVector b1 = i1.selectFrom(bv, bu).and(m1).reinterpretAsFloats();
        FloatVector b2 = i2.selectFrom(bv, bu).and(m2).reinterpretAsFloats();
        a = b2.fma(w12, b1.fma(w11, b0.fma(w10, a)));
        int next = at + (width & present);

        IntVector cv = FloatVector.fromArray(SPECIES, src, next).reinterpretAsInts();
        IntVector cu = FloatVector.fromArray(SPECIES, src, next + srcDistance).reinterpretAsInts();
        FloatVector c0 = i0.selectFrom(cv, cu).and(m0.and(present)).reinterpretAsFloats();
        FloatVector c1 = i1.selectFrom(cv, cu).and(m1.and(present)).reinterpretAsFloats();
        FloatVector c2 = i2.selectFrom(cv, cu).and(m2.and(present)).reinterpretAsFloats();
        a = c2.fma(w22, c1.fma(w21, c0.fma(w20, a)));

        if (!plain) {
          a = a.blend(lows, a.lt(lows));
          a = a.blend(highs, highs.lt(a));
        }
        a.intoArray(dst, y + row * outputWidth);
        UPPER
            .selectFrom(a.reinterpretAsInts(), a.reinterpretAsInts())
            .reinterpretAsFloats()
            .intoArray(dst, y + dstDistance + row * outputWidth);
        a = c2.fma(w02, c1.fma(w01, c0.fma(w00, bias)));
      }
    }
  }
}
