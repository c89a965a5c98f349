import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.simd.ExponentialKernels}: the functions that are made of an
 * exponential, over whole vectors.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <p>{@code e^t = 2^n * p(f)} with {@code n = round(t / ln 2)} and {@code f = t - n ln 2} in {@code
 * [-ln 2 / 2, ln 2 / 2]}; p is the Taylor polynomial of degree 6 (error 2e-8 there). Arguments are
 * limited so that {@code 2^n} is a normal number; what is beyond differs from the limit by less
 * than 1e-36. NaN fails the comparisons and stays.
 *
 * <p>The exponential stands in each loop: a method for it that returns a vector is not always
 * inlined (C2 leaves out what it has compiled into a large method before), and then every vector is
 * allocated.
 */
final class ExponentialKernels {
  private ExponentialKernels() {}

  private static final String HEAD =
      """
      package dev.convector.internal.simd;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.VectorOperators;

      /** Generated, see ExponentialKernels in the codegen folder. Counts are multiples of LANES. */
      public final class ExponentialKernels {
        /** Adding and subtracting 1.5 * 2^23 rounds to the nearest integer. */
        private static final float ROUND = 12582912f;

        private static final float LOG2_E = 1.442695041f;
        private static final float LN2_HIGH = 0.693359375f;
        private static final float LN2_LOW = -2.12194440e-4f;

        private ExponentialKernels() {}
      """;

  /** Of {@code t}; the exponent's bits of {@code 2^n} are the last of {@code n + 127 + 2^23}. */
  private static final String EXP =
      """
      FloatVector n = t.fma(log2e, round).sub(round);
      FloatVector f = n.fma(ln2Low, n.fma(ln2High, t));
      FloatVector p = f.fma(c6, c5);
      p = p.fma(f, c4);
      p = p.fma(f, c3);
      p = p.fma(f, c2);
      p = p.fma(f, one);
      p = p.fma(f, one);
      FloatVector power =
          n.add(bias).reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      """;

  private static final String CONSTANTS =
      """
      FloatVector log2e = FloatVector.broadcast(SPECIES, LOG2_E);
      FloatVector round = FloatVector.broadcast(SPECIES, ROUND);
      FloatVector ln2High = FloatVector.broadcast(SPECIES, -LN2_HIGH);
      FloatVector ln2Low = FloatVector.broadcast(SPECIES, -LN2_LOW);
      FloatVector c6 = FloatVector.broadcast(SPECIES, 1 / 720f);
      FloatVector c5 = FloatVector.broadcast(SPECIES, 1 / 120f);
      FloatVector c4 = FloatVector.broadcast(SPECIES, 1 / 24f);
      FloatVector c3 = FloatVector.broadcast(SPECIES, 1 / 6f);
      FloatVector c2 = FloatVector.broadcast(SPECIES, 0.5f);
      FloatVector one = FloatVector.broadcast(SPECIES, 1);
      FloatVector bias = FloatVector.broadcast(SPECIES, 127 + 8388608f);
      """;

  /** Both limits are those of v; of SiLU, whose v grows without one, the upper is that of t. */
  private static final String IN_PLACE =
      """

        /** {@code {formula}}, in place. */
        static void {name}(float[] x, int at, int count) {
          FloatVector lows = FloatVector.broadcast(SPECIES, -{limit});
      @if scale<0
          FloatVector highs = FloatVector.broadcast(SPECIES, {limit});
      @end
          @constants
          for (int i = at; i < at + count; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, i);
            v = v.blend(lows, v.lt(lows));
      @if scale<0
            v = v.blend(highs, highs.lt(v));
            FloatVector t = v.mul({scale});
      @else
            FloatVector t = v.neg();
            t = t.blend(lows, t.lt(lows));
      @end
            @exp
            FloatVector below = p.fma(power, one);
            {result}.intoArray(x, i);
          }
        }
      """;

  private static final String BELOW =
      """

        /** {@code y[i] = e^(x[i] - most)}, for x up to {@code most}. */
        public static void exp(float[] x, int at, int count, float most, float[] y, int to) {
          FloatVector lows = FloatVector.broadcast(SPECIES, -87);
          @constants
          for (int i = 0; i < count; i += LANES) {
            FloatVector t = FloatVector.fromArray(SPECIES, x, at + i).sub(most);
            t = t.blend(lows, t.lt(lows));
            @exp
            p.mul(power).intoArray(y, to + i);
          }
        }
      """;

  static void write(String root) throws IOException {
    String body =
        inPlace("sigmoid", "1 / (1 + e^-x)", "one.div(below)", 87, -1)
            + inPlace("tanh", "2 / (1 + e^-2x) - 1", "one.add(one).div(below).sub(one)", 43, -2)
            + inPlace("silu", "x / (1 + e^-x)", "v.div(below)", 87, 0)
            + Template.of(filled(BELOW)).expand();
    Template.write(root, "dev.convector.internal.simd", "ExponentialKernels", HEAD + body + "}\n");
  }

  /** A scale of 0 stands for SiLU, which is limited otherwise. */
  private static String inPlace(String name, String formula, String result, int limit, int scale) {
    return Template.of(filled(IN_PLACE))
        .set("name", name)
        .set("formula", formula)
        .set("result", result)
        .set("limit", limit)
        .set("scale", scale)
        .expand();
  }

  private static String filled(String text) {
    return Template.splice(Template.splice(text, "constants", CONSTANTS), "exp", EXP);
  }
}
