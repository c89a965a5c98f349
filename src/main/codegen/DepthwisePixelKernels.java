import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints {@code dev.convector.internal.depthwise.DepthwisePixelKernels}: channels-first depthwise
 * convolution with neighbouring output columns in the lanes, one static method for each kernel size
 * and stride.
 *
 * <p>Run by the build as {@code java DepthwisePixelKernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernel.
 *
 * <h2>The contract</h2>
 *
 * For each of {@code planes} planes and each vector of output columns, which starts at a {@code
 * columns[strip]}, a K x K kernel at stride D computes {@code outputRows} rows {@code o} from the
 * {@code rows} input rows inside the image:
 *
 * <pre>
 *   y[yAt + plane * yPlane + o * yRow + column] =
 *       clamp( bias + sum over r and s in [0, K) with i = o * D + r - lead in [0, rows) of
 *                    x[xAt + plane * xPlane + i * xRow + column * D + s * xTap] * w[r, s] )
 * </pre>
 *
 * <ul>
 *   <li>{@code lead}, below K, is how many kernel rows of the first output lie above the image. All
 *       outputs but those that see no row at all, which there may be if {@code rows} is 0, see the
 *       last input row or one before.
 *   <li>{@code masks} has zeros where a loaded vector lies outside the image's columns: for each
 *       strip and each tap at stride 1; at stride 2 for the three vectors that are loaded (the
 *       first two lie next to each other, the third ends with the window or, of a 3x3 kernel, is
 *       the one float beyond them). Bits, since a product with zero would let infinities and NaNs
 *       of the neighbouring row through, and a {@code VectorMask} costs allocation in methods of
 *       this size.
 *   <li>{@code w} at {@code wAt}: for each plane its K * K weights and its bias. {@code xTap} is
 *       the dilation of columns, 1 at stride 2; that of rows is in {@code xRow} and {@code yRow}.
 *   <li>A whole vector is stored in every row, so what lies beyond the end of a row must be stored
 *       later.
 * </ul>
 *
 * {@code runPairs} computes two planes at a time whose rows fill no more than half a vector, the
 * second {@code xPair}, {@code wPair} and {@code yPair} further on: a permutation of two loaded
 * rows, a row of each plane, by the {@code indices} of a kernel column gives its vector at either
 * stride.
 *
 * <h2>Why this way</h2>
 *
 * It rolls down the rows: an input row is loaded once, a vector for each kernel column, and goes
 * into the sums of all output rows that see it, which then move on by assignment. So K loads, which
 * mostly cross cache lines and then cost two cycles each, serve K * K multiply-adds; rows above and
 * below the image cost nothing.
 *
 * <p>The weights of a 3x3 kernel stay in registers. Larger ones are broadcast from memory at each
 * use, a load for each multiply-add, unless two input rows are taken at a time: one broadcast then
 * serves two. On Zen 4 a 7x7 kernel at 56x56 reaches 56 % of the multiply-add peak with one row, 69
 * % with two, 72 % with three and 74 % with four (lanes that overlap leave 87 %); but a number of
 * rows that is no multiple costs as much, and methods of more than 3,000 bytecodes are refused by
 * the client compiler ("out of virtual registers") and stay without a profile.
 *
 * <p>At stride 2, loaded vectors are parted into even and odd columns, and the further taps are
 * shifted in from the third. On integers, since C2 converts a float index anew at every use. The
 * masks are applied to the three loaded vectors: one for each tap, 14 vectors for masks and indexes
 * of a 7x7 kernel, were spilled in every row and took 1.8 times as long. A pass is an odd and an
 * even row of the kernel, so that with an odd {@code lead}, as SAME padding of 3x3 and 7x7 kernels
 * has, no pass is half empty.
 */
public final class DepthwisePixelKernels {
  private DepthwisePixelKernels() {}

  private static final String SIZE =
      "int planes, int rows, int outputRows, int lead, float[] x, int xAt, int xPlane, int xRow, ";
  private static final String REST = ", float low, float high";
  private static final String SINGLE =
      SIZE
          + "int xTap, int[] columns, int[] masks, float[] w, int wAt, float[] y, int yAt,"
          + " int yPlane, int yRow"
          + REST;
  private static final String PAIR =
      SIZE
          + "int xPair, int[] indices, int[] masks, float[] w, int wAt, int wPair, float[] y,"
          + " int yAt, int yPlane, int yRow, int yPair"
          + REST;

  /** Kernel size of whose stride-2 method a second copy of a row would be too much. */
  private static final int LARGE = 7;

  private static String arguments(String parameters) {
    return parameters.replaceAll("(int|float)(\\[\\])? ", "");
  }

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "depthwise");
    Files.createDirectories(folder);
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("DepthwisePixelKernels.java")))) {
      out.println(
          """
          package dev.convector.internal.depthwise;

          import static dev.convector.internal.simd.Simd.INTS;
          import static dev.convector.internal.simd.Simd.LANES;
          import static dev.convector.internal.simd.Simd.SPECIES;

          import jdk.incubator.vector.FloatVector;
          import jdk.incubator.vector.IntVector;

          /** The planar depthwise kernels; generated, see DepthwisePixelKernels in the codegen folder. */
          final class DepthwisePixelKernels {
            private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);
            private static final IntVector EVEN = LANE.add(LANE);
            private static final IntVector ODD = EVEN.add(1);

            /** Lane 0 of the first vector in the lower half, of the second in the upper. */
            private static final IntVector SPREAD = LANE.and(LANES / 2).mul(2);

            /** The upper half. */
            private static final IntVector UPPER = LANE.add(LANES / 2);

            /** Shifts lanes down and fills them up with every second one of the third vector. */
            private static IntVector next(int by, int from) {
              int[] index = new int[LANES];
              for (int j = 0; j < LANES; j++) {
                int beyond = j + by - LANES;
                index[j] = beyond < 0 ? j + by : LANES + from + 2 * beyond;
              }
              return IntVector.fromArray(INTS, index, 0);
            }
          """);
      int[] sizes = {3, 5, LARGE};
      for (int k : sizes) {
        for (int s = 2; s < k; s++) {
          out.printf(
              "  private static final IntVector NEXT%d_%d = next(%d, %s);%n",
              k, s, s / 2, k == 3 ? "0" : "LANES - " + (k - 2 - s % 2));
        }
      }
      out.println("\n  private DepthwisePixelKernels() {}");
      switches(out, "run", SINGLE, sizes);
      switches(out, "runPairs", PAIR, new int[] {3});
      for (int k : sizes) {
        for (int stride = 1; stride <= 2; stride++) {
          new Kernel(out, k, stride, false).print();
        }
      }
      new Kernel(out, 3, 1, true).print();
      new Kernel(out, 3, 2, true).print();
      out.println("}");
    }
  }

  private static void switches(PrintWriter out, String name, String parameters, int[] sizes) {
    out.printf("%n  static void %s(int kernel, int stride, %s) {%n", name, parameters);
    out.println("    switch (kernel * 4 + stride) {");
    for (int k : sizes) {
      for (int stride = 1; stride <= 2; stride++) {
        out.printf(
            "      case %d -> %s%dStride%d(%s);%n",
            k * 4 + stride, name, k, stride, arguments(parameters));
      }
    }
    out.println("      default -> throw new AssertionError(\"no kernel of \" + kernel);");
    out.println("    }\n  }");
  }

  /** Rows of a pass are q, kernel rows and columns r and s. */
  private record Kernel(PrintWriter out, int k, int stride, boolean pair) {
    /** Whether the weights stay in registers. */
    boolean hoisted() {
      return k == 3;
    }

    /** Input rows of a pass. */
    int pass() {
      return stride == 1 && hoisted() ? 1 : 2;
    }

    /** Output rows whose sums are under way. */
    int sums() {
      return stride == 2 ? (k + 1) / 2 : k - 1 + pass();
    }

    void line(String text, Object... args) {
      out.printf("    " + text + "%n", args);
    }

    void print() {
      String name = pair ? "runPairs" : "run";
      out.printf(
          "%n  private static void %s%dStride%d(%s) {%n", name, k, stride, pair ? PAIR : SINGLE);
      line("boolean plain = low == Float.NEGATIVE_INFINITY && high == Float.POSITIVE_INFINITY;");
      line("FloatVector lows = FloatVector.broadcast(SPECIES, low);");
      line("FloatVector highs = FloatVector.broadcast(SPECIES, high);");
      if (pair) {
        for (int s = 0; s < k; s++) {
          line("IntVector i%1$d = IntVector.fromArray(INTS, indices, %1$d * LANES);", s);
          line("IntVector m%1$d = IntVector.fromArray(INTS, masks, %1$d * LANES);", s);
        }
      }
      line("for (int plane = 0; plane < planes; plane++) {");
      line("int wp = wAt + plane * %d;", k * k + 1);
      if (pair) {
        line("IntVector wv = FloatVector.fromArray(SPECIES, w, wp).reinterpretAsInts();");
        line("IntVector wu = FloatVector.fromArray(SPECIES, w, wp + wPair).reinterpretAsInts();");
      }
      for (int i = 0; hoisted() && i < k * k; i++) {
        line("FloatVector w%d_%d = %s;", i / k, i % k, weight(i));
      }
      line("FloatVector bias = %s;", weight(k * k));
      if (!pair) {
        line("for (int strip = 0; strip < columns.length; strip++) {");
        int vectors = stride == 2 ? 3 : k;
        for (int s = 0; s < vectors; s++) {
          line(
              "IntVector m%1$d = IntVector.fromArray(INTS, masks, (strip * %2$d + %1$d) * LANES);",
              s, vectors);
        }
      }
      String column = pair ? "" : " + columns[strip]";
      line("int from = xAt + plane * xPlane%s%s;", column, stride == 2 ? column : "");
      line("int to = yAt + plane * yPlane%s;", column);
      for (int i = 0; i < sums(); i++) {
        line("FloatVector a%d = bias;", i);
      }
      if (stride == 1) {
        stride1();
      } else {
        stride2();
      }
      line("for (; o < outputRows; o++) {");
      store("o", 0, "o >= 0");
      move(1, stride == 1 ? k - 1 : sums() - 1);
      line("}");
      line("}");
      out.println(pair ? "  }" : "    }\n  }");
    }

    /** Weight i of the plane, or of both planes, in their halves. */
    String weight(int i) {
      return pair
          ? "SPREAD.add(" + i + ").selectFrom(wv, wu).reinterpretAsFloats()"
          : "FloatVector.broadcast(SPECIES, w[wp + " + i + "])";
    }

    /** Moves sums on by some rows. */
    void move(int by, int count) {
      for (int i = 0; i + by < count; i++) {
        line("a%d = a%d;", i, i + by);
      }
    }

    /** Stores a sum in row {@code row} of the output; a null condition is always met. */
    void store(String row, int sum, String condition) {
      line(condition == null ? "{" : "if (" + condition + ") {");
      line("FloatVector v = a%d;", sum);
      line("if (!plain) {");
      line("v = v.blend(lows, v.lt(lows));");
      line("v = v.blend(highs, highs.lt(v));");
      line("}");
      line("v.intoArray(y, to + (%s) * yRow);", row);
      if (pair) {
        line("IntVector vi = v.reinterpretAsInts();");
        line(
            "UPPER.selectFrom(vi, vi).reinterpretAsFloats()"
                + ".intoArray(y, to + yPair + (%s) * yRow);",
            row);
      }
      line("}");
    }

    /** What taps of row q need, loaded at once. */
    void row(int q, String at, String present) {
      if (pair) {
        line("IntVector v%d = FloatVector.fromArray(SPECIES, x, %s).reinterpretAsInts();", q, at);
        line(
            "IntVector u%d = FloatVector.fromArray(SPECIES, x, %s + xPair).reinterpretAsInts();",
            q, at);
      } else if (stride == 2) {
        load("v", q, 0, "FloatVector.fromArray(SPECIES, x, " + at + ")", present);
        load("u", q, 1, "FloatVector.fromArray(SPECIES, x, " + at + " + LANES)", present);
        load(
            "t",
            q,
            2,
            k == 3
                ? "FloatVector.broadcast(SPECIES, x[" + at + " + 2 * LANES])"
                : "FloatVector.fromArray(SPECIES, x, " + at + " + LANES + " + (k - 2) + ")",
            present);
        line("IntVector e%1$d = EVEN.selectFrom(v%1$d, u%1$d);", q);
        line("IntVector o%1$d = ODD.selectFrom(v%1$d, u%1$d);", q);
      }
    }

    /** One of three vectors of a row at stride 2. */
    void load(String name, int q, int mask, String value, String present) {
      line("IntVector %s%d = %s.reinterpretAsInts().and(%s);", name, q, value, mask(mask, present));
    }

    String mask(int s, String present) {
      return present == null ? "m" + s : "m" + s + ".and(" + present + ")";
    }

    /** The vector of row q that kernel column s sees. */
    void tap(int q, int s, String at, String present) {
      String value;
      if (pair) {
        value = "i" + s + ".selectFrom(v" + q + ", u" + q + ").and(" + mask(s, present) + ")";
      } else if (stride == 1) {
        String shift = s == 0 ? "" : s == 1 ? " + xTap" : " + " + s + " * xTap";
        value =
            "FloatVector.fromArray(SPECIES, x, "
                + at
                + shift
                + ").reinterpretAsInts().and("
                + mask(s, present)
                + ")";
      } else if (s < 2) {
        value = (s == 0 ? "e" : "o") + q;
      } else {
        value =
            "NEXT" + k + "_" + s + ".selectFrom(" + (s % 2 == 0 ? "e" : "o") + q + ", t" + q + ")";
      }
      line("FloatVector x%d_%d = %s.reinterpretAsFloats();", q, s, value);
    }

    void stride1() {
      int pass = pass();
      line("int o = lead - %d;", k - 1);
      line("int i = 0;");
      if (hoisted()) {
        line("for (; o < 0 && i < rows; i++, o++) {");
        line("int at0 = from + i * xRow;");
        pass(false);
        line("}");
      }
      line("for (; i < rows; i += %d, o += %d) {", pass, pass);
      line("int at0 = from + i * xRow;");
      for (int q = 1; q < pass; q++) {
        line("int present%1$d = i + %1$d < rows ? -1 : 0;", q);
        line("int at%1$d = at%2$d + (xRow & present%1$d);", q, q - 1);
      }
      pass(true);
      line("}");
    }

    /** The multiply-adds of a pass at stride 1. */
    void pass(boolean stored) {
      int pass = pass();
      for (int q = 0; q < pass; q++) {
        row(q, "at" + q, q == 0 ? null : "present" + q);
      }
      for (int s = 0; s < k; s++) {
        for (int q = 0; q < pass; q++) {
          tap(q, s, "at" + q, q == 0 ? null : "present" + q);
        }
        for (int r = 0; r < k; r++) {
          weightOf(r, s);
          for (int q = 0; q < pass; q++) {
            fma(q, r, s, q - r + k - 1);
          }
        }
      }
      for (int q = 0; stored && q < pass; q++) {
        String row = q == 0 ? "o" : "o + " + q;
        String condition = row + " >= 0" + (q == 0 ? "" : " && " + row + " < outputRows");
        store(row, q, hoisted() ? null : condition);
      }
      move(pass, sums());
      for (int i = Math.max(0, sums() - pass); i < sums(); i++) {
        line("a%d = bias;", i);
      }
    }

    void weightOf(int r, int s) {
      if (!hoisted()) {
        line("FloatVector w%d_%d = %s;", r, s, weight(r * k + s));
      }
    }

    void stride2() {
      line("int o = (lead + 1) / 2 - %d;", sums() - 1);
      String first = null;
      if (k < LARGE) {
        line("int i = 0;");
        line("if (lead %% 2 == 0) {");
        even("from", null);
        line("i = 1;");
        line("o++;");
        line("}");
        line("for (; i < rows; i += 2, o++) {");
        line("int at0 = from + i * xRow;");
        line("int present = i < rows - 1 ? -1 : 0;");
        line("int at1 = at0 + (xRow & present);");
      } else {
        first = "present0";
        line("for (int i = lead %% 2 - 1; i < rows; i += 2, o++) {");
        line("int present0 = i < 0 ? 0 : -1;");
        line("int present = i < rows - 1 ? -1 : 0;");
        line("int at0 = from + (i & present0) * xRow;");
        line("int at1 = at0 + (xRow & present0 & present);");
      }
      row(0, "at0", first);
      for (int s = 0; s < k; s++) {
        tap(0, s, "at0", first);
        for (int r = 1; r < k; r += 2) {
          weightOf(r, s);
          fma(0, r, s, sums() - 2 - r / 2);
        }
      }
      even("at1", "present");
      line("}");
    }

    void fma(int q, int r, int s, int sum) {
      line("a%1$d = x%2$d_%3$d.fma(w%4$d_%3$d, a%1$d);", sum, q, s, r);
    }

    /** The part of a pass at stride 2 that completes an output row. */
    void even(String at, String present) {
      row(1, at, present);
      for (int s = 0; s < k; s++) {
        tap(1, s, at, present);
        for (int r = 0; r < k; r += 2) {
          weightOf(r, s);
          fma(1, r, s, sums() - 1 - r / 2);
        }
      }
      store("o", 0, "o >= 0");
      move(1, sums());
      line("a%d = bias;", sums() - 1);
    }
  }
}
