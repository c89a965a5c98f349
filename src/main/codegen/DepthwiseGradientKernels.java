import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.gradient.DepthwiseGradientKernels}: products over the pixels
 * of a row with channels in the lanes, for depthwise convolution of channels-last images.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract</h2>
 *
 * With the operands of a {@code DepthwiseGradientCall p}, for each of so many taps {@code t} and
 * each lane {@code l}
 *
 * <pre>
 *   sums[sumsAt[t] + sumsOffset + l] += sum over i in [0, pixels) of
 *       x[xAt[t] + channel + i * xStep + l] * y[yAt + channel + i * yStep + l]
 * </pre>
 *
 * <p>A row is summed by itself and then added, so that fewer roundings meet in one sum. Nine taps,
 * a 3x3 kernel's, share the load of {@code y} and hide the latency of each other's multiply-adds.
 */
final class DepthwiseGradientKernels {
  private static final int TAPS = 9;

  private static final String HEADER =
      """
      package dev.convector.internal.gradient;

      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;

      /** Generated, see DepthwiseGradientKernels in the codegen folder. */
      final class DepthwiseGradientKernels {
        private DepthwiseGradientKernels() {}

        static void taps(DepthwiseGradientCall p, int taps) {
          switch (taps) {
            case {n + 1} -> taps{n + 1}(p);
            default -> throw new AssertionError("no kernel for " + taps + " taps");
          }
        }
      """;

  private static final String KERNEL =
      """

        private static void taps{taps}(DepthwiseGradientCall p) {
          float[] x = p.x;
          float[] y = p.y;
          float[] sums = p.sums;
          int xStep = p.xStep;
          int yStep = p.yStep;
          int yAt = p.yAt + p.channel;
          int pixels = p.pixels;
          int x{t} = p.xAt[{t}] + p.channel;
          FloatVector c{t} = FloatVector.zero(SPECIES);
          for (int i = 0; i < pixels; i++) {
            FloatVector v = FloatVector.fromArray(SPECIES, y, yAt + i * yStep);
            int step = i * xStep;
            @for t
            FloatVector u{t} = FloatVector.fromArray(SPECIES, x, x{t} + step);
            c{t} = u{t}.fma(v, c{t});
            @end
          }
          @for t
          int s{t} = p.sumsAt[{t}] + p.sumsOffset;
          c{t}.add(FloatVector.fromArray(SPECIES, sums, s{t})).intoArray(sums, s{t});
          @end
        }
      """;

  private DepthwiseGradientKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(Template.of(HEADER).index("n", TAPS).expand());
    for (int taps = 1; taps <= TAPS; taps++) {
      out.append(Template.of(KERNEL).set("taps", taps).index("t", taps).expand());
    }
    Template.write(
        root,
        "dev.convector.internal.gradient",
        "DepthwiseGradientKernels",
        out.append("}\n").toString());
  }
}
