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
 *   sums[sumsAt + (v * 9 + r * 3 + s) * LANES + l] +=
 *       sum over i in [0, rows) and j in [0, columns) of
 *           x[xAt + (i * D + r) * xRow + (j * D + s) * xStep + v * LANES + l] * y(i, j)
 *   sums[biasAt + v * LANES + l] += sum over i and j of y(i, j)
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
 * at a time are neighbours in memory, of which three lines are read instead of twice two.
 */
final class DepthwiseSumKernels {
  private static final int VECTORS = 2;

  private static final String OPERANDS =
      "int rows, int columns, float[] x, int xAt, int xStep, int xRow, float[] zeros, boolean atTop,"
          + " boolean atBottom, boolean atLeft, boolean atRight, float[] y, int yAt, int yStep,"
          + " int yRow, float[] sums, int sumsAt, int biasAt";

  private static final String HEADER =
      """
      package dev.convector.internal.gradient;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;

      /** Generated, see DepthwiseSumKernels in the codegen folder. */
      final class DepthwiseSumKernels {
        /** Most vectors of channels at a time. */
        static final int VECTORS = {vectors};

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
          FloatVector a{r}{s}_{v} = FloatVector.zero(SPECIES);
          FloatVector b_{v} = FloatVector.zero(SPECIES);
          for (int i = 0; i < rows; i++) {
            boolean top = atTop && i == 0;
            boolean bottom = atBottom && i == rows - 1;
            int line = xAt + i * {stride} * xRow;
            float[] x0 = top ? zeros : x;
            int at0 = top ? 0 : line;
            int step0 = top ? 0 : xStep;
            int at1 = line + xRow;
            float[] x2 = bottom ? zeros : x;
            int at2 = bottom ? 0 : line + 2 * xRow;
            int step2 = bottom ? 0 : xStep;
            int yi = yAt + i * yRow;
            FloatVector g_{v} = FloatVector.zero(SPECIES);
            @along
          }
          @for v
          a{r}{s}_{v}.add(FloatVector.fromArray(SPECIES, sums, sumsAt + {v * 9 + r * 3 + s} * LANES)).intoArray(sums, sumsAt + {v * 9 + r * 3 + s} * LANES);
          b_{v}.add(FloatVector.fromArray(SPECIES, sums, biasAt + {v} * LANES)).intoArray(sums, biasAt + {v} * LANES);
          @end
        }
      """;

  /** The gradients g and h of the output columns one and two before the one of n. */
  private static final String STRIDE_1 =
      """
      FloatVector h_{v} = g_{v};
      if (atLeft) {
        g_{v} = FloatVector.fromArray(SPECIES, y, yi + {v} * LANES);
        b_{v} = b_{v}.add(g_{v});
        @step
        yi += yStep;
      }
      int end = atRight ? columns + 1 : columns + 2;
      for (int j = atLeft ? 1 : 0; j < end; j++) {
        FloatVector n_{v} = FloatVector.zero(SPECIES);
        if (j < columns) {
          n_{v} = FloatVector.fromArray(SPECIES, y, yi + {v} * LANES);
          b_{v} = b_{v}.add(n_{v});
        }
        @load u
        a{r}0_{v} = u{r}_{v}.fma(n_{v}, a{r}0_{v});
        a{r}1_{v} = u{r}_{v}.fma(g_{v}, a{r}1_{v});
        a{r}2_{v} = u{r}_{v}.fma(h_{v}, a{r}2_{v});
        @step
        yi += yStep;
        h_{v} = g_{v};
        g_{v} = n_{v};
      }
      """;

  /** The gradient g of the output column before the one of n. */
  private static final String STRIDE_2 =
      """
      for (int j = 0; j < columns; j++) {
        FloatVector n_{v} = FloatVector.fromArray(SPECIES, y, yi + {v} * LANES);
        b_{v} = b_{v}.add(n_{v});
        if (j > 0 || !atLeft) {
          @load u
          a{r}0_{v} = u{r}_{v}.fma(n_{v}, a{r}0_{v});
          a{r}2_{v} = u{r}_{v}.fma(g_{v}, a{r}2_{v});
        }
        @step
        @load z
        a{r}1_{v} = z{r}_{v}.fma(n_{v}, a{r}1_{v});
        @step
        yi += yStep;
        g_{v} = n_{v};
      }
      if (!atRight) {
        @load t
        a{r}2_{v} = t{r}_{v}.fma(g_{v}, a{r}2_{v});
      }
      """;

  private static final String LOAD =
      """
      FloatVector $10_{v} = FloatVector.fromArray(SPECIES, x0, at0 + {v} * LANES);
      FloatVector $11_{v} = FloatVector.fromArray(SPECIES, x, at1 + {v} * LANES);
      FloatVector $12_{v} = FloatVector.fromArray(SPECIES, x2, at2 + {v} * LANES);
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
