import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Prints {@code dev.convector.internal.grouped.GroupedPixelKernels}: tiles of filters times vectors
 * of neighbouring pixels, for channels-first convolution with few channels a group.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of {@code filters x vectors}, the {@code t}-th vector of a strip and those after it,
 * computes, for each filter {@code f}, vector {@code v} and lane {@code l}, with the operands of a
 * {@code GroupedPixelCall p},
 *
 * <pre>
 *   sum[f][v][l] = bias[biasOffset + f]
 *                  + sum over i in [0, depth) of
 *                        b[bOffset + i * FILTERS + f] * a[aOffset + steps[i] + v * LANES + l]
 *   c[cOffset + min(f, last) * cPlane + places[t + v] + l] =
 *       clamp( sum[f][v][lanes[(t + v) * LANES + l]] )
 * </pre>
 *
 * <ul>
 *   <li>{@code steps}: where each step of the depth (a channel and a tap) lies in the input. A
 *       table, so that one method serves every kernel, stride and dilation; its loads and the range
 *       checks are hidden behind the 16 multiply-adds of a step.
 *   <li>{@code lanes}, {@code places}: the rows of the input lie further apart than those of the
 *       output, so that a vector may hold lanes between two rows. A permutation moves those to its
 *       end, where the next vector's store overwrites them: stores go upwards through the plane.
 *   <li>{@code last}: the last filter; those after it are its copies and are stored where it is.
 *   <li>The clamp, as in DenseKernels.
 * </ul>
 *
 * A {@code resumed} tile starts from {@code sums[sumsOffset + (f * VECTORS + v) * LANES + l]}
 * instead of the bias, a {@code tile}'s results with a {@code cPlane} of so many pixels.
 *
 * <p>A {@code turned} tile has all filters of a channels-last output, which it interleaves as
 * TransposeKernels does, and stores at
 *
 * <pre>
 *   c[cOffset + (places[t + v] + l) * FILTERS + f]
 * </pre>
 *
 * Through planes in scratch 8 filters of 32 pixels took 230 cycles beside their products: 3x3 from
 * one channel takes 0.5 of the time (AMD EPYC, family 26).
 *
 * <h2>Which shapes</h2>
 *
 * Almost every load of a vector of pixels crosses a cache line and so costs two cycles on Zen 4,
 * where a multiply-add and the load of a weight cost one: 8x2 has 16 multiply-adds for 12 cycles of
 * loads, 4x4 as many. 8x3, 4x5 and 4x6 were no faster (256 channels at 28x28, 8 a group: 330 us
 * against 324; 128 at 56x56, 4 a group: 372 against 349), and waste more where pixels are few. 4x2
 * is for 16 registers; 2x8 and 1x8 are for one group of so few filters.
 */
final class GroupedPixelKernels {
  /** Filters and vectors. */
  private static final int[][] TILES = {{8, 2}, {4, 4}, {4, 2}, {2, 8}, {1, 8}};

  private static final String HEADER =
      """
      package dev.convector.internal.grouped;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import java.util.Arrays;
      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /** Generated, see GroupedPixelKernels in the codegen folder. */
      final class GroupedPixelKernels {
        private static final IntVector LOW = pairs(0);
        private static final IntVector HIGH = pairs(LANES / 2);

        private GroupedPixelKernels() {}

        /** Elements of two vectors in turn, from the first one on. */
        private static IntVector pairs(int first) {
          int[] indexes = new int[LANES];
          Arrays.setAll(indexes, l -> first + l / 2 + l % 2 * LANES);
          return IntVector.fromArray(INTS, indexes, 0);
        }
      """;

  private static final String CASES_START =
      """

        static void {name}(GroupedPixelCall p, int t) {
          switch (p.filters * 10 + p.vectors) {
      """;

  private static final String CASE =
      """
            case {filters}{vectors} -> {name}{filters}x{vectors}(p, t);
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no tile " + p.filters + 'x' + p.vectors);
          }
        }
      """;

  private static final String TILE =
      """

        private static void {name}{filters}x{vectors}(GroupedPixelCall p, int t) {
          int[] steps = p.steps;
          int depth = p.depth;
          float[] a = p.a;
          float[] b = p.b;
          int aOffset = p.aOffset;
          int bOffset = p.bOffset;
          @if resumed
          FloatVector c{f}_{v} = FloatVector.fromArray(SPECIES, p.sums, p.sumsOffset + ({f} * {vectors} + {v}) * LANES);
          @else
          FloatVector s{f} = FloatVector.broadcast(SPECIES, p.bias[p.biasOffset + {f}]);
          FloatVector c{f}_{v} = s{f};
          @end
          for (int i = 0; i < depth; i++) {
            int at = aOffset + steps[i];
            FloatVector x{v} = FloatVector.fromArray(SPECIES, a, at + {v} * LANES);
            @for f
            FloatVector w{f} = FloatVector.broadcast(SPECIES, b[bOffset + i * {filters} + {f}]);
            c{f}_{v} = x{v}.fma(w{f}, c{f}_{v});
            @end
          }
          @clamp c{f}_{v}
          float[] c = p.c;
          IntVector l{v} = IntVector.fromArray(INTS, p.lanes, (t + {v}) * LANES);
          @if turned
          int p{v} = p.cOffset + p.places[t + {v}] * {filters};
          @for v
          IntVector i{f}_{v} = l{v}.selectFrom(c{f}_{v}.reinterpretAsInts());
          @end
      {lines}
          @else
          int last = p.last;
          int cPlane = p.cPlane;
          int p{v} = p.cOffset + p.places[t + {v}];
          @for f
          int r{f} = Math.min({f}, last) * cPlane;
          l{v}.selectFrom(c{f}_{v}.reinterpretAsInts()).reinterpretAsFloats().intoArray(c, p{v} + r{f});
          @end
          @end
        }
      """;

  private GroupedPixelKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(HEADER);
    for (String name : new String[] {"tile", "turned", "resumed"}) {
      boolean turned = name.equals("turned");
      out.append(Template.of(CASES_START).set("name", name).expand());
      for (int[] tile : TILES) {
        if (!turned || tile[0] > 1) {
          out.append(of(CASE, tile).set("name", name).expand());
        }
      }
      out.append(CASES_END);
      for (int[] tile : TILES) {
        if (!turned || tile[0] > 1) {
          out.append(
              of(TILE, tile)
                  .set("name", name)
                  .set("turned", turned)
                  .set("resumed", name.equals("resumed"))
                  .set("lines", turned ? interleave(tile[0], tile[1]) : "")
                  .index("f", tile[0])
                  .index("v", tile[1])
                  .expand());
        }
      }
    }
    Template.write(
        root,
        "dev.convector.internal.grouped",
        "GroupedPixelKernels",
        out.append("}\n").toString());
  }

  /** Lines that interleave the filters of each vector of pixels, and store them. */
  private static String interleave(int filters, int vectors) {
    List<String> lines = new ArrayList<>();
    for (int v = 0; v < vectors; v++) {
      String suffix = "_" + v;
      List<String> planes = IntStream.range(0, filters).mapToObj(f -> "i" + f + suffix).toList();
      List<String> dense = TransposeKernels.dense(planes, lines);
      for (int q = 0; q < filters; q++) {
        lines.add(
            "%s.reinterpretAsFloats().intoArray(c, p%d + %d * LANES);"
                .formatted(dense.get(q), v, q));
      }
    }
    return "    " + String.join("\n    ", lines);
  }

  private static Template of(String text, int[] tile) {
    return Template.of(text).set("filters", tile[0]).set("vectors", tile[1]);
  }
}
