import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints {@code dev.convector.internal.depthwise.Depthwise3x3Kernels}: the depthwise micro-kernel
 * for 3x3 kernels with stride 1 or 2, one static method for each stride and number of rows.
 *
 * <p>Run by the build as {@code java Depthwise3x3Kernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code R} output rows and {@code columns} output columns at stride {@code D} computes,
 * for each row {@code p}, column {@code q} and channel {@code c} in {@code [from, to)},
 *
 * <pre>
 *   y[yOffset + p * yRow + q * yStep + c] =
 *       clamp( start[startOffset + p * startRow + q * startStep + c]
 *              + sum over r and s in [0, 3) of
 *                    x[xOffset + (p * D + r) * xRow + (q * D + s) * xStep + c]
 *                        * w[wOffset + c * 9 + (r * 3 + s) * LANES] )
 * </pre>
 *
 * <ul>
 *   <li>The first and the last input row come from places of their own, {@code above} and {@code
 *       below}: rows outside the image are zeros there, with steps of 0, so that there is no tile
 *       for them and no mask.
 *   <li>{@code left}, {@code right}: whether the first and the last input column are outside; they
 *       are left out.
 *   <li>{@code start} may be the very place of {@code y}; with steps of 0 it is a bias.
 *   <li>{@code from}, {@code to} are multiples of LANES.
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
 */
public final class Depthwise3x3Kernels {
  /** Most output rows of a tile. */
  private static final int MOST_ROWS = 4;

  /** Most rows with 16 registers. */
  private static final int FEW_ROWS = 2;

  private static final int KERNEL = 3;

  private Depthwise3x3Kernels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "depthwise");
    Files.createDirectories(folder);
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("Depthwise3x3Kernels.java")))) {
      kernels(out);
    }
  }

  private static final String PARAMETERS =
      """
      int from, int to, int columns, float[] x, int xOffset, int xStep, int xRow,
            float[] above, int aboveOffset, int aboveStep, float[] below, int belowOffset,
            int belowStep, boolean left, boolean right, float[] w, int wOffset, float[] start,
            int startOffset, int startStep, int startRow, float[] y, int yOffset, int yStep,
            int yRow, float low, float high\
      """;

  private static final String ARGUMENTS =
      "from, to, columns, x, xOffset, xStep, xRow, above, aboveOffset, aboveStep, below,"
          + " belowOffset, belowStep, left, right, w, wOffset, start, startOffset, startStep,"
          + " startRow, y, yOffset, yStep, yRow, low, high";

  private static void kernels(PrintWriter out) {
    out.printf(
        """
        package dev.convector.internal.depthwise;

        import static dev.convector.internal.simd.Simd.LANES;
        import static dev.convector.internal.simd.Simd.SPECIES;

        import dev.convector.internal.simd.Simd;
        import jdk.incubator.vector.FloatVector;

        /** The 3x3 depthwise micro-kernel; generated, see Depthwise3x3Kernels in the codegen folder. */
        final class Depthwise3x3Kernels {
          /** Most output rows of a tile. */
          static final int MOST_ROWS = Simd.REGISTERS == 16 ? %d : %d;

          private Depthwise3x3Kernels() {}

          static void run(int stride, int rows, %s) {
            switch (stride * 8 + rows) {
        """,
        FEW_ROWS, MOST_ROWS, PARAMETERS);
    for (int stride = 1; stride <= 2; stride++) {
      for (int rows = 1; rows <= MOST_ROWS; rows++) {
        out.printf(
            "      case %d -> stride%dRows%d(%s);%n", stride * 8 + rows, stride, rows, ARGUMENTS);
      }
    }
    out.println("      default -> throw new AssertionError(\"no tile of \" + rows + \" rows\");");
    out.println("    }\n  }");
    for (int stride = 1; stride <= 2; stride++) {
      for (int rows = 1; rows <= MOST_ROWS; rows++) {
        tile(out, stride, rows);
      }
    }
    out.println("}");
  }

  private static void tile(PrintWriter out, int stride, int rows) {
    int lines = (rows - 1) * stride + KERNEL;
    out.printf("%n  private static void stride%dRows%d(%s) {%n", stride, rows, PARAMETERS);
    out.println(
        "    boolean unlimited ="
            + " low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY;");
    out.println("    FloatVector lows = FloatVector.broadcast(SPECIES, low);");
    out.println("    FloatVector highs = FloatVector.broadcast(SPECIES, high);");
    if (stride == 2) {
      out.println("    int last = right ? columns - 1 : columns;");
    }
    out.println("    for (int c = from; c < to; c += LANES) {");
    for (int r = 0; r < KERNEL; r++) {
      for (int s = 0; s < KERNEL; s++) {
        out.printf(
            "      FloatVector w%d%d = FloatVector.fromArray(SPECIES, w, wOffset + c * %d + %d * LANES);%n",
            r, s, KERNEL * KERNEL, r * KERNEL + s);
      }
    }
    out.println("      int p = xOffset + c;");
    out.println("      int a = aboveOffset + c;");
    out.println("      int b = belowOffset + c;");
    out.println("      int u = startOffset + c;");
    out.println("      int q = yOffset + c;");
    if (stride == 1) {
      start(out, rows, "g", "FloatVector ");
      for (int t = 0; t < rows; t++) {
        out.printf("      FloatVector f%1$d = g%1$d;%n", t);
      }
      out.println("      if (left) {");
      step(out);
      out.println("        u += startStep;\n      }");
      out.println("      int end = right ? columns + 1 : columns + 2;");
      out.println("      for (int i = left ? 1 : 0; i < end; i++) {");
      for (int t = 0; t < rows; t++) {
        out.printf("      FloatVector h%1$d = g%1$d;%n", t);
      }
      loads(out, "v", lines);
      out.println("      if (i < columns) {");
      start(out, rows, "h", "");
      out.println("        u += startStep;");
      column(out, "v", stride, rows, new String[] {"h", null, null});
      out.println("      }");
      out.println("      if (i > 0) {");
      column(out, "v", stride, rows, new String[] {null, "g", null});
      out.println("      }");
      out.println("      if (i > 1) {");
      column(out, "v", stride, rows, new String[] {null, null, "f"});
      store(out, rows, "f");
      out.println("      }");
      step(out);
      move(out, rows, "f", "g");
      move(out, rows, "g", "h");
      out.println("      }");
      out.println("      if (right) {");
      store(out, rows, "f");
      out.println("      }");
    } else {
      start(out, rows, "f", "FloatVector ");
      out.println("      if (!left) {");
      loads(out, "o", lines);
      column(out, "o", stride, rows, new String[] {"f", null, null});
      out.println("      }");
      step(out);
      out.println("      for (int i = 0; i < columns; i++) {");
      out.println("      u += startStep;");
      loads(out, "v", lines);
      column(out, "v", stride, rows, new String[] {null, "f", null});
      step(out);
      for (int t = 0; t < rows; t++) {
        out.printf("      FloatVector g%1$d = f%1$d;%n", t);
      }
      out.println("      if (i < last) {");
      loads(out, "z", lines);
      column(out, "z", stride, rows, new String[] {null, null, "f"});
      out.println("      if (i < columns - 1) {");
      start(out, rows, "g", "");
      column(out, "z", stride, rows, new String[] {"g", null, null});
      out.println("      }");
      out.println("      }");
      step(out);
      store(out, rows, "f");
      move(out, rows, "f", "g");
      out.println("      }");
    }
    out.println("    }\n  }");
  }

  private static void step(PrintWriter out) {
    out.println("      p += xStep;\n      a += aboveStep;\n      b += belowStep;");
  }

  private static void move(PrintWriter out, int rows, String to, String from) {
    for (int t = 0; t < rows; t++) {
      out.printf("        %s%d = %s%d;%n", to, t, from, t);
    }
  }

  private static void start(PrintWriter out, int rows, String name, String type) {
    for (int t = 0; t < rows; t++) {
      out.printf(
          "      %s%s%d = FloatVector.fromArray(SPECIES, start, u + %d * startRow);%n",
          type, name, t, t);
    }
  }

  private static void loads(PrintWriter out, String v, int lines) {
    for (int l = 0; l < lines; l++) {
      String at = l == 0 ? "above, a" : l == lines - 1 ? "below, b" : "x, p + " + l + " * xRow";
      out.printf("        FloatVector %s%d = FloatVector.fromArray(SPECIES, %s);%n", v, l, at);
    }
  }

  private static void store(PrintWriter out, int rows, String name) {
    out.println("      if (unlimited) {");
    for (int t = 0; t < rows; t++) {
      out.printf("        %s%d.intoArray(y, q + %d * yRow);%n", name, t, t);
    }
    out.println("      } else {");
    for (int t = 0; t < rows; t++) {
      out.printf(
          "        %1$s%2$d = %1$s%2$d.blend(lows, %1$s%2$d.lt(lows));%n"
              + "        %1$s%2$d.blend(highs, highs.lt(%1$s%2$d)).intoArray(y, q + %2$d * yRow);%n",
          name, t);
    }
    out.println("      }");
    out.println("      q += yStep;");
  }

  /** Prints the multiply-adds of one input column. */
  private static void column(PrintWriter out, String v, int stride, int rows, String[] sums) {
    int lines = (rows - 1) * stride + KERNEL;
    for (int l = 0; l < lines; l++) {
      for (int r = KERNEL - 1; r >= 0; r--) {
        int t = (l - r) / stride;
        if (l - r < 0 || (l - r) % stride != 0 || t >= rows) {
          continue;
        }
        for (int s = KERNEL - 1; s >= 0; s--) {
          if (sums[s] != null) {
            out.printf(
                "        %1$s%2$d = %3$s%4$d.fma(w%5$d%6$d, %1$s%2$d);%n", sums[s], t, v, l, r, s);
          }
        }
      }
    }
  }
}
