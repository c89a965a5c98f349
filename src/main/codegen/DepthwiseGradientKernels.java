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
 *
 * <p>{@code lines}: the same for whole kernel rows of 3 or 5 taps without dilation at stride 1 or
 * 2, of which only the first taps' places in {@code x} are read. A pixel's vectors of {@code x}
 * stay in registers for the next one, which loads 1 or 2 of a row and not 3 or 5; after as many
 * pixels as there are taps each is in its register again.
 */
final class DepthwiseGradientKernels {
  private static final int TAPS = 9;

  /** Most kernel rows of so many taps, whose sums and vectors must fit the registers. */
  private static final int[] ROWS = {0, 0, 0, 3, 0, 2};

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

  private static final String LINES =
      """

        static void lines(DepthwiseGradientCall p, int rows, int taps, int stride) {
          switch (rows * 100 + taps * 10 + stride) {
      """;

  private static final String CASE =
      """
            case {R * 100 + K * 10 + S} -> lines{R}x{K}Stride{S}(p);
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no kernel for " + rows + " rows of " + taps);
          }
        }
      """;

  private static final String LINE =
      """

        private static void lines{R}x{K}Stride{S}(DepthwiseGradientCall p) {
          float[] x = p.x;
          float[] y = p.y;
          float[] sums = p.sums;
          int step = p.yStep;
          int yAt = p.yAt + p.channel;
          int pixels = p.pixels;
          int x{r} = p.xAt[{r} * {K}] + p.channel;
          FloatVector c{r}_{s} = FloatVector.zero(SPECIES);
          FloatVector u{r}_{s} = c{r}_{s};
          u{r}_{o} = FloatVector.fromArray(SPECIES, x, x{r} + {o} * step);
          int i = 0;
          for (; i <= pixels - {K}; i += {K}) {
            int at = i * {S} * step;
            int to = yAt + i * step;
            @for s
            FloatVector v{s} = FloatVector.fromArray(SPECIES, y, to + {s} * step);
            u{r}_{(S*s+K-S+n)%K} = FloatVector.fromArray(SPECIES, x, x{r} + at + {S*s+K-S+n} * step);
            c{r}_{k} = u{r}_{(S*s+k)%K}.fma(v{s}, c{r}_{k});
            @end
          }
          for (; i < pixels; i++) {
            int at = i * {S} * step;
            FloatVector v = FloatVector.fromArray(SPECIES, y, yAt + i * step);
            FloatVector t{r}_{s} = FloatVector.fromArray(SPECIES, x, x{r} + at + {s} * step);
            c{r}_{s} = t{r}_{s}.fma(v, c{r}_{s});
          }
          @for r
          int s{r}_{s} = p.sumsAt[{r} * {K} + {s}] + p.sumsOffset;
          c{r}_{s}.add(FloatVector.fromArray(SPECIES, sums, s{r}_{s})).intoArray(sums, s{r}_{s});
          @end
        }
      """;

  private DepthwiseGradientKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(Template.of(HEADER).index("n", TAPS).expand());
    for (int taps = 1; taps <= TAPS; taps++) {
      out.append(Template.of(KERNEL).set("taps", taps).index("t", taps).expand());
    }
    out.append(LINES);
    for (String text : new String[] {CASE, CASES_END, LINE}) {
      for (int taps = 3; taps <= 5 && !text.equals(CASES_END); taps += 2) {
        for (int rows = 1; rows <= ROWS[taps]; rows++) {
          for (int stride = 1; stride <= 2; stride++) {
            out.append(line(text, rows, taps, stride));
          }
        }
      }
      out.append(text.equals(CASES_END) ? text : "");
    }
    Template.write(
        root,
        "dev.convector.internal.gradient",
        "DepthwiseGradientKernels",
        out.append("}\n").toString());
  }

  private static String line(String text, int rows, int taps, int stride) {
    return Template.of(text)
        .set("R", rows)
        .set("K", taps)
        .set("S", stride)
        .index("r", rows)
        .index("s", taps)
        .index("k", taps)
        .index("o", taps - stride)
        .index("n", stride)
        .expand();
  }
}
