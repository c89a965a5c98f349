import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.transposed.TransposedTileKernels}: depthwise transposed
 * convolution with stride 2 and channels in the lanes, two rows of outputs at a time; a static
 * method for each kernel and number of columns.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract</h2>
 *
 * Of a kernel of {@code K} by {@code K} each of {@code tiles} tiles side by side computes 2 rows
 * {@code t} and {@code 2 * W} columns {@code q} of outputs, for each of {@code filters} filters
 * {@code c}, with the operands of a {@code TransposedTaps p},
 *
 * <pre>
 *   y[yAt + t * yRow + q * yStep + c] =
 *       clamp( start[startAt + c]
 *              + sum over r and s in [0, K) with t + lag - r = 2 * l and q + lag - s = 2 * k of
 *                    x[xTile + l * xRow + k * xStep + c] * w[wTile + c * K * K + (r * K + s) * LANES] )
 * </pre>
 *
 * {@code lag} is such that a pair of rows meets as few rows of the input as possible, of 3x3 two of
 * them and of 5x5 three, and such that with a padding of half the kernel pairs begin with the first
 * output. All of these must be inside. A tile's products are added from the last tap to the first,
 * as {@code TransposedKernels} adds them: an output has the same bits whichever computes it.
 *
 * <h2>Why this way</h2>
 *
 * The outputs of all four phases share their inputs, and all tiles their weights: 3x3 needs 15
 * loads for 8 outputs, where one phase after another needs 44. The fences emit nothing on x86, but
 * keep C2 from loading all weights before the first multiply-add. The masks let it prove that no
 * sum overflows, so that addresses are found outside the loop.
 */
final class TransposedTileKernels {
  /** Kernels, each with its lag. */
  private static final int[][] KERNELS = {{3, 1}, {5, 4}};

  /** Pairs of columns of a tile. */
  private static final int[] WIDTHS = {1, 2};

  private static final String OPERANDS =
      "int filters, int tiles, float[] x, int xTile, int xStep, int xRow, float[] w, int wTile,"
          + " float[] start, int startAt, float[] y, int yAt, int yStep, int yRow, boolean"
          + " clamped, float low, float high";

  private static final String HEADER =
      """
      package dev.convector.internal.transposed;

      import static dev.convector.internal.simd.Simd.FENCED;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import java.lang.invoke.VarHandle;
      import jdk.incubator.vector.FloatVector;

      /** Tiles of outputs of all phases; generated, see the codegen folder. */
      final class TransposedTileKernels {
        /** The longest arrays. */
        static final int MOST_FLOATS = 1 << 30;

        private TransposedTileKernels() {}

        /** How far behind an input's first tap a pair of outputs begins that meets it first. */
        static int lag(int kernel) {
          return switch (kernel) {
      """;

  private static final String LAG =
      """
            case {kernel} -> {lag};
      """;

  private static final String RUN =
      """
            default -> -1;
          };
        }

        static void run(TransposedTaps p, int kernel, int width) {
          switch (kernel * 4 + width) {
      """;

  private static final String CASE =
      """
            case {kernel * 4 + width} -> tile{kernel}x{width}({operands});
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no tile " + kernel + 'x' + width);
          }
        }
      """;

  private static final String TILE =
      """

        private static void tile{kernel}x{width}({parameters}) {
          FloatVector lows = FloatVector.broadcast(SPECIES, low);
          FloatVector highs = FloatVector.broadcast(SPECIES, high);
          int weights = wTile & (MOST_FLOATS - 1);
          int first = startAt & (MOST_FLOATS - 1);
          for (int i = 0; i < tiles; i++) {
            int xi = xTile + i * {width} * xStep;
            int yi = yAt + i * {2 * width} * yStep;
            int x{l}_{k} = (xi + {l} * xRow + {k} * xStep) & (MOST_FLOATS - 1);
            int y{t}_{q} = (yi + {t} * yRow + {q} * yStep) & (MOST_FLOATS - 1);
            for (int c = 0; c < filters; c += LANES) {
              FloatVector f{t}_{q} = FloatVector.fromArray(SPECIES, start, first + c);
              FloatVector v{l}_{k} = FloatVector.fromArray(SPECIES, x, x{l}_{k} + c);
              @for r
              @fence
              @for s
              FloatVector w{r}{s} = FloatVector.fromArray(SPECIES, w, weights + c * {kernel * kernel} + {(kernel - 1 - r) * kernel + kernel - 1 - s} * LANES);
              f{t}_{q} = v{l}_{k}.fma(w{r}{s}, f{t}_{q}); @where t + lag + r + 1 == kernel + 2 * l && q + lag + s + 1 == kernel + 2 * k
              @end
              @end
              @limit f{t}_{q}
              f{t}_{q}.intoArray(y, y{t}_{q} + c);
            }
          }
        }
      """;

  private TransposedTileKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(HEADER);
    for (int[] kernel : KERNELS) {
      out.append(Template.of(LAG).set("kernel", kernel[0]).set("lag", kernel[1]).expand());
    }
    out.append(RUN);
    for (String text : new String[] {CASE, CASES_END, TILE}) {
      for (int[] kernel : text.equals(CASES_END) ? new int[0][] : KERNELS) {
        for (int width : WIDTHS) {
          out.append(tile(text, kernel[0], kernel[1], width));
        }
      }
      out.append(text.equals(CASES_END) ? text : "");
    }
    Template.write(
        root,
        "dev.convector.internal.transposed",
        "TransposedTileKernels",
        out.append("}\n").toString());
  }

  private static String tile(String text, int kernel, int lag, int width) {
    return Template.of(text)
        .operands(OPERANDS)
        .set("kernel", kernel)
        .set("lag", lag)
        .set("width", width)
        .index("l", (1 + lag) / 2 + 1)
        .index("k", (2 * width - 1 + lag) / 2 + 1)
        .index("t", 2)
        .index("q", 2 * width)
        .index("r", kernel)
        .index("s", kernel)
        .expand();
  }
}
