import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.depthwise.DepthwiseInsideKernels}: depthwise tiles of
 * neighbouring outputs whose windows are wholly inside the image, for kernels of few taps, which
 * are written out; a static method for each kernel and tile. Their innermost loop runs over
 * channels.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code Q} outputs and a kernel of {@code R} rows and {@code S} columns computes, for
 * each output {@code q} and channel {@code c} in {@code [from, to)}, a multiple of the vectors,
 * with the operands of a {@code DepthwiseCall p},
 *
 * <pre>
 *   y[yOffset + q * tileStep + c] =
 *       min(high, max(low, start
 *              + sum over r in [0, R) and s in [0, S) of
 *                    x[xOffset + q * xTile + r * xRow + s * xStep + c]
 *                        * w[wOffset + c * R * S + (r * S + s) * LANES]))
 * </pre>
 *
 * <p>There are {@code tiles} such tiles, side by side. Sums start from what the output holds if
 * {@code started}, else from {@code start[startOffset + c]}. In {@code shared} tiles {@code xTile}
 * is {@code xStep}, so that neighbours share inputs. A kernel of one column is one of a row, whose
 * steps are exchanged.
 *
 * <h2>Why beside DepthwiseGridKernels</h2>
 *
 * A loop over channels within the tile has all addresses outside, and the range checks with them,
 * since C2 takes those of indexes that grow by a constant out of loops; the masks let it prove that
 * no offset overflows. That is worth it where a tile's products are few: {@code DepthwiseInside}
 * has figures. The fences keep C2 from loading a whole tile first.
 */
final class DepthwiseInsideKernels {
  /** Most outputs of a tile. */
  private static final int SHARED = 4;

  private static final int APART = 2;

  /** Kernels: rows and columns. */
  private static final int[][] SHARED_KERNELS = {
    {1, 2}, {1, 3}, {1, 4}, {1, 5}, {1, 6}, {1, 7}, {1, 8}, {1, 9}, {1, 10}, {1, 11}, {2, 2},
    {2, 3}, {3, 2}
  };

  private static final int[][] APART_KERNELS = {{2, 2}, {3, 3}};

  private static final String OPERANDS =
      "int tiles, int from, int to, float[] x, int xOffset, int xStep, int xRow, int xTile,"
          + " float[] w, int wOffset, boolean started, float[] start, int startOffset, float[] y,"
          + " int yOffset, int tileStep, boolean clamped, float low, float high";

  private static final String HEADER =
      """
      package dev.convector.internal.depthwise;

      import static dev.convector.internal.simd.Simd.FENCED;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import java.lang.invoke.VarHandle;
      import jdk.incubator.vector.FloatVector;

      /** Depthwise tiles inside an image; generated, see the codegen folder. */
      final class DepthwiseInsideKernels {
        /** The longest arrays. */
        static final int MOST_FLOATS = 1 << 30;

        /** Most outputs of a tile whose outputs share inputs. */
        static final int SHARED = {shared};

        /** The same of one whose outputs don't. */
        static final int APART = {apart};

        private DepthwiseInsideKernels() {}
      """;

  private static final String HAS_START =
      """

        /** Whether there are {name} tiles of a kernel of so many rows and columns. */
        static boolean {name}Has(int rows, int columns) {
          return switch (rows * 16 + columns) {
      """;

  private static final String HAS =
      """
            case {rows * 16 + columns} -> true;
      """;

  private static final String HAS_END =
      """
            default -> false;
          };
        }
      """;

  private static final String RUN_START =
      """

        static void {name}(DepthwiseCall p, int rows, int columns, int outputs) {
          switch ((rows * 16 + columns) * 16 + outputs) {
      """;

  private static final String RUN =
      """
            case {(rows * 16 + columns) * 16 + q + 1} -> {name}{rows}x{columns}Outputs{q + 1}({operands});
      """;

  private static final String RUN_END =
      """
            default -> throw new AssertionError("no tile of " + rows + " by " + columns);
          }
        }
      """;

  private static final String METHOD =
      """

        private static void {name}{rows}x{columns}Outputs{outputs}({parameters}) {
          FloatVector lows = FloatVector.broadcast(SPECIES, low);
          FloatVector highs = FloatVector.broadcast(SPECIES, high);
          int channels = to - from;
          int wAt = (wOffset + from * {taps}) & (MOST_FLOATS - 1);
          int startAt = (startOffset + from) & (MOST_FLOATS - 1);
          for (int i = 0; i < tiles; i++) {
            int xAt = xOffset + from + i * {outputs} * xTile;
            int yAt = yOffset + from + i * {outputs} * tileStep;
            @if shared
            int x{l}_{k} = (xAt + {l} * xRow + {k} * xStep) & (MOST_FLOATS - 1);
            @else
            int x{l}_{k} = (xAt + {l} * xRow + {k / columns} * xTile + {k % columns} * xStep) & (MOST_FLOATS - 1);
            @end
            int y{q} = (yAt + {q} * tileStep) & (MOST_FLOATS - 1);
            for (int c = 0; c < channels; c += LANES) {
              FloatVector w{l}_{s} = FloatVector.fromArray(SPECIES, w, wAt + c * {taps} + {l * columns + s} * LANES);
              FloatVector f{q} = FloatVector.fromArray(SPECIES, start, startAt + c);
              if (started) {
                f{q} = FloatVector.fromArray(SPECIES, y, y{q} + c);
              }
              @fence
              @for l
              @for k
              FloatVector v{l}_{k} = FloatVector.fromArray(SPECIES, x, x{l}_{k} + c);
              f{q} = v{l}_{k}.fma(w{l}_{s}, f{q}); @where q * apart + s == k
              @fence
              @end
              @end
              @limit f{q}
              f{q}.intoArray(y, y{q} + c);
            }
          }
        }
      """;

  private DepthwiseInsideKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(Template.of(HEADER).set("shared", SHARED).set("apart", APART).expand());
    write("shared", SHARED_KERNELS, SHARED, out);
    write("apart", APART_KERNELS, APART, out);
    Template.write(
        root,
        "dev.convector.internal.depthwise",
        "DepthwiseInsideKernels",
        out.append("}\n").toString());
  }

  private static void write(String name, int[][] kernels, int most, StringBuilder out) {
    out.append(Template.of(HAS_START).set("name", name).expand());
    for (int[] kernel : kernels) {
      out.append(of(HAS, name, kernel, most).expand());
    }
    out.append(HAS_END);
    out.append(Template.of(RUN_START).set("name", name).expand());
    for (int[] kernel : kernels) {
      out.append(of(RUN, name, kernel, most).index("q", most).expand());
    }
    out.append(RUN_END);
    for (int[] kernel : kernels) {
      for (int outputs = 1; outputs <= most; outputs++) {
        boolean shared = name.equals("shared");
        int apart = shared ? 1 : kernel[1];
        out.append(
            of(METHOD, name, kernel, outputs)
                .set("shared", shared)
                .set("apart", apart)
                .set("taps", kernel[0] * kernel[1])
                .index("l", kernel[0])
                .index("k", (outputs - 1) * apart + kernel[1])
                .index("q", outputs)
                .index("s", kernel[1])
                .expand());
      }
    }
  }

  private static Template of(String text, String name, int[] kernel, int outputs) {
    return Template.of(text)
        .operands(OPERANDS)
        .set("name", name)
        .set("rows", kernel[0])
        .set("columns", kernel[1])
        .set("outputs", outputs);
  }
}
