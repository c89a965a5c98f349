import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Prints {@code dev.convector.internal.kernel.DensePointKernels}: register tiles whose rows lie a
 * constant distance apart and whose depth lies in one stretch, as that of 1x1 kernels.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code rows x vectors} computes, for each of its rows {@code i} and each lane {@code j}
 * of its {@code vectors * LANES} columns, with the operands of a {@code DenseTapCall p},
 *
 * <pre>
 *   sum = start[startOffset + j]
 *         + sum over k in [0, depth) of
 *               a[aOffset + k + i * distance] * b[bOffset + k * vectors * LANES + j]
 *   at  = cOffset + i * cStep + j
 *   c[at] = min(high, max(low, onto ? sum + c[at] : sum))
 * </pre>
 *
 * <h2>Why beside DenseTapKernels</h2>
 *
 * Where the depth is listed, C2 checks each row of a variable distance in each step. Here it checks
 * them before the loop: 8x2 has 198, 244 and 267 GFLOP/s at depths of 9, 18 and 48, listed 12x2
 * with a variable distance 180, 207 and 235. So 1x1 kernels need no constants for the distances of
 * their channels, and last rows have a tile of their own that is as good.
 *
 * <h2>Why one and two vectors have constants all the same</h2>
 *
 * Of one vector each broadcast has one use, so that loads, two a cycle, are all that counts, and
 * the addresses of more than 8 rows spill. With a constant distance there is one address: 12x1 has
 * 158, 193 and 227 GFLOP/s, listed 149, 173 and 197, and 8x1 of a variable distance 109, 155 and
 * 200; 12x2 at a depth of 20 252, listed 233 (AMD EPYC, family 26, whose peak is 275; operands in
 * the first-level cache). A layer of 16 to 32 channels at 57x57 takes 1.06 of the time by 8x2.
 *
 * <p>Fences as in DenseTapKernels.
 */
final class DensePointKernels {
  /** Most rows of a tile of three or four vectors. */
  private static final int ROWS = 6;

  /** Most rows of a tile of one or two vectors. */
  private static final int NARROW_ROWS = 8;

  /** Distances that have constants beside those of listed depth. */
  private static final int[] MORE_DISTANCES = {28, 40, 64};

  /** Rows of the tiles whose rows are a constant apart, and most vectors of them. */
  private static final int[] CONSTANT_ROWS = {6, 8, 12};

  private static final int CONSTANT_VECTORS = 2;

  private static final int VECTORS = 4;

  private static final String HEADER =
      """
      package dev.convector.internal.kernel;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import dev.convector.internal.simd.Simd;
      import java.lang.invoke.VarHandle;
      import jdk.incubator.vector.FloatVector;

      /** Generated, see DensePointKernels in the codegen folder. */
      final class DensePointKernels {
        static final int NUMBERS = {count} + 1;

        private static final int INDEX = (1 << 30) - 1;

        private static final boolean FENCED = Simd.FENCED_ROWS;

        private static final int DEPTH = (1 << 20) - 1;

        private DensePointKernels() {}

        /** A number from 1 on for each distance that has tiles with a constant for it, else 0. */
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

  private static final String HEIGHT =
      """
            case {rows} -> any{rows}x{vectors}(p, tiles);
      """;

  private static final String DISTANCES_START =
      """

        /** One or two vectors, 6, 8 or 12 rows one of the constant distances apart. */
        static void constant(DenseTapCall p, int rows, int tiles) {
          switch ((p.distance * 100 + rows) * 10 + p.vectors) {
      """;

  private static final String DISTANCE =
      """
            case {(distance * 100 + rows) * 10 + vectors} -> by{distance}Tile{rows}x{vectors}(p, tiles);
      """;

  private static final String DISTANCES_END =
      """
            default -> throw new AssertionError("no tile of rows " + p.distance + " apart");
          }
        }
      """;

  private static final String TILE =
      """

        private static void {name}{rows}x{vectors}(DenseTapCall p, int tiles) {
          float[] a = p.a;
          float[] b = p.b;
          int bOffset = p.bOffset;
          int depth = p.depth & DEPTH;
          for (int t = 0; t < tiles; t++) {
            @if constant
            int aOffset = (p.aOffset + t * {rows * distance}) & INDEX;
            @else
            int a{i} = (p.aOffset + (t * {rows} + {i}) * p.distance) & INDEX;
            @end
            FloatVector s{v} = FloatVector.fromArray(SPECIES, p.start, p.startOffset + {v} * LANES);
            FloatVector c{i}_{v} = s{v};
            for (int k = 0; k < depth; k++) {
              @fence
              FloatVector b{v} = FloatVector.fromArray(SPECIES, b, bOffset + k * {vectors} * LANES + {v} * LANES);
              @fence
              @for i
              @if constant
              FloatVector x{i} = FloatVector.broadcast(SPECIES, a[aOffset + k + {i * distance}]);
              @else
              FloatVector x{i} = FloatVector.broadcast(SPECIES, a[a{i} + k]);
              @end
              c{i}_{v} = x{i}.fma(b{v}, c{i}_{v});
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

  private DensePointKernels() {}

  static void write(String root) throws IOException {
    int[] distances =
        Stream.of(DenseTapKernels.DISTANCES, DenseTapKernels.NARROW_DISTANCES, MORE_DISTANCES)
            .flatMapToInt(Arrays::stream)
            .toArray();
    StringBuilder out =
        new StringBuilder(
            Template.of(HEADER)
                .set("numbers", DenseTapKernels.numbers(distances))
                .set("count", distances.length)
                .index("v", VECTORS)
                .expand());
    for (int vectors = 1; vectors <= VECTORS; vectors++) {
      int mostRows = vectors <= 2 ? NARROW_ROWS : ROWS;
      out.append(shape(DenseTapKernels.HEIGHTS_START, 0, vectors).expand());
      for (int rows = 1; rows <= mostRows; rows++) {
        out.append(shape(HEIGHT, rows, vectors).expand());
      }
      out.append(DenseTapKernels.HEIGHTS_END);
      for (int rows = 1; rows <= mostRows; rows++) {
        out.append(tile("any", rows, vectors, 0));
      }
    }
    StringBuilder constants = new StringBuilder();
    out.append(DISTANCES_START);
    for (int distance : distances) {
      for (int rows : CONSTANT_ROWS) {
        for (int vectors = 1; vectors <= CONSTANT_VECTORS; vectors++) {
          out.append(shape(DISTANCE, rows, vectors).set("distance", distance).expand());
          constants.append(tile("by" + distance + "Tile", rows, vectors, distance));
        }
      }
    }
    out.append(DISTANCES_END).append(constants).append("}\n");
    Template.write(root, "dev.convector.internal.kernel", "DensePointKernels", out.toString());
  }

  private static Template shape(String text, int rows, int vectors) {
    return Template.of(text).set("rows", rows).set("vectors", vectors);
  }

  /**
   * @param distance from row to row; 0 for a variable one
   */
  private static String tile(String name, int rows, int vectors, int distance) {
    return shape(DenseTapKernels.fenced(TILE, rows, vectors), rows, vectors)
        .set("name", name)
        .set("constant", distance > 0)
        .set("distance", distance)
        .index("i", rows)
        .index("v", vectors)
        .expand();
  }
}
