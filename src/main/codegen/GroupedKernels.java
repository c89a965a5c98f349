import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Prints {@code GroupedBroadcastKernels}, {@code GroupedBroadcastWideKernels}, {@code
 * GroupedSelectKernels} and {@code GroupedSelectPairKernels} of {@code
 * dev.convector.internal.indirect}: tiles of neighbouring output pixels of one row times one vector
 * of filters (wide: two), for convolutions with few channels a group.
 *
 * <p>Run by the build as {@code java GroupedKernels.java <output root>}; its output is never
 * committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of P pixels computes, for each pixel {@code p} and lane {@code l},
 *
 * <pre>
 *   c[cOffset + p * cStep + l] =
 *       clamp( start[startOffset + p * startStep + l]
 *              + sum over i in [0, rows * channels), t in [0, TAPS) of
 *                    x(p * SPACING + t, i)[l] * b[bOffset + (i * TAPS + t) * LANES + l] )
 * </pre>
 *
 * where a step {@code i} of the depth is one channel of one kernel row, and {@code x(k, i)} comes
 * from input column k at {@code at = aOffset + k * aStep + steps[i]}:
 *
 * <ul>
 *   <li>broadcast, where all lanes belong to one group: {@code a[at]} in every lane;
 *   <li>select, where several groups share the vector: {@code a[at + index[indexOffset + i * LANES
 *       + l]]}, one permutation of LANES loaded channels.
 * </ul>
 *
 * A wide tile does the same for a second vector of filters, from {@code startVector}, {@code
 * bVector} and {@code cVector} floats further. One broadcast then serves both: at stride 2, where 7
 * pixels need 15 of them for 21 multiply-adds, 304 against 345 us on Zen 4 (1024 channels at 14x14,
 * 32 a group), at stride 1 233 against 257 (7x7).
 *
 * <p>{@code tiles} tiles follow one another, each {@code P * SPACING} input columns further.
 *
 * <h2>Why whole kernel rows</h2>
 *
 * Neighbouring pixels see the same input columns. With three taps and stride 1, 8 pixels need 10
 * columns for 24 multiply-adds: so 10 loads and permutations where one tap at a time needs 24, and
 * permutations compete with multiply-adds for ports. The kernel row's ends are cut where the first
 * or the last column of a tile lies outside the image ({@code L}, {@code R} in the name), so that
 * padding is never read, nor multiplied. The depth loop is flat, for the reasons in TileKernels,
 * but for whole rows of broadcasts: nested in kernel rows and channels, whose steps are neighbours,
 * its indexes are affine, and C2 moves the range check of every column out of it (165 against 146
 * us on Granite Rapids, 1024 channels at 7x7, 32 a group).
 *
 * <h2>Which shapes</h2>
 *
 * {@code Row1}: 3 taps, stride 1. {@code Row2}: 3 taps, stride 2. {@code Tap}: one tap a step, any
 * spacing of the pixels, for all other kernels. How many pixels a tile may have: GroupedTile.
 */
public final class GroupedKernels {
  /** A class of kernels: channels a step of the loop, vectors of filters, most pixels. */
  private record How(String name, boolean select, int channels, int vectors, int mostPixels) {
    String suffix() {
      return channels == 1 ? "" : "" + channels;
    }
  }

  private static final List<How> HOWS =
      List.of(
          new How("Broadcast", false, 1, 1, 14),
          new How("BroadcastWide", false, 1, 2, 8),
          new How("Select", true, 1, 1, 8),
          new How("SelectPair", true, 2, 1, 8));

  /** Neither, the left, the right or both ends cut. */
  private static final String[] CUTS = {"", "L", "R", "LR"};

  private GroupedKernels() {}

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0], "dev", "convector", "internal", "indirect");
    Files.createDirectories(folder);
    for (How how : HOWS) {
      String name = "Grouped" + how.name + "Kernels";
      try (PrintWriter out =
          new PrintWriter(Files.newBufferedWriter(folder.resolve(name + ".java")))) {
        print(out, name, how);
      }
    }
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(folder.resolve("GroupedKernel.java")))) {
      entry(out);
    }
  }

  /** The entry to both: a kernel's number is the sum of its kind, its form and its cuts. */
  private static void entry(PrintWriter out) {
    out.print(
        """
        package dev.convector.internal.indirect;

        /** Entry to the grouped kernels; generated, see GroupedKernels in the codegen folder. */
        final class GroupedKernel {
          static final int LEFT = 1;
          static final int RIGHT = 2;
          static final int ROW1 = 4;
          static final int ROW2 = 8;
          static final int BROADCAST = 0;
          static final int SELECT = 16;
          static final int SELECTPAIR = 32;
          static final int BROADCASTWIDE = 48;

          private GroupedKernel() {}
        """);
    out.printf("%n  static void run(int kernel, int pixels, %s) {%n", PARAMETERS);
    out.println("    switch (kernel) {");
    for (How how : HOWS) {
      for (String kind : new String[] {"tap", "row1", "row2"}) {
        for (int cut = 0; cut < (kind.equals("tap") ? 1 : CUTS.length); cut++) {
          out.printf(
              "      case %s%s%s%s -> Grouped%sKernels.%s(pixels, %s);%n",
              how.name.toUpperCase(Locale.ROOT),
              kind.equals("tap") ? "" : " + " + kind.toUpperCase(Locale.ROOT),
              (cut & 1) != 0 ? " + LEFT" : "",
              (cut & 2) != 0 ? " + RIGHT" : "",
              how.name,
              name(kind, 0, cut, how),
              ARGUMENTS);
        }
      }
    }
    out.println("      default -> throw new AssertionError(\"no kernel \" + kernel);");
    out.println("    }");
    out.println("  }");
    out.println("}");
  }

  private static void print(PrintWriter out, String name, How how) {
    out.printf(
        """
        package dev.convector.internal.indirect;

        import static dev.convector.internal.simd.Simd.LANES;
        import static dev.convector.internal.simd.Simd.SPECIES;

        import jdk.incubator.vector.FloatVector;

        /** Tiles of grouped convolution; generated, see GroupedKernels in the codegen folder. */
        final class %1$s {
          private %1$s() {}
        """,
        name);
    for (int cut = 0; cut < CUTS.length; cut++) {
      dispatcher(out, "row1", cut, how);
      dispatcher(out, "row2", cut, how);
      for (int pixels = 1; pixels <= how.mostPixels; pixels++) {
        tile(out, how, "row1", pixels, 3, 1, cut);
        tile(out, how, "row2", pixels, 3, 2, cut);
      }
    }
    dispatcher(out, "tap", 0, how);
    for (int pixels = 1; pixels <= how.mostPixels; pixels++) {
      tile(out, how, "tap", pixels, 1, 1, 0);
    }
    out.println("}");
  }

  private static final String PARAMETERS =
      """
      int tiles, int[] steps, int rows, int channels, float[] a, int aOffset, int aStep,
            float[] index, int indexOffset, float[] b, int bOffset, int bVector,
            float[] start, int startOffset, int startStep, int startVector,
            float[] c, int cOffset, int cStep, int cVector, float low, float high\
      """;

  private static final String ARGUMENTS =
      "tiles, steps, rows, channels, a, aOffset, aStep, index, indexOffset, b, bOffset, bVector, start,"
          + " startOffset, startStep, startVector, c, cOffset, cStep, cVector, low, high";

  private static String name(String kind, int pixels, int cut, How how) {
    return kind + (pixels == 0 ? "" : "x" + pixels) + CUTS[cut] + how.suffix();
  }

  /** One switch over the pixels for each kind and each cut. */
  private static void dispatcher(PrintWriter out, String kind, int cut, How how) {
    out.printf("%n  static void %s(int pixels, %s) {%n", name(kind, 0, cut, how), PARAMETERS);
    out.println("    switch (pixels) {");
    for (int pixels = 1; pixels <= how.mostPixels; pixels++) {
      out.printf("      case %d -> %s(%s);%n", pixels, name(kind, pixels, cut, how), ARGUMENTS);
    }
    out.println("      default -> throw new AssertionError(\"no tile of \" + pixels);");
    out.println("    }");
    out.println("  }");
  }

  private static void tile(
      PrintWriter out, How how, String kind, int pixels, int taps, int spacing, int cut) {
    boolean left = (cut & 1) != 0;
    boolean right = (cut & 2) != 0;
    int columns = (pixels - 1) * spacing + taps;
    int first = left ? 1 : 0;
    int end = right ? columns - 1 : columns;
    out.printf("%n  private static void %s(%s) {%n", name(kind, pixels, cut, how), PARAMETERS);
    out.println("    FloatVector lows = FloatVector.broadcast(SPECIES, low);");
    out.println("    FloatVector highs = FloatVector.broadcast(SPECIES, high);");
    out.println("    for (int tile = 0; tile < tiles; tile++) {");
    out.printf("      int from = aOffset + tile * %d * aStep;%n", pixels * spacing);
    out.printf("      int s = startOffset + tile * %d * startStep;%n", pixels);
    for (int v = 0; v < how.vectors; v++) {
      for (int p = 0; p < pixels; p++) {
        out.printf(
            "      FloatVector c%1$d_%2$d ="
                + " FloatVector.fromArray(SPECIES, start, s + %1$d * startStep%3$s);%n",
            p, v, v == 0 ? "" : " + startVector");
      }
    }
    boolean nested = !how.select && !kind.equals("tap");
    if (nested) {
      out.println("      for (int r = 0; r < rows; r++) {");
      out.println("      int row = from + steps[r * channels];");
      out.printf("      int w = bOffset + r * channels * %d * LANES;%n", taps);
      out.println("      for (int i = 0; i < channels; i++) {");
      out.println("        int at = row + i;");
    } else {
      out.println("      int w = bOffset;");
      out.printf("      for (int i = 0; i < rows * channels; i += %d) {%n", how.channels);
      out.println("        int at = from + steps[i];");
    }
    for (int u = 0; u < how.channels; u++) {
      if (how.select) {
        out.printf(
            "        FloatVector l%1$d ="
                + " FloatVector.fromArray(SPECIES, index, indexOffset + i * LANES + %1$d * LANES);%n",
            u);
      }
      for (int v = 0; v < how.vectors; v++) {
        for (int t = 0; t < taps; t++) {
          out.printf(
              "        FloatVector b%1$d_%2$d_%3$d = FloatVector.fromArray(SPECIES, b,"
                  + " w%6$s + i * %4$d * LANES + %5$d * LANES);%n",
              u, t, v, taps, u * taps + t, v == 0 ? "" : " + bVector");
        }
      }
    }
    for (int k = first; k < end; k++) {
      column(out, how, k, pixels, taps, spacing);
    }
    out.println(nested ? "      }}" : "      }");
    out.printf("      int d = cOffset + tile * %d * cStep;%n", pixels);
    for (int v = 0; v < how.vectors; v++) {
      for (int p = 0; p < pixels; p++) {
        out.printf(
            "      c%1$d_%2$d = c%1$d_%2$d.blend(lows, c%1$d_%2$d.lt(lows));%n"
                + "      c%1$d_%2$d.blend(highs, highs.lt(c%1$d_%2$d))"
                + ".intoArray(c, d + %1$d * cStep%3$s);%n",
            p, v, v == 0 ? "" : " + cVector");
      }
    }
    out.println("    }");
    out.println("  }");
  }

  /** Loads an input column and adds it to the sums that see it. */
  private static void column(PrintWriter out, How how, int k, int pixels, int taps, int spacing) {
    if (how.select) {
      out.printf(
          "        FloatVector v%1$d = FloatVector.fromArray(SPECIES, a, at + %1$d * aStep);%n", k);
    }
    for (int u = 0; u < how.channels; u++) {
      out.printf(
          how.select
              ? "        FloatVector x%2$d_%1$d = l%2$d.selectFrom(v%1$d);%n"
              : "        FloatVector x%2$d_%1$d ="
                  + " FloatVector.broadcast(SPECIES, a[at + %1$d * aStep]);%n",
          k,
          u);
      for (int t = taps - 1; t >= 0; t--) {
        int p = (k - t) / spacing;
        if (k >= t && (k - t) % spacing == 0 && p < pixels) {
          for (int v = 0; v < how.vectors; v++) {
            out.printf(
                "        c%1$d_%2$d = x%5$d_%3$d.fma(b%5$d_%4$d_%2$d, c%1$d_%2$d);%n",
                p, v, k, t, u);
          }
        }
      }
    }
  }
}
