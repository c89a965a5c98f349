import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.simd.GeluKernels}: {@code x} times the normal distribution's
 * share below it, over whole vectors.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <p>With the error function of Abramowitz and Stegun, 7.1.28 (error 3e-7): one minus the 16th
 * power of the reciprocal of a polynomial.
 *
 * <p>Generated for {@link MultiplyAdds}: with calls of {@code MultiplyAdd.fma} instead C2 kept
 * boxes of vectors in 7 of 16 JVMs, at six times the time (Xeon, family 6 model 207).
 */
final class GeluKernels {
  private static final String TEXT =
      """
      package dev.convector.internal.simd;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;

      /** Generated, see GeluKernels in the codegen folder. */
      final class GeluKernels {
        private static final float SQRT_HALF = 0.70710678f;

        private GeluKernels() {}

        /** In place; {@code count} is a multiple of LANES. */
        static void gelu(float[] x, int at, int count) {
          FloatVector zeros = FloatVector.zero(SPECIES);
          FloatVector flat = FloatVector.broadcast(SPECIES, ActivationKernels.FLAT);
          FloatVector c4 = FloatVector.broadcast(SPECIES, 0.0001520143f);
          FloatVector c3 = FloatVector.broadcast(SPECIES, 0.0092705272f);
          FloatVector c2 = FloatVector.broadcast(SPECIES, 0.0422820123f);
          FloatVector c1 = FloatVector.broadcast(SPECIES, 0.0705230784f);
          FloatVector one = FloatVector.broadcast(SPECIES, 1);
          for (int i = at; i < at + count; i += LANES) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, i);
            FloatVector z = v.abs().mul(SQRT_HALF);
            FloatVector p = z.mul(0.0000430638f).add(0.0002765672f);
            p = p.fma(z, c4);
            p = p.fma(z, c3);
            p = p.fma(z, c2);
            p = p.fma(z, c1);
            p = p.fma(z, one);
            p = p.mul(p);
            p = p.mul(p);
            p = p.mul(p);
            p = p.mul(p);
            // Half the complement of the error function of |x| / sqrt 2.
            FloatVector tail = FloatVector.broadcast(SPECIES, 0.5f).div(p);
            FloatVector below = tail.neg().add(1).blend(tail, v.lt(zeros));
            v.blend(flat, v.lt(flat)).mul(below).intoArray(x, i);
          }
        }
      }
      """;

  private GeluKernels() {}

  static void write(String root) throws IOException {
    Template.write(root, "dev.convector.internal.simd", "GeluKernels", Template.of(TEXT).expand());
  }
}
