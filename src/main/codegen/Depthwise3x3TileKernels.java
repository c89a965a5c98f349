import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.depthwise.Depthwise3x3TileKernels}: 3x3 depthwise kernels
 * whose innermost loop runs over channels, one static method for each stride and tile.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract</h2>
 *
 * That of the codegen folder's Depthwise3x3Kernels, for {@code tiles} tiles side by side of {@code
 * R} output rows and {@code Q} output columns each; {@code atLeft} concerns the first of them,
 * {@code atRight} the last. Sums start from what the output holds if {@code started}, else from
 * {@code start[startOffset + c]}. Products are added in the same order, so that every output has
 * the same bits whichever kernel computes it. Arrays have at most {@code 1 << 30} elements.
 *
 * <h2>Why this way</h2>
 *
 * The other kernel rolls along a row, one vector of channels at a time: of each pixel it touches a
 * line, or two since {@code float[]} data isn't aligned, and comes back for the next ones a row
 * later. With many channels these lines fall into few sets of the first-level cache (512 channels:
 * pixels are 2 KiB apart, and a row of 14 lies in two of 64 sets), are evicted before the
 * neighbouring vector asks for them, and no prefetcher follows. Here each of the tile's pixels is a
 * stream of ascending addresses. 512 channels at 14x14 went from between 33 and 54 GFLOP/s, by the
 * arrays' places, to between 73 and 96 (Zen 5, tiles of 2x2).
 *
 * <p>Larger tiles load less for a multiply-add, smaller ones have fewer streams, which is what
 * counts where pixels are a multiple of 2 KiB apart. With 16 registers 2x2 outputs, 9 weights and
 * an input fit them; what is left are 20 addresses on the stack for 36 multiply-adds.
 *
 * <p>With {@code touched} the last float of each result's place is read before it is computed, so
 * that the second of the two cache lines that it will be stored across is on its way; what is read
 * is returned, combined, for someone to keep. On Emerald Rapids 128 and 144 channels at 56x56 take
 * 0.74 and 0.75 of the time, 256 at 28x28 0.66; where stores across lines cost little it is a load
 * for nothing.
 *
 * <p>The fences emit nothing on x86, but keep C2 from loading a whole tile before the first
 * multiply-add and spilling it: 128 channels at 56x56 have 141 GFLOP/s with and 98 without them
 * (aligned arrays, Zen 5). The masks on offsets let C2 prove that no sum overflows, so that each
 * pixel's address is found outside the loop.
 */
final class Depthwise3x3TileKernels {
  private static final int KERNEL = 3;

  /** Most output columns of a tile. */
  private static final int MOST_COLUMNS = 2;

  /** Most output rows of a tile, by stride. */
  private static final int[] MOST_ROWS = {4, 2};

  private static final String OPERANDS =
      "int tiles, float[] x, int xOffset, int xStep, int xRow, float[] above, int aboveOffset,"
          + " int aboveStep, float[] below, int belowOffset, int belowStep, boolean atLeft,"
          + " boolean atRight, float[] w, int wOffset, boolean started, float[] start,"
          + " int startOffset, float[] y, int yOffset, int yStep, int yRow, boolean touched,"
          + " boolean clamped, float low, float high";

  private static final String HEADER =
      """
      package dev.convector.internal.depthwise;

      import static dev.convector.internal.simd.Simd.FENCED;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.MANY_REGISTERS;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import java.lang.invoke.VarHandle;
      import jdk.incubator.vector.FloatVector;

      /** 3x3 depthwise tiles, channels innermost; generated, see the codegen folder. */
      final class Depthwise3x3TileKernels {
        /** The longest arrays. */
        static final int MOST_FLOATS = 1 << 30;

        /** Most output columns of a tile. */
        static final int MOST_COLUMNS = {most};

        private Depthwise3x3TileKernels() {}

        /** Most output rows of a tile at a stride. */
        static int mostRows(int stride) {
          return stride == 1 && MANY_REGISTERS ? {most1} : {most2};
        }

        /** Tiles of so many rows and columns, side by side, for the channels from one to another. */
        static int run(DepthwiseCall p, int stride, int rows, int columns, int from, int to) {
          return switch (stride * 16 + rows * 2 + columns) {
            case {16 + (rows + 1) * 2 + 1} -> stride1Rows{rows + 1}Columns1(from, to, {operands}); @where rows < most1
            case {16 + (rows + 1) * 2 + 2} -> stride1Rows{rows + 1}Columns2(from, to, {operands}); @where rows < most1
            case {32 + (rows + 1) * 2 + 1} -> stride2Rows{rows + 1}Columns1(from, to, {operands}); @where rows < most2
            case {32 + (rows + 1) * 2 + 2} -> stride2Rows{rows + 1}Columns2(from, to, {operands}); @where rows < most2
            default -> throw new AssertionError("no tile of " + rows + " by " + columns);
          };
        }
      """;

  private static final String METHOD =
      """

        private static int stride{stride}Rows{rows}Columns{columns}(int from, int to, {parameters}) {
          FloatVector lows = FloatVector.broadcast(SPECIES, low);
          FloatVector highs = FloatVector.broadcast(SPECIES, high);
          int channels = to - from;
          int read = 0;
          int wAt = (wOffset + from * 9) & (MOST_FLOATS - 1);
          int startAt = (startOffset + from) & (MOST_FLOATS - 1);
          for (int i = 0; i < tiles; i++) {
            boolean first = !atLeft || i > 0;
            boolean last = !atRight || i < tiles - 1;
            int xAt = xOffset + from + i * {columns * stride} * xStep;
            int aboveAt = aboveOffset + from + i * {columns * stride} * aboveStep;
            int belowAt = belowOffset + from + i * {columns * stride} * belowStep;
            int yAt = yOffset + from + i * {columns} * yStep;
            int k{k} = {k};
            k0 = first ? 0 : 1;
            k{right} = last ? {right} : {right - 1};
            int x0_{k} = (aboveAt + k{k} * aboveStep) & (MOST_FLOATS - 1);
            int x{l}_{k} = (xAt + {l} * xRow + k{k} * xStep) & (MOST_FLOATS - 1); @where l >= 1 && l < bottom
            int x{bottom}_{k} = (belowAt + k{k} * belowStep) & (MOST_FLOATS - 1);
            int y{t}_{q} = (yAt + {t} * yRow + {q} * yStep) & (MOST_FLOATS - 1);
            for (int c = 0; c < channels; c += LANES) {
              if (touched) {
                read ^= Float.floatToRawIntBits(y[y{t}_{q} + c + LANES - 1]);
              }
              FloatVector w{r}{s} = FloatVector.fromArray(SPECIES, w, wAt + c * 9 + {r * 3 + s} * LANES);
              FloatVector f{t}_{q} = FloatVector.fromArray(SPECIES, start, startAt + c);
              if (started) {
                f{t}_{q} = FloatVector.fromArray(SPECIES, y, y{t}_{q} + c);
              }
              @fence
              @for k
              @if k == 0
              if (first) {
              @end
              @if k == right
              if (last) {
              @end
              @for l
              FloatVector v{l}_{k} = FloatVector.fromArray(SPECIES, above, x{l}_{k} + c); @where l == 0
              FloatVector v{l}_{k} = FloatVector.fromArray(SPECIES, x, x{l}_{k} + c); @where l >= 1 && l < bottom
              FloatVector v{l}_{k} = FloatVector.fromArray(SPECIES, below, x{l}_{k} + c); @where l == bottom
              f{t}_{q} = v{l}_{k}.fma(w{r}{s}, f{t}_{q}); @where t * stride + r == l && q * stride + s == k
              @end
              @if k == 0
              }
              @end
              @if k == right
              }
              @end
              @fence
              @end
              @limit f{t}_{q}
              f{t}_{q}.intoArray(y, y{t}_{q} + c);
            }
          }
          return read;
        }
      """;

  private Depthwise3x3TileKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(
        Template.of(HEADER)
            .set("most", MOST_COLUMNS)
            .set("most1", MOST_ROWS[0])
            .set("most2", MOST_ROWS[1])
            .index("rows", Math.max(MOST_ROWS[0], MOST_ROWS[1]))
            .operands(OPERANDS)
            .expand());
    for (int stride = 1; stride <= 2; stride++) {
      for (int rows = 1; rows <= MOST_ROWS[stride - 1]; rows++) {
        for (int columns = 1; columns <= MOST_COLUMNS; columns++) {
          out.append(tile(stride, rows, columns));
        }
      }
    }
    Template.write(
        root,
        "dev.convector.internal.depthwise",
        "Depthwise3x3TileKernels",
        out.append("}\n").toString());
  }

  private static String tile(int stride, int rows, int columns) {
    int lines = (rows - 1) * stride + KERNEL;
    int across = (columns - 1) * stride + KERNEL;
    return Template.of(METHOD)
        .operands(OPERANDS)
        .set("stride", stride)
        .set("rows", rows)
        .set("columns", columns)
        .set("bottom", lines - 1)
        .set("right", across - 1)
        .index("l", lines)
        .index("k", across)
        .index("t", rows)
        .index("q", columns)
        .index("r", KERNEL)
        .index("s", KERNEL)
        .expand();
  }
}
