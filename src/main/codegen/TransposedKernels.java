import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.transposed.TransposedKernels}: the kernels of transposed
 * convolution that aren't the dense ones.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>Taps</h2>
 *
 * With the operands of a {@code TransposedTaps p}, filters in the lanes, for each of {@code pixels}
 * pixels {@code i} and {@code filters} filters {@code j}
 *
 * <pre>
 *   y[yAt + i * yStep + j] = clamp( (start == null ? y[yAt + i * yStep + j] : start[startAt + j])
 *                + sum over t of x[xAt[t] + i * xStep + j] * w[wAt[t] + j] )
 * </pre>
 *
 * One method for each number of taps: in a loop over them C2 would keep their places in memory.
 *
 * <h2>Pixels</h2>
 *
 * With the operands of a {@code TransposedPixels p}, neighbouring pixels in the lanes, for each
 * filter {@code f} and each position {@code l} of {@code vectors} vectors
 *
 * <pre>
 *   c[cOffset + f * vectors * LANES + l] =
 *       sum over k in [0, depth) of
 *           b[bOffset + k * filters + f] * a[aOffset + steps[first + k] + l]
 * </pre>
 *
 * As in GroupedPixelKernels {@code steps} is a table, whose loads and whose range checks hide
 * behind the multiply-adds.
 */
final class TransposedKernels {
  /** Most taps at a time. */
  private static final int TAPS = 4;

  /** Filters and vectors, for 32 registers and for 16. */
  private static final int[][] TILES = {
    {1, 6}, {2, 6}, {3, 6}, {4, 4}, {1, 4}, {2, 4}, {3, 3}, {4, 2}
  };

  private static final String HEADER =
      """
      package dev.convector.internal.transposed;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;

      /** Generated, see TransposedKernels in the codegen folder. */
      final class TransposedKernels {
        private TransposedKernels() {}

        static void taps(TransposedTaps p, int taps) {
          switch (taps) {
            case {n} -> taps{n}(p);
            default -> throw new AssertionError("no kernel for " + taps + " taps");
          }
        }

        static void pixels(TransposedPixels p, int filters, int vectors) {
          switch (filters * 10 + vectors) {
      """;

  private static final String TILE_CASE =
      """
            case {filters}{vectors} -> pixels{filters}x{vectors}(p);
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no tile " + filters + 'x' + vectors);
          }
        }
      """;

  private static final String TAP_KERNEL =
      """

        private static void taps{taps}(TransposedTaps p) {
          float[] x = p.x;
          float[] w = p.w;
          float[] y = p.y;
          float[] start = p.start;
          int w{t} = p.wAt[{t}];
          for (int i = 0; i < p.pixels; i++) {
            int x{t} = p.xAt[{t}] + i * p.xStep;
            int to = p.yAt + i * p.yStep;
            float[] from = start == null ? y : start;
            int fromAt = start == null ? to : p.startAt;
            for (int j = 0; j < p.filters; j += LANES) {
              FloatVector sum = FloatVector.fromArray(SPECIES, from, fromAt + j);
              @for t
              FloatVector in{t} = FloatVector.fromArray(SPECIES, x, x{t} + j);
              sum = in{t}.fma(FloatVector.fromArray(SPECIES, w, w{t} + j), sum);
              @end
              @clamp sum
              sum.intoArray(y, to + j);
            }
          }
        }
      """;

  private static final String PIXEL_KERNEL =
      """

        private static void pixels{filters}x{vectors}(TransposedPixels p) {
          float[] a = p.a;
          float[] b = p.b;
          int[] steps = p.steps;
          int aOffset = p.aOffset;
          int bOffset = p.bOffset;
          int first = p.first;
          int depth = p.depth;
          FloatVector c{f}_{v} = FloatVector.zero(SPECIES);
          for (int k = 0; k < depth; k++) {
            int at = aOffset + steps[first + k];
            FloatVector x{v} = FloatVector.fromArray(SPECIES, a, at + {v} * LANES);
            @for f
            FloatVector w{f} = FloatVector.broadcast(SPECIES, b[bOffset + k * {filters} + {f}]);
            c{f}_{v} = x{v}.fma(w{f}, c{f}_{v});
            @end
          }
          c{f}_{v}.intoArray(p.c, p.cOffset + {f * vectors + v} * LANES);
        }
      """;

  private TransposedKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(Template.of(HEADER).index("n", TAPS + 1).expand());
    for (int[] tile : TILES) {
      out.append(tile(TILE_CASE, tile));
    }
    out.append(CASES_END);
    for (int taps = 0; taps <= TAPS; taps++) {
      out.append(Template.of(TAP_KERNEL).set("taps", taps).index("t", taps).expand());
    }
    for (int[] tile : TILES) {
      out.append(tile(PIXEL_KERNEL, tile));
    }
    Template.write(
        root,
        "dev.convector.internal.transposed",
        "TransposedKernels",
        out.append("}\n").toString());
  }

  private static String tile(String text, int[] tile) {
    return Template.of(text)
        .set("filters", tile[0])
        .set("vectors", tile[1])
        .index("f", tile[0])
        .index("v", tile[1])
        .expand();
  }
}
