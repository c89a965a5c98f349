import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints {@code dev.convector.internal.winograd.TransformKernels}: the one-dimensional transforms
 * of Winograd's F(m x m, 3 x 3) for m = 2, 4 and 6.
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
  private static final int[] TILES = {2, 4, 6};

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
      dispatcher(out, "input", PASS_PARAMETERS, PASS_ARGUMENTS);
      dispatcher(out, "output", PASS_PARAMETERS, PASS_ARGUMENTS);
      dispatcher(out, "store", STORE_PARAMETERS, STORE_ARGUMENTS);
      dispatcher(out, "storeSum", SUM_PARAMETERS, SUM_ARGUMENTS);
      for (int m : TILES) {
        constants(out, m);
        input(out, m);
        output(out, m);
        store(out, m, false);
        store(out, m, true);
      }
      out.println("}");
    }
  }

  private static final String PASS_PARAMETERS =
      "float[] a, int from, int step, float[] b, int to, int toStep, int count";
  private static final String PASS_ARGUMENTS = "a, from, step, b, to, toStep, count";
  private static final String STORE_PARAMETERS =
      PASS_PARAMETERS + ", float[] bias, int biasOffset, float low, float high";
  private static final String STORE_ARGUMENTS = PASS_ARGUMENTS + ", bias, biasOffset, low, high";
  private static final String SUM_PARAMETERS =
      STORE_PARAMETERS + ", float[] residual, int residualOffset, int residualStep";
  private static final String SUM_ARGUMENTS =
      STORE_ARGUMENTS + ", residual, residualOffset, residualStep";

  private static void dispatcher(PrintWriter out, String name, String parameters, String args) {
    out.printf("%n  static void %s(int m, %s) {%n    switch (m) {%n", name, parameters);
    for (int m : TILES) {
      out.printf("      case %d -> %s%d(%s);%n", m, name, m, args);
    }
    out.println("      default -> throw new AssertionError(\"no transform for m = \" + m);");
    out.println("    }");
    out.println("  }");
  }

  /** Names of the numbers, taken from CookToom: static final, so constants of the machine code. */
  private static void constants(PrintWriter out, int m) {
    out.println();
    int pairs = m / 2;
    for (int i = 0; i < pairs; i++) {
      constant(out, m, "P" + i, "allPairs(" + i + ")");
    }
    for (int j = 0; j < pairs; j++) {
      for (int i = 0; i < pairs - 1; i++) {
        constant(out, m, "Q" + j + "_" + i, "otherPairs(" + j + ", " + i + ")");
      }
      for (int power = 1; power < m; power++) {
        constant(out, m, "X" + j + "_" + power, "power(" + j + ", " + power + ")");
      }
    }
  }

  private static void constant(PrintWriter out, int m, String name, String call) {
    out.printf("  private static final float F%d_%s = CookToom.F%d.%s;%n", m, name, m, call);
  }

  private static void input(PrintWriter out, int m) {
    int pairs = m / 2;
    out.printf("%n  private static void input%d(%s) {%n", m, PASS_PARAMETERS);
    out.println("    for (int i = 0; i < count; i += LANES) {");
    loads(out, m);
    lastPlus(out, "r0", "d" + m, m, "P", "d", 0, pairs);
    lastPlus(out, "r" + (m + 1), "d" + (m + 1), m, "P", "d", 1, pairs);
    for (int j = 0; j < pairs; j++) {
      lastPlus(out, "e" + j, "d" + m, m, "Q" + j + "_", "d", 2, pairs - 1);
      lastPlus(out, "o" + j, "d" + (m - 1), m, "Q" + j + "_", "d", 1, pairs - 1);
      out.printf(
          "      FloatVector r%d = o%d.fma(FloatVector.broadcast(SPECIES, F%d_X%d_1), e%d);%n",
          2 * j + 1, j, m, j, j);
      out.printf(
          "      FloatVector r%d = o%d.fma(FloatVector.broadcast(SPECIES, -F%d_X%d_1), e%d);%n",
          2 * j + 2, j, m, j, j);
    }
    for (int i = 0; i < m + 2; i++) {
      out.printf("      r%d.intoArray(b, to + %d * toStep + i);%n", i, i);
    }
    out.println("    }");
    out.println("  }");
  }

  private static void loads(PrintWriter out, int m) {
    for (int i = 0; i < m + 2; i++) {
      out.printf(
          "      FloatVector d%d = FloatVector.fromArray(SPECIES, a, from + %d * step + i);%n",
          i, i);
    }
  }

  /** {@code name = last + sum of constant_i * value_(first + 2 i)}. */
  private static void lastPlus(
      PrintWriter out,
      String name,
      String last,
      int m,
      String constant,
      String value,
      int first,
      int terms) {
    String sum = last;
    for (int i = terms - 1; i >= 0; i--) {
      sum =
          "%s%d.fma(FloatVector.broadcast(SPECIES, F%d_%s%d), %s)"
              .formatted(value, first + 2 * i, m, constant, i, sum);
    }
    out.printf("      FloatVector %s = %s;%n", name, sum);
  }

  /** The sums that both passes of the output transform share: m values y0, y1, ... */
  private static void outputSums(PrintWriter out, int m) {
    int pairs = m / 2;
    loads(out, m);
    for (int j = 0; j < pairs; j++) {
      out.printf("      FloatVector s%d = d%d.add(d%d);%n", j, 2 * j + 1, 2 * j + 2);
      out.printf("      FloatVector t%d = d%d.sub(d%d);%n", j, 2 * j + 1, 2 * j + 2);
    }
    for (int i = 0; i < m; i++) {
      String half = i % 2 == 0 ? "s" : "t";
      String sum = i == m - 1 ? "d" + (m + 1) : null;
      if (i == 0) {
        sum = "d0";
        for (int j = 0; j < pairs; j++) {
          sum += ".add(s" + j + ")";
        }
      } else {
        for (int j = 0; j < pairs; j++) {
          String factor = "FloatVector.broadcast(SPECIES, F%d_X%d_%d)".formatted(m, j, i);
          sum =
              sum == null
                  ? half + j + ".mul(" + factor + ")"
                  : half + j + ".fma(" + factor + ", " + sum + ")";
        }
      }
      out.printf("      FloatVector y%d = %s;%n", i, sum);
    }
  }

  private static void output(PrintWriter out, int m) {
    out.printf("%n  private static void output%d(%s) {%n", m, PASS_PARAMETERS);
    out.println("    for (int i = 0; i < count; i += LANES) {");
    outputSums(out, m);
    for (int i = 0; i < m; i++) {
      out.printf("      y%d.intoArray(b, to + %d * toStep + i);%n", i, i);
    }
    out.println("    }");
    out.println("  }");
  }

  /** The second pass: the same with bias, residual and clamp. */
  private static void store(PrintWriter out, int m, boolean residual) {
    out.printf(
        "%n  private static void %s%d(%s) {%n",
        residual ? "storeSum" : "store", m, residual ? SUM_PARAMETERS : STORE_PARAMETERS);
    out.println("    FloatVector lows = FloatVector.broadcast(SPECIES, low);");
    out.println("    FloatVector highs = FloatVector.broadcast(SPECIES, high);");
    out.println("    for (int i = 0; i < count; i += LANES) {");
    outputSums(out, m);
    out.println("      FloatVector start = FloatVector.fromArray(SPECIES, bias, biasOffset + i);");
    for (int i = 0; i < m; i++) {
      out.printf("      y%d = y%d.add(start);%n", i, i);
      if (residual) {
        out.printf(
            "      y%d = y%d.add(FloatVector.fromArray(SPECIES, residual,"
                + " residualOffset + %d * residualStep + i));%n",
            i, i, i);
      }
      out.printf("      y%1$d = y%1$d.blend(lows, y%1$d.lt(lows));%n", i);
      out.printf("      y%1$d = y%1$d.blend(highs, highs.lt(y%1$d));%n", i);
    }
    for (int i = 0; i < m; i++) {
      out.printf("      y%d.intoArray(b, to + %d * toStep + i);%n", i, i);
    }
    out.println("    }");
    out.println("  }");
  }
}
