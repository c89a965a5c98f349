package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Rows of 3x3 depthwise convolution with neighbouring output columns in the lanes.
 *
 * <p>A strip of LANES output columns is computed from its top row to its bottom row. Each input row
 * is loaded once, as three vectors, one for each kernel column, and goes into the sums of all
 * output rows that see it, so that three loads (which mostly cross cache lines and then cost two
 * cycles each) serve nine multiply-adds. Lanes whose column lies outside the image are cleared by a
 * bit mask: a product with zero would let infinities and NaNs of the neighbouring row through, and
 * a {@code VectorMask} costs allocation in methods of this size.
 *
 * <p>The first input row or the last may lie outside the image; it is then read from its neighbour
 * and cleared.
 *
 * <p>With stride 2, two vectors of a row are parted into even and odd columns. On integers, since
 * C2 converts a float index anew at every use.
 */
final class PlanarKernels {
  private static final IntVector EVEN = IntVector.zero(INTS).addIndex(2);
  private static final IntVector ODD = EVEN.add(1);
  private static final IntVector NEXT = IntVector.zero(INTS).addIndex(1).add(1);

  private PlanarKernels() {}

  static void stride1(
      int planes,
      int rows,
      float[] src,
      int srcAt,
      int srcPlane,
      int width,
      int top,
      int bottom,
      int[] masks,
      int[] columns,
      float[] weights,
      int weightsAt,
      float[] dst,
      int dstAt,
      int dstPlane,
      int outputWidth,
      float low,
      float high) {
    boolean plain = low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY;
    FloatVector lows = FloatVector.broadcast(SPECIES, low);
    FloatVector highs = FloatVector.broadcast(SPECIES, high);
    for (int plane = 0; plane < planes; plane++) {
      int w = weightsAt + plane * 10;
      FloatVector w00 = FloatVector.broadcast(SPECIES, weights[w]);
      FloatVector w01 = FloatVector.broadcast(SPECIES, weights[w + 1]);
      FloatVector w02 = FloatVector.broadcast(SPECIES, weights[w + 2]);
      FloatVector w10 = FloatVector.broadcast(SPECIES, weights[w + 3]);
      FloatVector w11 = FloatVector.broadcast(SPECIES, weights[w + 4]);
      FloatVector w12 = FloatVector.broadcast(SPECIES, weights[w + 5]);
      FloatVector w20 = FloatVector.broadcast(SPECIES, weights[w + 6]);
      FloatVector w21 = FloatVector.broadcast(SPECIES, weights[w + 7]);
      FloatVector w22 = FloatVector.broadcast(SPECIES, weights[w + 8]);
      FloatVector bias = FloatVector.broadcast(SPECIES, weights[w + 9]);
      for (int strip = 0; strip < columns.length; strip++) {
        int x = srcAt + plane * srcPlane + columns[strip];
        int y = dstAt + plane * dstPlane + columns[strip];
        IntVector m0 = IntVector.fromArray(INTS, masks, strip * 3 * LANES);
        IntVector m1 = IntVector.fromArray(INTS, masks, (strip * 3 + 1) * LANES);
        IntVector m2 = IntVector.fromArray(INTS, masks, (strip * 3 + 2) * LANES);
        int from = x - (width & top);
        FloatVector a0 =
            FloatVector.fromArray(SPECIES, src, from)
                .reinterpretAsInts()
                .and(m0.and(top))
                .reinterpretAsFloats();
        FloatVector a1 =
            FloatVector.fromArray(SPECIES, src, from + 1)
                .reinterpretAsInts()
                .and(m1.and(top))
                .reinterpretAsFloats();
        FloatVector a2 =
            FloatVector.fromArray(SPECIES, src, from + 2)
                .reinterpretAsInts()
                .and(m2.and(top))
                .reinterpretAsFloats();
        FloatVector a = a2.fma(w02, a1.fma(w01, a0.fma(w00, bias)));
        FloatVector b0 =
            FloatVector.fromArray(SPECIES, src, x)
                .reinterpretAsInts()
                .and(m0)
                .reinterpretAsFloats();
        FloatVector b1 =
            FloatVector.fromArray(SPECIES, src, x + 1)
                .reinterpretAsInts()
                .and(m1)
                .reinterpretAsFloats();
        FloatVector b2 =
            FloatVector.fromArray(SPECIES, src, x + 2)
                .reinterpretAsInts()
                .and(m2)
                .reinterpretAsFloats();
        a = b2.fma(w12, b1.fma(w11, b0.fma(w10, a)));
        FloatVector b = b2.fma(w02, b1.fma(w01, b0.fma(w00, bias)));
        for (int row = 0; row < rows; row++) {
          int present = row == rows - 1 ? bottom : -1;
          int at = x + row * width + (width & present);
          FloatVector c0 =
              FloatVector.fromArray(SPECIES, src, at + 0)
                  .reinterpretAsInts()
                  .and(m0.and(present))
                  .reinterpretAsFloats();
          FloatVector c1 =
              FloatVector.fromArray(SPECIES, src, at + 1)
                  .reinterpretAsInts()
                  .and(m1.and(present))
                  .reinterpretAsFloats();
          FloatVector c2 =
              FloatVector.fromArray(SPECIES, src, at + 2)
                  .reinterpretAsInts()
                  .and(m2.and(present))
                  .reinterpretAsFloats();
          a = c2.fma(w22, c1.fma(w21, c0.fma(w20, a)));
          if (!plain) {
            a = a.blend(lows, a.lt(lows));
            a = a.blend(highs, highs.lt(a));
          }
          a.intoArray(dst, y + row * outputWidth);
          a = c2.fma(w12, c1.fma(w11, c0.fma(w10, b)));
          b = c2.fma(w02, c1.fma(w01, c0.fma(w00, bias)));
        }
      }
    }
  }

  static void stride2(
      int planes,
      int rows,
      float[] src,
      int srcAt,
      int srcPlane,
      int width,
      int top,
      int bottom,
      int[] masks,
      int[] columns,
      float[] weights,
      int weightsAt,
      float[] dst,
      int dstAt,
      int dstPlane,
      int outputWidth,
      float low,
      float high) {
    boolean plain = low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY;
    FloatVector lows = FloatVector.broadcast(SPECIES, low);
    FloatVector highs = FloatVector.broadcast(SPECIES, high);
    for (int plane = 0; plane < planes; plane++) {
      int w = weightsAt + plane * 10;
      FloatVector w00 = FloatVector.broadcast(SPECIES, weights[w]);
      FloatVector w01 = FloatVector.broadcast(SPECIES, weights[w + 1]);
      FloatVector w02 = FloatVector.broadcast(SPECIES, weights[w + 2]);
      FloatVector w10 = FloatVector.broadcast(SPECIES, weights[w + 3]);
      FloatVector w11 = FloatVector.broadcast(SPECIES, weights[w + 4]);
      FloatVector w12 = FloatVector.broadcast(SPECIES, weights[w + 5]);
      FloatVector w20 = FloatVector.broadcast(SPECIES, weights[w + 6]);
      FloatVector w21 = FloatVector.broadcast(SPECIES, weights[w + 7]);
      FloatVector w22 = FloatVector.broadcast(SPECIES, weights[w + 8]);
      FloatVector bias = FloatVector.broadcast(SPECIES, weights[w + 9]);
      for (int strip = 0; strip < columns.length; strip++) {
        int x = srcAt + plane * srcPlane + 2 * columns[strip];
        int y = dstAt + plane * dstPlane + columns[strip];
        IntVector m0 = IntVector.fromArray(INTS, masks, strip * 3 * LANES);
        IntVector m1 = IntVector.fromArray(INTS, masks, (strip * 3 + 1) * LANES);
        IntVector m2 = IntVector.fromArray(INTS, masks, (strip * 3 + 2) * LANES);
        int from = x - (width & top);

        IntVector pv = FloatVector.fromArray(SPECIES, src, from).reinterpretAsInts();
        IntVector pu = FloatVector.fromArray(SPECIES, src, from + LANES).reinterpretAsInts();
        IntVector pt = FloatVector.broadcast(SPECIES, src[from + 2 * LANES]).reinterpretAsInts();
        IntVector pe = EVEN.selectFrom(pv, pu);
        IntVector po = ODD.selectFrom(pv, pu);
        IntVector pn = NEXT.selectFrom(pe, pt);
        FloatVector p0 = pe.and(m0.and(top)).reinterpretAsFloats();
        FloatVector p1 = po.and(m1.and(top)).reinterpretAsFloats();
        FloatVector p2 = pn.and(m2.and(top)).reinterpretAsFloats();
        FloatVector a = p2.fma(w02, p1.fma(w01, p0.fma(w00, bias)));
        for (int row = 0; row < rows; row++) {
          int at = x + row * 2 * width;

          IntVector bv = FloatVector.fromArray(SPECIES, src, at).reinterpretAsInts();
          IntVector bu = FloatVector.fromArray(SPECIES, src, at + LANES).reinterpretAsInts();
          IntVector bt = FloatVector.broadcast(SPECIES, src[at + 2 * LANES]).reinterpretAsInts();
          IntVector be = EVEN.selectFrom(bv, bu);
          IntVector bo = ODD.selectFrom(bv, bu);
          IntVector bn = NEXT.selectFrom(be, bt);
          FloatVector b0 = be.and(m0).reinterpretAsFloats();
          FloatVector b1 = bo.and(m1).reinterpretAsFloats();
          FloatVector b2 = bn.and(m2).reinterpretAsFloats();
          a = b2.fma(w12, b1.fma(w11, b0.fma(w10, a)));
          int present = row == rows - 1 ? bottom : -1;
          int next = at + (width & present);

          IntVector cv = FloatVector.fromArray(SPECIES, src, next).reinterpretAsInts();
          IntVector cu = FloatVector.fromArray(SPECIES, src, next + LANES).reinterpretAsInts();
          IntVector ct = FloatVector.broadcast(SPECIES, src[next + 2 * LANES]).reinterpretAsInts();
          IntVector ce = EVEN.selectFrom(cv, cu);
          IntVector co = ODD.selectFrom(cv, cu);
          IntVector cn = NEXT.selectFrom(ce, ct);
          FloatVector c0 = ce.and(m0.and(present)).reinterpretAsFloats();
          FloatVector c1 = co.and(m1.and(present)).reinterpretAsFloats();
          FloatVector c2 = cn.and(m2.and(present)).reinterpretAsFloats();
          a = c2.fma(w22, c1.fma(w21, c0.fma(w20, a)));
          if (!plain) {
            a = a.blend(lows, a.lt(lows));
            a = a.blend(highs, highs.lt(a));
          }
          a.intoArray(dst, y + row * outputWidth);
          a = c2.fma(w02, c1.fma(w01, c0.fma(w00, bias)));
        }
      }
    }
  }
}
