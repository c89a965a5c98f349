import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.gradient.DepthwiseSumKernels}: the products of input and
 * output's gradient that a depthwise 3x3 kernel's gradient sums, of channels-last images read in
 * place; a static method for each stride and number of vectors of channels.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract</h2>
 *
 * At stride {@code D}, with the operands of a {@code DepthwiseSumCall p}, for each of V vectors
 * {@code v} of channels, tap {@code (r, s)} and lane {@code l}
 *
 * <pre>
 *   products[(v * 10 + r * 3 + s) * LANES + l] =
 *       sum over i in [0, rows) and j in [0, columns) of
 *           x[xAt + (i * D + r) * xRow + (j * D + s) * xStep + v * LANES + l] * y(i, j)
 *   products[(v * 10 + 9) * LANES + l] = sum over i and j of y(i, j)
 *   where y(i, j) = y[yAt + i * yRow + j * yStep + v * LANES + l]
 * </pre>
 *
 * <p>{@code atTop}, {@code atBottom}: whether the first row's first and the last row's last input
 * row are outside; zeros are read instead. {@code atLeft}, {@code atRight}: the same of columns,
 * which are left out.
 *
 * <h2>Why this way</h2>
 *
 * It walks along a row: each input is loaded once for the up to three outputs that see it in that
 * row. So 9 multiply-adds need 4 loads at stride 1 and 7 at stride 2, where channels that are
 * brought to scratch first need 2 and 5 more, as many stores, and then 10. Two vectors of channels
 * at a time are neighbours in memory, of which three lines are read instead of twice two. With 16
 * registers it is one vector, 9 sums, three gradients and one input, which the fences keep C2 from
 * loading ahead: with two, in loops that asked for each column what it lacks, sums were spilled,
 * 24, 40 and 144 channels took 2.0 times as long, and in some JVMs three (Regression, Zen 4 without
 * AVX-512).
 *
 * <p>What was summed before is added elsewhere, and there is one zero: of some 280 calls of the
 * Vector API in a method HotSpot's first compiler runs out of virtual registers, in its version
 * with counters, without which C2 is never asked. In every second JVM the two vectors of stride 1
 * took 20 to 50 times as long as before they had loops of their own for the first columns
 * (Regression, a14394f against 5d84a88, Xeon, family 6 model 207).
 */
final class DepthwiseSumKernels {
  private static final int VECTORS = 2;

  private static final String OPERANDS =
      "int rows, int columns, float[] x, int xAt, int xStep, int xRow, float[] zeros, boolean atTop,"
          + " boolean atBottom, boolean atLeft, boolean atRight, float[] y, int yAt, int yStep,"
          + " int yRow, float[] products";

  private static final String HEADER =
      """
      package dev.convector.internal.gradient;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import dev.convector.internal.simd.Simd;
      import java.lang.invoke.VarHandle;
      import jdk.incubator.vector.FloatVector;

      /** Generated, see DepthwiseSumKernels in the codegen folder. */
      final class DepthwiseSumKernels {
        /** Most vectors of channels at a time. */
        static final int VECTORS = Simd.MANY_REGISTERS ? {vectors} : 1;

        private static final boolean FENCED = Simd.FENCED_ROWS;

        private DepthwiseSumKernels() {}

        static void run(DepthwiseSumCall p, int stride, int vectors) {
          switch (stride * 4 + vectors) {
            case {4 + i + 1} -> stride1Vectors{i + 1}({operands});
            case {8 + i + 1} -> stride2Vectors{i + 1}({operands});
            default -> throw new AssertionError("no sums of " + vectors + " vectors");
          }
        }
      """;

  private static final String METHOD =
      """

        private static void stride{stride}Vectors{vectors}({parameters}) {
          FloatVector zero = FloatVector.zero(SPECIES);
          FloatVector a{r}{s}_{v} = zero;
          FloatVector b_{v} = zero;
          for (int i = 0; i < rows; i++) {
            boolean top = atTop && i == 0;
            boolean bottom = atBottom && i == rows - 1;
            int line = xAt + i * {stride} * xRow;
            float[] x0 = top ? zeros : x;
            int at0 = top ? 0 : line;
            int step0 = top ? 0 : xStep;
            float[] x1 = x;
            int at1 = line + xRow;
            float[] x2 = bottom ? zeros : x;
            int at2 = bottom ? 0 : line + 2 * xRow;
            int step2 = bottom ? 0 : xStep;
            int yi = yAt + i * yRow;
            @along
          }
          a{r}{s}_{v}.intoArray(products, {v * 10 + r * 3 + s} * LANES);
          b_{v}.intoArray(products, {v * 10 + 9} * LANES);
        }
      """;

  /**
   * Column by column of the input: n, g and h are the gradients of the output columns that see it
   * first, second and third. The first two and the last two are not seen by all three.
   */
  private static final String STRIDE_1 =
      """
      @first
      FloatVector h_{v} = g_{v};
      if (columns > 1) {
        yi += yStep;
        g_{v} = FloatVector.fromArray(SPECIES, y, yi + {v} * LANES);
        b_{v} = b_{v}.add(g_{v});
        @for r
        @load v
        a{r}0_{v} = v{r}_{v}.fma(g_{v}, a{r}0_{v});
        a{r}1_{v} = v{r}_{v}.fma(h_{v}, a{r}1_{v});
        @end
        @step
      }
      for (int j = 2; j < columns; j++) {
        yi += yStep;
        FloatVector n_{v} = FloatVector.fromArray(SPECIES, y, yi + {v} * LANES);
        b_{v} = b_{v}.add(n_{v});
        @for r
        @load w
        a{r}0_{v} = w{r}_{v}.fma(n_{v}, a{r}0_{v});
        a{r}1_{v} = w{r}_{v}.fma(g_{v}, a{r}1_{v});
        a{r}2_{v} = w{r}_{v}.fma(h_{v}, a{r}2_{v});
        @fence
        @end
        @step
        h_{v} = g_{v};
        g_{v} = n_{v};
      }
      @for r
      @load s
      a{r}1_{v} = s{r}_{v}.fma(g_{v}, a{r}1_{v});
      @end
      if (columns > 1) {
        a{r}2_{v} = s{r}_{v}.fma(h_{v}, a{r}2_{v});
      }
      @step
      @last
      """;

  /** The gradient g of the output column before the one of n. */
  private static final String STRIDE_2 =
      """
      @first
      @for r
      @load v
      a{r}1_{v} = v{r}_{v}.fma(g_{v}, a{r}1_{v});
      @end
      @step
      for (int j = 1; j < columns; j++) {
        yi += yStep;
        FloatVector n_{v} = FloatVector.fromArray(SPECIES, y, yi + {v} * LANES);
        b_{v} = b_{v}.add(n_{v});
        @for r
        @load w
        a{r}0_{v} = w{r}_{v}.fma(n_{v}, a{r}0_{v});
        a{r}2_{v} = w{r}_{v}.fma(g_{v}, a{r}2_{v});
        @fence
        @end
        @step
        @for r
        @load z
        a{r}1_{v} = z{r}_{v}.fma(n_{v}, a{r}1_{v});
        @fence
        @end
        @step
        g_{v} = n_{v};
      }
      @last
      """;

  /** The first output's column, g, where its first input lies inside. */
  private static final String FIRST =
      """
      FloatVector g_{v} = FloatVector.fromArray(SPECIES, y, yi + {v} * LANES);
      b_{v} = b_{v}.add(g_{v});
      if (!atLeft) {
        @for r
        @load u
        a{r}0_{v} = u{r}_{v}.fma(g_{v}, a{r}0_{v});
        @end
      }
      @step
      """;

  /** The last output's third input, where that lies inside. */
  private static final String LAST =
      """
      if (!atRight) {
        @for r
        @load t
        a{r}2_{v} = t{r}_{v}.fma(g_{v}, a{r}2_{v});
        @end
      }
      """;

  private static final String LOAD =
      """
      FloatVector $1{r}_{v} = FloatVector.fromArray(SPECIES, x{r}, at{r} + {v} * LANES);
      """;

  private static final String STEP =
      """
      at0 += step0;
      at1 += xStep;
      at2 += step2;
      """;

  private DepthwiseSumKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(
        Template.of(HEADER)
            .operands(OPERANDS)
            .set("vectors", VECTORS)
            .index("i", VECTORS)
            .expand());
    for (int stride = 1; stride <= 2; stride++) {
      for (int vectors = 1; vectors <= VECTORS; vectors++) {
        out.append(method(stride, vectors));
      }
    }
    Template.write(
        root,
        "dev.convector.internal.gradient",
        "DepthwiseSumKernels",
        out.append("}\n").toString());
  }

  private static String method(int stride, int vectors) {
    String text = Template.splice(METHOD, "along", stride == 1 ? STRIDE_1 : STRIDE_2);
    text = Template.splice(text, "first", FIRST);
    text = Template.splice(text, "last", LAST);
    text = Template.splice(text, "load", LOAD);
    text = Template.splice(text, "step", STEP);
    return Template.of(text)
        .operands(OPERANDS)
        .set("stride", stride)
        .set("vectors", vectors)
        .index("r", 3)
        .index("s", 3)
        .index("v", vectors)
        .expand();
  }
}
