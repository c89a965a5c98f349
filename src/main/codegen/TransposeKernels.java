import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Prints {@code dev.convector.internal.pack.TransposeKernels}: transposition of square blocks in
 * registers, for 4, 8 and 16 lanes.
 *
 * <p>Run by the build as {@code java TransposeKernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernel.
 *
 * <h2>The method</h2>
 *
 * The network of Eklundh ("A Fast Computer Method for Matrix Transposing", 1972): for each power of
 * two {@code d} below LANES, the rows {@code a = i} and {@code b = i + d} exchange the elements
 * whose column has bit {@code d} set in a and clear in b:
 *
 * <pre>
 *   a'[l] = l has bit d ? b[l - d] : a[l]
 *   b'[l] = l has bit d ? b[l]     : a[l + d]
 * </pre>
 *
 * Both sides are one permutation by {@code l ^ d} and one blend by bit d: a single constant shuffle
 * and a single constant mask a stage. The widest stage, {@code d = LANES / 2}, needs no permutation
 * at all: it loads the row {@code d} elements further left or right instead. Such a load stays
 * inside the array, since the row LANES / 2 rows below or above lies beyond it.
 *
 * <h2>Two kernels a width</h2>
 *
 * {@code whole}: a row of blocks, each LANES x LANES. {@code edge}: one block of fewer rows or
 * columns, with masked loads and stores; the rows that are missing repeat the last.
 *
 * <h2>Few planes</h2>
 *
 * {@code interleave} and {@code deinterleave}: 2 to 4 planes (RGB) to dense pixels and back, where
 * a square would be mostly empty. Vector q of LANES pixels' elements has element {@code e = q *
 * LANES + l} in lane l, which is pixel {@code e / planes} of plane {@code e % planes}: every plane
 * is permuted by the same shuffle and blended in by a mask; back likewise.
 */
public final class TransposeKernels {
  /** RGB and alpha. */
  private static final int MOST_PLANES = 4;

  private TransposeKernels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "pack");
    Files.createDirectories(folder);
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("TransposeKernels.java")))) {
      out.print(
          """
          package dev.convector.internal.pack;

          import static dev.convector.internal.simd.Simd.LANES;
          import static dev.convector.internal.simd.Simd.SPECIES;

          import java.util.function.IntPredicate;
          import jdk.incubator.vector.FloatVector;
          import jdk.incubator.vector.VectorMask;
          import jdk.incubator.vector.VectorShuffle;

          /** Blocks transposed in registers; generated, see TransposeKernels in the codegen folder. */
          final class TransposeKernels {
          """);
      for (int d = 1; d < 16; d *= 2) {
        out.printf(
            "  private static final VectorShuffle<Float> SWAP%1$d =%n"
                + "      VectorShuffle.fromOp(SPECIES, l -> (l ^ %1$d) & (LANES - 1));%n"
                + "  private static final VectorMask<Float> ODD%1$d =%n"
                + "      VectorMask.fromLong(SPECIES, 0x%2$xL);%n",
            d, bits(d));
      }
      for (int planes = 2; planes <= MOST_PLANES; planes++) {
        planeConstants(out, planes);
      }
      out.println("\n  private TransposeKernels() {}");
      out.println(MASK_HELPER);
      dispatcher(out, "whole", WHOLE_PARAMETERS, WHOLE_ARGUMENTS);
      dispatcher(out, "edge", EDGE_PARAMETERS, EDGE_ARGUMENTS);
      for (int lanes = 4; lanes <= 16; lanes *= 2) {
        whole(out, lanes);
        edge(out, lanes);
      }
      planeDispatcher(out, "interleave");
      planeDispatcher(out, "deinterleave");
      for (int planes = 2; planes <= MOST_PLANES; planes++) {
        interleave(out, planes);
        deinterleave(out, planes);
      }
      out.println("}");
    }
  }

  /** The lanes of at most 16 that have bit d. */
  private static int bits(int d) {
    int bits = 0;
    for (int lane = 0; lane < 16; lane++) {
      bits |= (lane & d) != 0 ? 1 << lane : 0;
    }
    return bits;
  }

  private static final String WHOLE_PARAMETERS =
      """
      int blocks, float[] src, int srcOffset, int srcStride, int srcStep,
            float[] dst, int dstOffset, int dstStride, int dstStep\
      """;

  private static final String WHOLE_ARGUMENTS =
      "blocks, src, srcOffset, srcStride, srcStep, dst, dstOffset, dstStride, dstStep";

  private static final String EDGE_PARAMETERS =
      """
      int rows, int columns, float[] src, int srcOffset, int srcStride,
            float[] dst, int dstOffset, int dstStride\
      """;

  private static final String EDGE_ARGUMENTS =
      "rows, columns, src, srcOffset, srcStride, dst, dstOffset, dstStride";

  private static void dispatcher(PrintWriter out, String name, String parameters, String args) {
    out.printf("%n  static void %s(%s) {%n", name, parameters);
    out.println("    switch (LANES) {");
    for (int lanes = 4; lanes <= 16; lanes *= 2) {
      out.printf("      case %d -> %s%d(%s);%n", lanes, name, lanes, args);
    }
    out.println("      default -> throw new AssertionError(LANES + \" lanes\");");
    out.println("    }");
    out.println("  }");
  }

  private static void planeDispatcher(PrintWriter out, String name) {
    out.printf("%n  static void %s(int planes, %s) {%n", name, PLANE_PARAMETERS);
    out.println("    switch (planes) {");
    for (int planes = 2; planes <= MOST_PLANES; planes++) {
      out.printf(
          "      case %d -> %s%d(vectors, src, srcOffset, srcStride, dst, dstOffset, dstStride);%n",
          planes, name, planes);
    }
    out.println("      default -> throw new AssertionError(planes + \" planes\");");
    out.println("    }");
    out.println("  }");
  }

  private static void whole(PrintWriter out, int lanes) {
    int half = lanes / 2;
    out.printf("%n  private static void whole%d(%s) {%n", lanes, WHOLE_PARAMETERS);
    out.println("    for (int block = 0; block < blocks; block++) {");
    out.println("      int s = srcOffset + block * srcStep;");
    out.println("      int t = dstOffset + block * dstStep;");
    for (int i = 0; i < half; i++) {
      load(out, half, i, "s + %d * srcStride".formatted(i), i + half, -half);
      load(out, half, i + half, "s + %d * srcStride + %d".formatted(i, half), i + half, 0);
    }
    for (int d = half / 2; d > 0; d /= 2) {
      stage(out, lanes, d);
    }
    for (int j = 0; j < lanes; j++) {
      out.printf("      v%1$d_1.intoArray(dst, t + %1$d * dstStride);%n", j);
    }
    out.println("    }");
    out.println("  }");
  }

  private static void load(PrintWriter out, int d, int to, String low, int row, int shift) {
    out.printf(
        "      FloatVector v%d_%d = FloatVector.fromArray(SPECIES, src, %s)%n"
            + "          .blend(FloatVector.fromArray(SPECIES, src, s + %d * srcStride + %d), ODD%d);%n",
        to, d, low, row, shift, d);
  }

  private static void edge(PrintWriter out, int lanes) {
    out.printf("%n  private static void edge%d(%s) {%n", lanes, EDGE_PARAMETERS);
    out.println("    VectorMask<Float> inColumns = SPECIES.indexInRange(0, columns);");
    out.println("    VectorMask<Float> inRows = SPECIES.indexInRange(0, rows);");
    for (int i = 0; i < lanes; i++) {
      out.printf(
          "      FloatVector v%d_%d = FloatVector.fromArray(SPECIES, src,%n"
              + "          srcOffset + Math.min(%d, rows - 1) * srcStride, inColumns);%n",
          i, lanes, i);
    }
    for (int d = lanes / 2; d > 0; d /= 2) {
      stage(out, lanes, d);
    }
    for (int j = 0; j < lanes; j++) {
      out.printf("    if (columns <= %d) {%n      return;%n    }%n", j);
      out.printf("    v%1$d_1.intoArray(dst, dstOffset + %1$d * dstStride, inRows);%n", j);
    }
    out.println("  }");
  }

  /** The names end in the stage that made them: {@code v3_4} is row 3 after the stage of 4. */
  private static void stage(PrintWriter out, int lanes, int d) {
    for (int i = 0; i < lanes; i++) {
      if ((i & d) == 0) {
        String a = "v%d_%d".formatted(i, 2 * d);
        String b = "v%d_%d".formatted(i + d, 2 * d);
        out.printf(
            "      FloatVector v%d_%d = %s.blend(%s.rearrange(SWAP%d), ODD%d);%n",
            i, d, a, b, d, d);
        out.printf(
            "      FloatVector v%d_%d = %s.rearrange(SWAP%d).blend(%s, ODD%d);%n",
            i + d, d, a, d, b, d);
      }
    }
  }

  private static final String MASK_HELPER =
      """

        private static VectorMask<Float> lanes(IntPredicate chosen) {
          long bits = 0;
          for (int lane = 0; lane < LANES; lane++) {
            bits |= chosen.test(lane) ? 1L << lane : 0;
          }
          return VectorMask.fromLong(SPECIES, bits);
        }\
      """;

  private static final String PLANE_PARAMETERS =
      """
      int vectors, float[] src, int srcOffset, int srcStride,
            float[] dst, int dstOffset, int dstStride\
      """;

  private static void planeConstants(PrintWriter out, int planes) {
    for (int q = 0; q < planes; q++) {
      out.printf(
          "  private static final VectorShuffle<Float> SPREAD%1$d_%2$d =%n"
              + "      VectorShuffle.fromOp(SPECIES, l -> (%2$d * LANES + l) / %1$d);%n"
              + "  private static final VectorShuffle<Float> GATHER%1$d_%2$d =%n"
              + "      VectorShuffle.fromOp(SPECIES, l -> (l * %1$d + %2$d) %% LANES);%n",
          planes, q);
      for (int p = 1; p < planes; p++) {
        out.printf(
            "  private static final VectorMask<Float> PLANE%1$d_%2$d_%3$d =%n"
                + "      lanes(l -> (%2$d * LANES + l) %% %1$d == %3$d);%n"
                + "  private static final VectorMask<Float> PART%1$d_%2$d_%3$d =%n"
                + "      lanes(l -> (l * %1$d + %2$d) / LANES == %3$d);%n",
            planes, q, p);
      }
    }
  }

  private static void interleave(PrintWriter out, int planes) {
    out.printf("%n  private static void interleave%d(%s) {%n", planes, PLANE_PARAMETERS);
    out.println("    for (int i = 0; i < vectors; i++) {");
    for (int p = 0; p < planes; p++) {
      out.printf(
          "      FloatVector p%1$d = FloatVector.fromArray(SPECIES, src, srcOffset + %1$d * srcStride"
              + " + i * LANES);%n",
          p);
    }
    for (int q = 0; q < planes; q++) {
      out.printf("      p0.rearrange(SPREAD%d_%d)%n", planes, q);
      for (int p = 1; p < planes; p++) {
        out.printf(
            "          .blend(p%1$d.rearrange(SPREAD%2$d_%3$d), PLANE%2$d_%3$d_%1$d)%n",
            p, planes, q);
      }
      out.printf(
          "          .intoArray(dst, dstOffset + i * %d * LANES + %d * LANES);%n", planes, q);
    }
    out.println("    }");
    out.println("  }");
  }

  private static void deinterleave(PrintWriter out, int planes) {
    out.printf("%n  private static void deinterleave%d(%s) {%n", planes, PLANE_PARAMETERS);
    out.println("    for (int i = 0; i < vectors; i++) {");
    for (int q = 0; q < planes; q++) {
      out.printf(
          "      FloatVector q%1$d ="
              + " FloatVector.fromArray(SPECIES, src, srcOffset + i * %2$d * LANES + %1$d * LANES);%n",
          q, planes);
    }
    for (int p = 0; p < planes; p++) {
      out.printf("      q0.rearrange(GATHER%d_%d)%n", planes, p);
      for (int q = 1; q < planes; q++) {
        out.printf(
            "          .blend(q%1$d.rearrange(GATHER%2$d_%3$d), PART%2$d_%3$d_%1$d)%n",
            q, planes, p);
      }
      out.printf("          .intoArray(dst, dstOffset + %d * dstStride + i * LANES);%n", p);
    }
    out.println("    }");
    out.println("  }");
  }
}
