import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints {@code dev.convector.internal.winograd.TransformKernels}: the one-dimensional transforms
 * of Winograd's F(m x m, r x r).
 *
 * <p>Run by the build as {@code java WinogradKernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernels; where the numbers come from is in
 * {@code CookToom}.
 *
 * <h2>One dimension at a time</h2>
 *
 * A two-dimensional transform is the one-dimensional one applied to the columns and then to the
 * rows, through scratch in the first-level cache. So one kernel does both: it takes {@code inputs}
 * vectors a fixed step apart, gives {@code outputs} vectors a fixed step apart, and repeats that
 * for {@code count} neighbouring floats. All 36 or 64 values of a tile at once would not fit the
 * registers; 8 inputs, 8 outputs and the constants do.
 *
 * <p>The runs are one loop, not two nested ones: with 2 to 8 vectors a run, what C2 puts before an
 * inner loop (its range checks, a peeled iteration) took as long as the loop. In one loop the
 * checks stay in the body, where they cost little beside the stores.
 *
 * <h2>Pairs of points</h2>
 *
 * The points are 0, some pairs +p, -p, and infinity, in this order. With {@code P(y) = product of
 * (y - p^2)} over all pairs and {@code Q_j} the same without pair j, both polynomials in {@code y =
 * x^2}:
 *
 * <pre>
 *   input    row 0          sum of P_i  d_2i
 *            rows of p_j    E +- p_j O  with  E = sum of Q_ji d_(2i+2),  O = sum of Q_ji d_(2i+1)
 *            last row       sum of P_i  d_(2i+1)
 *   output   row i, even    sum of p_j^i (m_p + m_-p),  and m_0 where i = 0
 *            row i, odd     sum of p_j^i (m_p - m_-p),  and m_infinity where i = m - 1
 * </pre>
 *
 * The leading coefficients of P and Q are 1. So F(4, 3) takes 12 multiply-adds in and 4 additions
 * and 9 multiply-adds out, for six values.
 */
public final class WinogradKernels {
  /** Inputs n = m + r - 1 along one axis of a tile. */
  private static final int[] INPUTS = {4, 6, 8};

  /** Outputs m and inputs n: of 3x3 kernels, then of 5x5. */
  private static final int[][] TILES = {{2, 4}, {4, 6}, {6, 8}, {2, 6}, {4, 8}};

  private WinogradKernels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "winograd");
    Files.createDirectories(folder);
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("TransformKernels.java")))) {
      out.print(
          """
          package dev.convector.internal.winograd;

          import static dev.convector.internal.simd.Simd.LANES;
          import static dev.convector.internal.simd.Simd.SPECIES;

          import jdk.incubator.vector.FloatVector;

          /** Winograd's transforms; generated, see WinogradKernels in the codegen folder. */
          final class TransformKernels {
            private TransformKernels() {}
          """);
      inputDispatcher(out);
      dispatcher(out, "output", PASS_PARAMETERS, PASS_ARGUMENTS);
      dispatcher(out, "store", STORE_PARAMETERS, STORE_ARGUMENTS);
      dispatcher(out, "storeSum", SUM_PARAMETERS, SUM_ARGUMENTS);
      for (int n : INPUTS) {
        constants(out, n);
        input(out, n);
      }
      for (int[] tile : TILES) {
        output(out, tile[0], tile[1]);
        store(out, tile[0], tile[1], false);
        store(out, tile[0], tile[1], true);
      }
      out.println("}");
    }
  }

  private static final String PASS_PARAMETERS =
      "float[] a, int from, int fromRun, int step, float[] b, int to, int toRun, int toStep,"
          + " int count, int runs";
  private static final String PASS_ARGUMENTS =
      "a, from, fromRun, step, b, to, toRun, toStep, count, runs";
  private static final String STORE_PARAMETERS =
      PASS_PARAMETERS + ", float[] bias, int biasOffset, float low, float high";
  private static final String STORE_ARGUMENTS = PASS_ARGUMENTS + ", bias, biasOffset, low, high";
  private static final String SUM_PARAMETERS =
      STORE_PARAMETERS
          + ", float[] residual, int residualOffset, int residualRun, int residualStep";
  private static final String SUM_ARGUMENTS =
      STORE_ARGUMENTS + ", residual, residualOffset, residualRun, residualStep";

  private static void inputDispatcher(PrintWriter out) {
    out.printf("%n  static void input(int n, %s) {%n    switch (n) {%n", PASS_PARAMETERS);
    for (int n : INPUTS) {
      out.printf("      case %d -> input%d(%s);%n", n, n, PASS_ARGUMENTS);
    }
    endDispatcher(out);
  }

  private static void dispatcher(PrintWriter out, String name, String parameters, String args) {
    out.printf("%n  static void %s(int m, int n, %s) {%n", name, parameters);
    out.println("    switch (10 * m + n) {");
    for (int[] tile : TILES) {
      out.printf("      case %1$d%2$d -> %3$s%1$dof%2$d(%4$s);%n", tile[0], tile[1], name, args);
    }
    endDispatcher(out);
  }

  private static void endDispatcher(PrintWriter out) {
    out.println("      default -> throw new AssertionError(\"no transform for n = \" + n);");
    out.println("    }");
    out.println("  }");
  }

  /** Names of the numbers, taken from CookToom: static final, so constants of the machine code. */
  private static void constants(PrintWriter out, int n) {
    out.println();
    int pairs = pairs(n);
    for (int i = 0; i < pairs; i++) {
      constant(out, n, "P" + i, "allPairs(" + i + ")");
    }
    for (int j = 0; j < pairs; j++) {
      for (int i = 0; i < pairs - 1; i++) {
        constant(out, n, "Q" + j + "_" + i, "otherPairs(" + j + ", " + i + ")");
      }
      for (int power = 1; power < n - 2; power++) {
        constant(out, n, "X" + j + "_" + power, "power(" + j + ", " + power + ")");
      }
    }
  }

  private static int pairs(int n) {
    return n / 2 - 1;
  }

  private static void constant(PrintWriter out, int n, String name, String call) {
    out.printf(
        "  private static final float N%d_%s = CookToom.of(%d, 3).%s;%n", n, name, n - 2, call);
  }

  private static void input(PrintWriter out, int n) {
    int pairs = pairs(n);
    out.printf("%n  private static void input%d(%s) {%n", n, PASS_PARAMETERS);
    loop(out);
    loads(out, n);
    lastPlus(out, "r0", "d" + (n - 2), n, "P", "d", 0, pairs);
    lastPlus(out, "r" + (n - 1), "d" + (n - 1), n, "P", "d", 1, pairs);
    for (int j = 0; j < pairs; j++) {
      lastPlus(out, "e" + j, "d" + (n - 2), n, "Q" + j + "_", "d", 2, pairs - 1);
      lastPlus(out, "o" + j, "d" + (n - 3), n, "Q" + j + "_", "d", 1, pairs - 1);
      out.printf(
          "      FloatVector r%d = o%d.fma(FloatVector.broadcast(SPECIES, N%d_X%d_1), e%d);%n",
          2 * j + 1, j, n, j, j);
      out.printf(
          "      FloatVector r%d = o%d.fma(FloatVector.broadcast(SPECIES, -N%d_X%d_1), e%d);%n",
          2 * j + 2, j, n, j, j);
    }
    for (int i = 0; i < n; i++) {
      out.printf("      r%d.intoArray(b, z + %d * toStep);%n", i, i);
    }
    endLoop(out, false);
  }

  private static void loads(PrintWriter out, int n) {
    for (int i = 0; i < n; i++) {
      out.printf(
          "      FloatVector d%d = FloatVector.fromArray(SPECIES, a, x + %d * step);%n", i, i);
    }
  }

  /** {@code name = last + sum of constant_i * value_(first + 2 i)}. */
  private static void lastPlus(
      PrintWriter out,
      String name,
      String last,
      int n,
      String constant,
      String value,
      int first,
      int terms) {
    String sum = last;
    for (int i = terms - 1; i >= 0; i--) {
      sum =
          "%s%d.fma(FloatVector.broadcast(SPECIES, N%d_%s%d), %s)"
              .formatted(value, first + 2 * i, n, constant, i, sum);
    }
    out.printf("      FloatVector %s = %s;%n", name, sum);
  }

  /** The sums that both passes of the output transform share: m values y0, y1, ... */
  private static void outputSums(PrintWriter out, int m, int n) {
    int pairs = pairs(n);
    loads(out, n);
    for (int j = 0; j < pairs; j++) {
      out.printf("      FloatVector s%d = d%d.add(d%d);%n", j, 2 * j + 1, 2 * j + 2);
      out.printf("      FloatVector t%d = d%d.sub(d%d);%n", j, 2 * j + 1, 2 * j + 2);
    }
    for (int i = 0; i < m; i++) {
      String half = i % 2 == 0 ? "s" : "t";
      String sum = i == m - 1 ? "d" + (n - 1) : null;
      if (i == 0) {
        sum = "d0";
        for (int j = 0; j < pairs; j++) {
          sum += ".add(s" + j + ")";
        }
      } else {
        for (int j = 0; j < pairs; j++) {
          String factor = "FloatVector.broadcast(SPECIES, N%d_X%d_%d)".formatted(n, j, i);
          sum =
              sum == null
                  ? half + j + ".mul(" + factor + ")"
                  : half + j + ".fma(" + factor + ", " + sum + ")";
        }
      }
      out.printf("      FloatVector y%d = %s;%n", i, sum);
    }
  }

  private static void output(PrintWriter out, int m, int n) {
    out.printf("%n  private static void output%dof%d(%s) {%n", m, n, PASS_PARAMETERS);
    loop(out);
    outputSums(out, m, n);
    for (int i = 0; i < m; i++) {
      out.printf("      y%d.intoArray(b, z + %d * toStep);%n", i, i);
    }
    endLoop(out, false);
  }

  /** The second pass: the same with bias, residual and clamp. */
  private static void store(PrintWriter out, int m, int n, boolean residual) {
    out.printf(
        "%n  private static void %s%dof%d(%s) {%n",
        residual ? "storeSum" : "store", m, n, residual ? SUM_PARAMETERS : STORE_PARAMETERS);
    out.println("    FloatVector lows = FloatVector.broadcast(SPECIES, low);");
    out.println("    FloatVector highs = FloatVector.broadcast(SPECIES, high);");
    if (residual) {
      out.println("    int w = residualOffset;");
    }
    loop(out);
    outputSums(out, m, n);
    out.println("      FloatVector start = FloatVector.fromArray(SPECIES, bias, biasOffset + i);");
    for (int i = 0; i < m; i++) {
      out.printf("      y%d = y%d.add(start);%n", i, i);
      if (residual) {
        out.printf(
            "      y%d = y%d.add(FloatVector.fromArray(SPECIES, residual,"
                + " w + %d * residualStep));%n",
            i, i, i);
      }
      out.printf("      y%1$d = y%1$d.blend(lows, y%1$d.lt(lows));%n", i);
      out.printf("      y%1$d = y%1$d.blend(highs, highs.lt(y%1$d));%n", i);
    }
    for (int i = 0; i < m; i++) {
      out.printf("      y%d.intoArray(b, z + %d * toStep);%n", i, i);
    }
    endLoop(out, residual);
  }

  /** Over all vectors of all runs: x, z and w go through a, b and the residual. */
  private static void loop(PrintWriter out) {
    out.println("    int x = from;");
    out.println("    int z = to;");
    out.println("    int i = 0;");
    out.println("    for (int left = runs * (count / LANES); left > 0; left--) {");
  }

  private static void endLoop(PrintWriter out, boolean residual) {
    out.println("      x += LANES;");
    out.println("      z += LANES;");
    out.println("      i += LANES;");
    if (residual) {
      out.println("      w += LANES;");
    }
    out.println("      if (i == count) {");
    out.println("        i = 0;");
    out.println("        x += fromRun - count;");
    out.println("        z += toRun - count;");
    if (residual) {
      out.println("        w += residualRun - count;");
    }
    out.println("      }");
    out.println("    }");
    out.println("  }");
  }
}
