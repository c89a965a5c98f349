import static java.util.Arrays.stream;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.util.stream.IntStream;

/**
 * Prints {@code dev.convector.internal.kernel.DenseTapKernels}: register tiles whose rows lie a
 * constant distance apart and whose depth lies anywhere.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code rows x vectors} computes, for each of its rows {@code i} and each lane {@code j}
 * of its {@code vectors * LANES} columns, with the operands of a {@code DenseTapCall p},
 *
 * <pre>
 *   sum = start[startOffset + j]
 *         + sum over k in [0, depth) of
 *               a[aOffset + taps[tap + k] + i * distance] * b[bOffset + k * vectors * LANES + j]
 *   at  = cOffset + i * cStep + j
 *   c[at] = min(high, max(low, onto ? sum + c[at] : sum))
 * </pre>
 *
 * <h2>Why beside DenseKernels</h2>
 *
 * Neighbouring output pixels read their windows from padded scratch a constant distance apart, and
 * a window's elements lie at listed places from its first. So nothing is unfolded: with 3 channels
 * and few filters that took longer than the products.
 *
 * <h2>Why distances are constants</h2>
 *
 * C2 can't take checks out of the loop where an index is read from a table. With rows {@code {i} *
 * 6} apart it merges those of all rows into two, and the rows' elements are one address with a
 * displacement: 12x2 has 239 GFLOP/s at a depth of 27 where the multiply-add peak is 270, 12x1 167.
 * With a variable distance each row has a check and an address of its own: 220 and 120 (AMD EPYC,
 * family 26). The mask says that {@code at + {i} * 6} doesn't overflow; the left operand is scratch
 * and never that long.
 *
 * <p>So the tiles of 6, 8 and 12 rows exist for each of {@code DISTANCES}, the stride times the
 * channels of first layers; {@code any} tiles are for remainders and all other distances. Of one
 * vector 6 rows have nearly the speed of 12, and any 8 rows half of it: 163, 173 and 104 GFLOP/s at
 * a depth of 18.
 *
 * <h2>Why fences where there are 16 registers</h2>
 *
 * Six rows of two vectors are 12 sums, two vectors and a broadcast, if there is one at a time.
 * Since nothing is checked between the rows C2 loads two or all of them first and keeps a sum on
 * the stack, whose load, multiply-add and store wait for each other once a step: a 7x7 first layer
 * with stride 2, 3 to 64 channels, took 4.8 ms and takes 2.3, 1x1 from 32 to 64 at 112x112 1.10 and
 * 0.54 (UseAVX=2, Zen 4).
 */
final class DenseTapKernels {
  static final int[] DISTANCES = {1, 2, 3, 4, 5, 6, 8, 9, 12, 16, 24, 32};

  /**
   * Of one and two vectors more, which gain most: channels, or twice as many, of small networks. 36
   * is also that of six groups of 3 channels with stride 2: to 16 filters each at 86x86 0.56 of the
   * time (Emerald Rapids).
   */
  static final int[] NARROW_DISTANCES = {7, 10, 14, 15, 18, 20, 36, 48};

  /** Most rows of a tile of three or four vectors. */
  private static final int ROWS = 6;

  /** Most rows of a tile of one or two vectors. */
  private static final int NARROW_ROWS = 12;

  /** Rows of tiles of three or four vectors that are a constant apart. */
  private static final int[] TALL_ROWS = {6};

  /** The same of one or two vectors. */
  private static final int[] NARROW_TALL_ROWS = {6, 8, 12};

  private static final int VECTORS = 4;

  private static final String HEADER =
      """
      package dev.convector.internal.kernel;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import dev.convector.internal.simd.Simd;
      import java.lang.invoke.VarHandle;
      import jdk.incubator.vector.FloatVector;

      /** Generated, see DenseTapKernels in the codegen folder. */
      final class DenseTapKernels {
        static final int NUMBERS = {count} + 1;

        private static final int INDEX = (1 << 30) - 1;

        private static final boolean FENCED = Simd.FENCED_ROWS;

        private DenseTapKernels() {}

        /** Whether tiles of any number of vectors have a constant for a distance. */
        static boolean hasAllVectors(int distance) {
          return switch (distance) {
            case {distances} -> true;
            default -> false;
          };
        }

        /**
         * A number from 1 on for each distance that the tallest tiles of one and of two vectors have
         * a constant for, else 0.
         */
        static int number(int distance) {
          return switch (distance) {
      {numbers}
            default -> 0;
          };
        }

        static void tiles(DenseTapCall p, int rows, int tiles) {
          switch (p.vectors) {
            case {v + 1} -> tiles{v + 1}(p, rows, tiles);
            default -> throw new AssertionError("no tile of " + p.vectors + " vectors");
          }
        }
      """;

  static final String HEIGHTS_START =
      """

        private static void tiles{vectors}(DenseTapCall p, int rows, int tiles) {
          switch (rows) {
      """;

  private static final String HEIGHT =
      """
            @if tall
            case {rows} -> tall{rows}x{vectors}(p, tiles);
            @else
            case {rows} -> any{rows}x{vectors}(p, tiles);
            @end
      """;

  static final String HEIGHTS_END =
      """
            default -> throw new AssertionError("no tile of " + rows + " rows");
          }
        }
      """;

  private static final String DISTANCES_START =
      """

        private static void tall{rows}x{vectors}(DenseTapCall p, int tiles) {
          switch (p.distance) {
      """;

  private static final String DISTANCE =
      """
            case {distance} -> by{distance}Tile{rows}x{vectors}(p, tiles);
      """;

  private static final String DISTANCES_END =
      """
            default -> any{rows}x{vectors}(p, tiles);
          }
        }
      """;

  private static final String TILE =
      """

        private static void {name}{rows}x{vectors}(DenseTapCall p, int tiles) {
          float[] a = p.a;
          float[] b = p.b;
          int[] taps = p.taps;
          int tap = p.tap;
          int bOffset = p.bOffset;
          int depth = p.depth;
          for (int t = 0; t < tiles; t++) {
            @if constant
            int aOffset = p.aOffset + t * {rows * distance};
            @else
            int a{i} = (p.aOffset + (t * {rows} + {i}) * p.distance) & INDEX;
            @end
            FloatVector s{v} = FloatVector.fromArray(SPECIES, p.start, p.startOffset + {v} * LANES);
            FloatVector c{i}_{v} = s{v};
            for (int k = 0; k < depth; k++) {
              @if constant
              int at = (aOffset + taps[tap + k]) & INDEX;
              @else
              int at = taps[tap + k] & INDEX;
              @end
              @fence
              FloatVector b{v} = FloatVector.fromArray(SPECIES, b, bOffset + k * {vectors} * LANES + {v} * LANES);
              @fence
              @for i
              @if constant
              FloatVector x{i} = FloatVector.broadcast(SPECIES, a[at + {i * distance}]);
              @else
              FloatVector x{i} = FloatVector.broadcast(SPECIES, a[a{i} + at]);
              @end
              c{i}_{v} = x{i}.fma(b{v}, c{i}_{v});
              @fence
              @end
            }
            float[] c = p.c;
            int r{i} = p.cOffset + (t * {rows} + {i}) * p.cStep;
            if (p.onto) {
              c{i}_{v} = c{i}_{v}.add(FloatVector.fromArray(SPECIES, c, r{i} + {v} * LANES));
            }
            @clamp c{i}_{v}
            c{i}_{v}.intoArray(c, r{i} + {v} * LANES);
          }
        }
      """;

  private DenseTapKernels() {}

  static void write(String root) throws IOException {
    int[] narrow = IntStream.concat(stream(DISTANCES), stream(NARROW_DISTANCES)).toArray();
    StringBuilder out =
        new StringBuilder(
            Template.of(HEADER)
                .set("numbers", numbers(narrow))
                .set("count", narrow.length)
                .set(
                    "distances",
                    stream(DISTANCES).mapToObj(Integer::toString).collect(joining(", ")))
                .index("v", VECTORS)
                .expand());
    for (int vectors = 1; vectors <= VECTORS; vectors++) {
      int mostRows = vectors <= 2 ? NARROW_ROWS : ROWS;
      int[] distances = vectors <= 2 ? narrow : DISTANCES;
      int[] tall = vectors <= 2 ? NARROW_TALL_ROWS : TALL_ROWS;
      out.append(shape(HEIGHTS_START, 0, vectors).expand());
      for (int rows = 1; rows <= mostRows; rows++) {
        int height = rows;
        boolean isTall = stream(tall).anyMatch(t -> t == height);
        out.append(shape(HEIGHT, rows, vectors).set("tall", isTall).expand());
      }
      out.append(HEIGHTS_END);
      for (int rows = 1; rows <= mostRows; rows++) {
        out.append(tile("any", rows, vectors, 0));
      }
      for (int rows : tall) {
        out.append(shape(DISTANCES_START, rows, vectors).expand());
        for (int distance : distances) {
          out.append(shape(DISTANCE, rows, vectors).set("distance", distance).expand());
        }
        out.append(shape(DISTANCES_END, rows, vectors).expand());
        for (int distance : distances) {
          out.append(tile("by" + distance + "Tile", rows, vectors, distance));
        }
      }
    }
    Template.write(
        root, "dev.convector.internal.kernel", "DenseTapKernels", out.append("}\n").toString());
  }

  /** Cases that number distances from 1 on. */
  static String numbers(int[] distances) {
    return IntStream.range(0, distances.length)
        .mapToObj(i -> "      case " + distances[i] + " -> " + (i + 1) + ";")
        .collect(joining("\n"));
  }

  /**
   * A tile's text with fences or without: 12 sums, two vectors and one broadcast fit 16 registers,
   * two broadcasts don't.
   */
  static String fenced(String text, int rows, int vectors) {
    return vectors == 2 && rows <= ROWS ? text : Template.splice(text, "fence", "");
  }

  private static Template shape(String text, int rows, int vectors) {
    return Template.of(text).set("rows", rows).set("vectors", vectors);
  }

  /**
   * @param distance from row to row; 0 for a variable one
   */
  private static String tile(String name, int rows, int vectors, int distance) {
    return shape(fenced(TILE, rows, vectors), rows, vectors)
        .set("name", name)
        .set("constant", distance > 0)
        .set("distance", distance)
        .index("i", rows)
        .index("v", vectors)
        .expand();
  }
}
