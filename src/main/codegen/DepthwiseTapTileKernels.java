import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.depthwise.DepthwiseTapTileKernels}: depthwise tiles of some
 * outputs and one to four vectors of channels, tap by tap; a class for each number of vectors, a
 * static method for each tile.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code T} outputs computes, for each output {@code t} and each channel {@code c} in
 * {@code [from, to)}, a multiple of the vectors, with the operands of a {@code DepthwiseCall p},
 *
 * <pre>
 *   y[yOffset + t * yStep + c] =
 *       min(high, max(low, start[startOffset + t * startStep + c]
 *              + sum over g in [tableOffset, tableOffset + groups) of
 *                    x[xOffset + table[g] + t * xStep + c]
 *                        * w[wOffset + c * taps + weightTable[g] * wStep]))
 * </pre>
 *
 * <p>There are {@code tiles} such tiles, {@code xTile} floats of the input and {@code yTile} of the
 * output apart. Any taps may be left out.
 *
 * <h2>Why these tiles</h2>
 *
 * Every multiply-add has a load of its own. What is around it is shared: an output's address and
 * range check by the vectors, a weight by the outputs. And lines of a pixel that follow one another
 * are read one after the other. Against one vector, 3x3 on 463 channels at 20x20 with stride 4
 * takes 0.86 of the time, 5x5 on 128 at 56x56 with stride 3 0.84, 3x3 on 96 at 112x112 with stride
 * 3 0.85 (Zen 5). The weights of a tile's vectors follow one another, so that C2 checks their range
 * once: with 16 registers, where the checks' numbers are on the stack, 3x3 on 576 channels at 14x14
 * with stride 3 takes 0.91 of the time, 5x5 on 128 at 28x28 0.91 (Zen 4 without AVX-512).
 */
final class DepthwiseTapTileKernels {
  /** Most outputs of a tile of 1, 2, 3 and 4 vectors. */
  private static final int[] OUTPUTS = {7, 7, 6, 5};

  /** The same with 16 registers, which hold all sums, and a weight for each vector. */
  private static final int[] FEW_OUTPUTS = {7, 6, 4, 2};

  private static final String PACKAGE = "dev.convector.internal.depthwise";

  private static final String OPERANDS =
      "int tiles, float[] x, int xOffset, int xStep, int xTile, int[] table, int[] weightTable,"
          + " int tableOffset, int groups, float[] w, int wOffset, int wStep, int taps, float[] start,"
          + " int startOffset, int startStep, int startTile, float[] y, int yOffset, int yStep,"
          + " int yTile, boolean clamped, float low, float high";

  private static final String HEADER =
      """
      package dev.convector.internal.depthwise;

      import dev.convector.internal.simd.Simd;

      /** Tiles tap by tap; generated, see DepthwiseTapTileKernels in the codegen folder. */
      final class DepthwiseTapTileKernels {
        private DepthwiseTapTileKernels() {}

        /** Most vectors of a tile. */
        static final int VECTORS = {vectors};

        /** Most outputs of a tile of 1 to 4 vectors. */
        static int outputs(int vectors) {
          boolean few = !Simd.MANY_REGISTERS;
          return switch (vectors) {
      """;

  private static final String MOST =
      """
            case {vectors} -> few ? {few} : {most};
      """;

  private static final String RUN =
      """
            default -> throw new AssertionError("no tile of " + vectors + " vectors");
          };
        }

        static void run(DepthwiseCall p, int vectors, int tile, int from, int to) {
          switch (vectors) {
            case {v + 1} -> DepthwiseTapTileKernels{v + 1}.run(p, tile, from, to);
            default -> throw new AssertionError("no tile of " + vectors + " vectors");
          }
        }
      }
      """;

  private static final String CLASS_START =
      """
      package dev.convector.internal.depthwise;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;

      /** Tiles of {vectors} vectors; generated, see DepthwiseTapTileKernels in the codegen folder. */
      final class DepthwiseTapTileKernels{vectors} {
        private DepthwiseTapTileKernels{vectors}() {}

        static void run(DepthwiseCall p, int tile, int from, int to) {
          switch (tile) {
            case {t + 1} -> tile{t + 1}(from, to, {operands});
            default -> throw new AssertionError("no tile of " + tile);
          }
        }
      """;

  private static final String METHOD =
      """

        private static void tile{tile}(int from, int to, {parameters}) {
          FloatVector lows = FloatVector.broadcast(SPECIES, low);
          FloatVector highs = FloatVector.broadcast(SPECIES, high);
          for (int c = from; c < to; c += {vectors} * LANES) {
            int wc = wOffset + c * taps;
            for (int i = 0; i < tiles; i++) {
              int xi = xOffset + c + i * xTile;
              int s{t} = startOffset + c + i * startTile + {t} * startStep;
              FloatVector f{t}_{v} = FloatVector.fromArray(SPECIES, start, s{t} + {v} * LANES);
              for (int g = tableOffset; g < tableOffset + groups; g++) {
                int xg = xi + table[g];
                int wg = wc + weightTable[g] * wStep;
                int x{t} = xg + {t} * xStep;
                FloatVector w{v} = FloatVector.fromArray(SPECIES, w, wg + {v} * LANES);
                FloatVector v{t}_{v} = FloatVector.fromArray(SPECIES, x, x{t} + {v} * LANES);
                f{t}_{v} = v{t}_{v}.fma(w{v}, f{t}_{v});
              }
              int y{t} = yOffset + c + i * yTile + {t} * yStep;
              @limit f{t}_{v}
              f{t}_{v}.intoArray(y, y{t} + {v} * LANES);
            }
          }
        }
      """;

  private DepthwiseTapTileKernels() {}

  static void write(String root) throws IOException {
    StringBuilder all =
        new StringBuilder(Template.of(HEADER).set("vectors", OUTPUTS.length).expand());
    for (int v = 0; v < OUTPUTS.length; v++) {
      all.append(of(MOST, v + 1, 0).set("few", FEW_OUTPUTS[v]).set("most", OUTPUTS[v]).expand());
      StringBuilder out = new StringBuilder();
      out.append(of(CLASS_START, v + 1, 0).index("t", OUTPUTS[v]).expand());
      for (int t = 1; t <= OUTPUTS[v]; t++) {
        out.append(of(METHOD, v + 1, t).index("t", t).index("v", v + 1).expand());
      }
      String name = "DepthwiseTapTileKernels" + (v + 1);
      Template.write(root, PACKAGE, name, out.append("}\n").toString());
    }
    all.append(Template.of(RUN).index("v", OUTPUTS.length).expand());
    Template.write(root, PACKAGE, "DepthwiseTapTileKernels", all.toString());
  }

  private static Template of(String text, int vectors, int tile) {
    return Template.of(text).operands(OPERANDS).set("vectors", vectors).set("tile", tile);
  }
}
