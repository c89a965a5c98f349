import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.depthwise.Depthwise3x3Kernels}: the depthwise micro-kernel
 * for 3x3 kernels with stride 1 or 2, one static method for each stride and number of rows.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code R} output rows and {@code columns} output columns at stride {@code D} computes,
 * for each row {@code t}, column {@code q} and channel {@code c} in {@code [from, to)}, with the
 * operands of a {@code DepthwiseCall p},
 *
 * <pre>
 *   y[yOffset + t * yRow + q * yStep + c] =
 *       min(high, max(low, start[startOffset + t * startRow + q * startStep + c]
 *              + sum over r and s in [0, 3) of
 *                    x[xOffset + (t * D + r) * xRow + (q * D + s) * xStep + c]
 *                        * w[wOffset + c * 9 + (r * 3 + s) * LANES]))
 * </pre>
 *
 * <ul>
 *   <li>The first and the last input row come from places of their own, {@code above} and {@code
 *       below}: rows outside the image are zeros there, with steps of 0, so that there is no tile
 *       for them and no mask.
 *   <li>{@code atLeft}, {@code atRight}: whether the first and the last input column are outside;
 *       they are left out.
 *   <li>{@code start} may be the very place of {@code y}; with steps of 0 it is a bias.
 *   <li>{@code from}, {@code to}, arguments since a tile's channels go to several calls, are
 *       multiples of LANES.
 * </ul>
 *
 * <h2>Why this way</h2>
 *
 * It rolls along the rows: each input column is loaded once and feeds the sums of the three output
 * columns (two at stride 2) that see it, which then move on by assignment. So four rows need 1.5
 * loads for 9 multiply-adds at stride 1 and 4.5 at stride 2, where tiles of one row need 3.9 and
 * 6.4; that counts since {@code float[]} data isn't aligned, and a load across two cache lines
 * costs double. At stride 1 the three sums of four rows, 9 weights and an input column are 27
 * vectors: even where C2 loads the whole column before the first multiply-add nothing spills.
 *
 * <p>The tile before it, one row of 7 columns with all loads written out, had 45 addresses at
 * stride 2, each with a range check; C2 put all checks first, then all loads, and spilled most of
 * them: 33 to 41 cycles an output vector on Zen 4 where this takes 20 to 25.
 *
 * <p>The columns at the beginning and the end, which feed fewer sums, are branches in the one loop
 * and not copies of its body: with copies a method of four rows had 3,000 bytecodes, which the
 * client compiler refused ("out of virtual registers"); left without a profile, the method could
 * stay at 1 % of its speed for good. With branches it has 1,600 and is as fast.
 *
 * <h2>Why the operands are parameters</h2>
 *
 * A call is one object, but its fields are handed over as parameters. A version with the same loops
 * whose methods read the fields into locals first took 1.04 to 1.10 times as long as one of
 * parameters throughout (32 channels at 112x112, four JVMs on Zen 5).
 */
final class Depthwise3x3Kernels {
  /** Most output rows of a tile. */
  private static final int MOST_ROWS = 4;

  /** Most rows with 16 registers. */
  private static final int FEW_ROWS = 2;

  private static final int KERNEL = 3;

  private static final String OPERANDS =
      "int columns, float[] x, int xOffset, int xStep, int xRow, float[] above, int aboveOffset,"
          + " int aboveStep, float[] below, int belowOffset, int belowStep, boolean atLeft,"
          + " boolean atRight, float[] w, int wOffset, float[] start, int startOffset, int startStep,"
          + " int startRow, float[] y, int yOffset, int yStep, int yRow, boolean clamped, float low,"
          + " float high";

  private static final String HEADER =
      """
      package dev.convector.internal.depthwise;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import dev.convector.internal.simd.Simd;
      import jdk.incubator.vector.FloatVector;

      /** The 3x3 depthwise micro-kernel; generated, see Depthwise3x3Kernels in the codegen folder. */
      final class Depthwise3x3Kernels {
        /** Most output rows of a tile. */
        static final int MOST_ROWS = Simd.MANY_REGISTERS ? {most} : {few};

        private Depthwise3x3Kernels() {}

        static void run(DepthwiseCall p, int stride, int rows, int from, int to) {
          switch (stride * 8 + rows) {
            case {8 + rows + 1} -> stride1Rows{rows + 1}(from, to, {operands});
            case {16 + rows + 1} -> stride2Rows{rows + 1}(from, to, {operands});
            default -> throw new AssertionError("no tile of " + rows + " rows");
          }
        }
      """;

  private static final String START =
      """

        private static void stride{stride}Rows{rows}(int from, int to, {parameters}) {
          FloatVector lows = FloatVector.broadcast(SPECIES, low);
          FloatVector highs = FloatVector.broadcast(SPECIES, high);
          int last = atRight ? columns - 1 : columns; @where stride == 2
          for (int c = from; c < to; c += LANES) {
            FloatVector w{r}{s} = FloatVector.fromArray(SPECIES, w, wOffset + c * 9 + {r * 3 + s} * LANES);
            int xAt = xOffset + c;
            int aboveAt = aboveOffset + c;
            int belowAt = belowOffset + c;
            int startAt = startOffset + c;
            int yAt = yOffset + c;
      """;

  /** Sums f have seen two input columns, g one; h begin with the column that is loaded. */
  private static final String STRIDE_1 =
      """
            FloatVector g{t} = FloatVector.fromArray(SPECIES, start, startAt + {t} * startRow);
            FloatVector f{t} = g{t};
            if (atLeft) {
              @step
              startAt += startStep;
            }
            int end = atRight ? columns + 1 : columns + 2;
            for (int i = atLeft ? 1 : 0; i < end; i++) {
              FloatVector h{t} = g{t};
              @load v
              if (i < columns) {
                h{t} = FloatVector.fromArray(SPECIES, start, startAt + {t} * startRow);
                startAt += startStep;
                h{t} = v{l}.fma(w{r}0, h{t}); @where t + r == l
              }
              if (i > 0) {
                g{t} = v{l}.fma(w{r}1, g{t}); @where t + r == l
              }
              if (i > 1) {
                f{t} = v{l}.fma(w{r}2, f{t}); @where t + r == l
                @store
              }
              @step
              f{t} = g{t};
              g{t} = h{t};
            }
            if (atRight) {
              @store
            }
          }
        }
      """;

  /** Sums f get their middle column and, with the next sums g, the one that both see. */
  private static final String STRIDE_2 =
      """
            FloatVector f{t} = FloatVector.fromArray(SPECIES, start, startAt + {t} * startRow);
            if (!atLeft) {
              @load o
              f{t} = o{l}.fma(w{r}0, f{t}); @where 2 * t + r == l
            }
            @step
            for (int i = 0; i < columns; i++) {
              startAt += startStep;
              @load v
              f{t} = v{l}.fma(w{r}1, f{t}); @where 2 * t + r == l
              @step
              FloatVector g{t} = f{t};
              if (i < last) {
                @load z
                f{t} = z{l}.fma(w{r}2, f{t}); @where 2 * t + r == l
                if (i < columns - 1) {
                  g{t} = FloatVector.fromArray(SPECIES, start, startAt + {t} * startRow);
                  g{t} = z{l}.fma(w{r}0, g{t}); @where 2 * t + r == l
                }
              }
              @step
              @store
              f{t} = g{t};
            }
          }
        }
      """;

  /** One input column. */
  private static final String LOAD =
      """
      FloatVector $10 = FloatVector.fromArray(SPECIES, above, aboveAt);
      FloatVector $1{l} = FloatVector.fromArray(SPECIES, x, xAt + {l} * xRow); @where l >= 1 && l < last
      FloatVector $1{last} = FloatVector.fromArray(SPECIES, below, belowAt);
      """;

  private static final String STEP =
      """
      xAt += xStep;
      aboveAt += aboveStep;
      belowAt += belowStep;
      """;

  private static final String STORE =
      """
      @limit f{t}
      f{t}.intoArray(y, yAt + {t} * yRow);
      yAt += yStep;
      """;

  private Depthwise3x3Kernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(
        Template.of(HEADER)
            .set("few", FEW_ROWS)
            .set("most", MOST_ROWS)
            .index("rows", MOST_ROWS)
            .operands(OPERANDS)
            .expand());
    for (int stride = 1; stride <= 2; stride++) {
      for (int rows = 1; rows <= MOST_ROWS; rows++) {
        out.append(tile(stride, rows));
      }
    }
    Template.write(
        root,
        "dev.convector.internal.depthwise",
        "Depthwise3x3Kernels",
        out.append("}\n").toString());
  }

  private static String tile(int stride, int rows) {
    String text = START + (stride == 1 ? STRIDE_1 : STRIDE_2);
    text = Template.splice(text, "load", LOAD);
    text = Template.splice(text, "step", STEP);
    text = Template.splice(text, "store", STORE);
    int lines = (rows - 1) * stride + KERNEL;
    return Template.of(text)
        .operands(OPERANDS)
        .set("stride", stride)
        .set("rows", rows)
        .set("last", lines - 1)
        .index("l", lines)
        .index("t", rows)
        .index("r", KERNEL)
        .index("s", KERNEL)
        .expand();
  }
}
