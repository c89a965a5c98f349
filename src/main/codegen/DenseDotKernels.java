import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.dense.DenseDotKernels}: products of pixels and few filters,
 * or few filters a group, with the depth in the lanes, for channels-last 1x1 kernels whose filters
 * would leave the lanes of other kernels empty.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * With the operands of a {@code DenseDotCall p}, for each of {@code rows} pixels {@code i} and each
 * of {@code filters} filters {@code f}
 *
 * <pre>
 *   c[to + i * filters + f] = bias[filter + i * filters + f]
 *       + sum over j in [0, depth) of a[from + i * aStep + j] * b[bOffset + f * bStep + j]
 *       + sum over l in [0, LANES) of
 *             (a[from + i * aStep + last + l] & mask[l]) * b[bOffset + f * bStep + depth + l]
 * </pre>
 *
 * <p>{@code depth} is whole vectors; the second sum is there only if {@code ragged}: a vector that
 * ends with the pixel, without the elements that the first sum had, or of fewer channels than lanes
 * one that begins with it. A tile writes whole vectors, whose lanes beyond its results are
 * arbitrary: tiles go upwards.
 *
 * <p>{@code filter} is {@code p.biasOffset}. But of groups {@code i} is a group of one pixel, from
 * a first one whose first filter it is: each group's elements begin {@code p.group} further, it has
 * filters of its own, and so many tiles follow one another in all arrays. Groups of up to a vector
 * of channels have no loop over the depth.
 *
 * <h2>How lanes are added</h2>
 *
 * Two vectors become one that holds the sums of neighbours of the first and then of the second. So
 * the accumulators are halved until a vector holds the results, in order. Not by {@code
 * reduceLanes}, whose order C2 and the interpreter choose: bits must not depend on who runs it.
 *
 * <h2>Which shapes</h2>
 *
 * 8 sums hide the latency of multiply-adds, two of which start in a cycle; so many a tile has where
 * there are enough pixels, and a half and a quarter of its pixels for what is left. One order of
 * all sums, whatever the tile: the bits of an image must not depend on its neighbours in a batch.
 * So a sum isn't parted where there are few.
 */
final class DenseDotKernels {
  private static final int LEAST_LANES = 4;
  private static final int MOST_LANES = 16;

  /** Pixels and filters. */
  private static final int[][] TILES = {
    {8, 1}, {4, 1}, {2, 1}, {1, 1}, {4, 2}, {2, 2}, {1, 2}, {4, 3}, {2, 3}, {1, 3},
    {2, 4}, {1, 4}, {2, 5}, {1, 5}, {2, 6}, {1, 6}, {2, 7}, {1, 7}, {2, 8}, {1, 8}
  };

  private static final String HEADER =
      """
      package dev.convector.internal.dense;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /** Generated, see DenseDotKernels in the codegen folder. */
      final class DenseDotKernels {
        /** The widest vectors whose lanes they add. */
        static final int MOST_LANES = {mostLanes};

        private static final IntVector EVEN = IntVector.zero(INTS).addIndex(2);
        private static final IntVector ODD = EVEN.add(1);

        private DenseDotKernels() {}

        static void tile(DenseDotCall p, int rows, int filters, int from, int to) {
          switch (rows * 10 + filters) {
      """;

  private static final String CASE =
      """
            case {rows}{filters} -> tile{rows}x{filters}(p, from, to);
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no tile " + rows + 'x' + filters);
          }
        }
      """;

  private static final String TILE =
      """

        private static void tile{rows}x{filters}(DenseDotCall p, int from, int to) {
          float[] a = p.a;
          float[] b = p.b;
          float[] c = p.c;
          float[] bias = p.bias;
          int filter = p.biasOffset;
          int depth = p.depth;
          int a{i} = from + {i} * p.aStep;
          int b{f} = p.bOffset + {f} * p.bStep;
          FloatVector s{i}_{f} = FloatVector.zero(SPECIES);
          for (int j = 0; j < depth; j += LANES) {
            FloatVector y{f} = FloatVector.fromArray(SPECIES, b, b{f} + j);
            @for i
            FloatVector x{i} = FloatVector.fromArray(SPECIES, a, a{i} + j);
            s{i}_{f} = x{i}.fma(y{f}, s{i}_{f});
            @end
          }
          if (p.ragged) {
            IntVector mask = IntVector.fromArray(INTS, p.mask, 0);
            FloatVector y{f} = FloatVector.fromArray(SPECIES, b, b{f} + depth);
            @for i
            IntVector m{i} = FloatVector.fromArray(SPECIES, a, a{i} + p.last).reinterpretAsInts();
            FloatVector x{i} = m{i}.and(mask).reinterpretAsFloats();
            s{i}_{f} = x{i}.fma(y{f}, s{i}_{f});
            @end
          }
          IntVector v0_{i * filters + f} = s{i}_{f}.reinterpretAsInts();
      """;

  private static final String GROUPS_START =
      """

        static void groups(DenseDotCall p, int rows, int filters, int tiles, int from, int to, int f) {
          switch (rows * 10 + filters + (p.group <= LANES ? 0 : 100)) {
      """;

  private static final String GROUPS_CASE =
      """
            case {number} -> {kind}{rows}x{filters}(p, tiles, from, to, f);
      """;

  private static final String GROUPS =
      """

        private static void {kind}{rows}x{filters}(
            DenseDotCall p, int tiles, int from, int at, int first) {
          float[] a = p.a;
          float[] b = p.b;
          float[] c = p.c;
          float[] bias = p.bias;
          int aGroup = p.group;
          int bStep = p.bStep;
          int a0 = from;
          int to = at;
          int filter = first;
          int b0 = p.bOffset + filter * bStep;
          IntVector mask = IntVector.fromArray(INTS, p.mask, 0);
          @if deep
          int depth = p.depth;
          int last = p.last;
          boolean ragged = p.ragged;
          @end
          for (int tile = 0; tile < tiles; tile++) {
            @for i
            int a{i + 1} = a{i} + aGroup;
            @end
            @for k
            int b{k + 1} = b{k} + bStep;
            @end
            @if deep
            FloatVector s{i}_{f} = FloatVector.zero(SPECIES);
            for (int j = 0; j < depth; j += LANES) {
              @for i
              FloatVector x{i} = FloatVector.fromArray(SPECIES, a, a{i} + j);
              FloatVector y{i}_{f} = FloatVector.fromArray(SPECIES, b, b{i * filters + f} + j);
              s{i}_{f} = x{i}.fma(y{i}_{f}, s{i}_{f});
              @end
            }
            if (ragged) {
              @for i
              IntVector m{i} = FloatVector.fromArray(SPECIES, a, a{i} + last).reinterpretAsInts();
              FloatVector x{i} = m{i}.and(mask).reinterpretAsFloats();
              FloatVector y{i}_{f} = FloatVector.fromArray(SPECIES, b, b{i * filters + f} + depth);
              s{i}_{f} = x{i}.fma(y{i}_{f}, s{i}_{f});
              @end
            }
            @else
            @for i
            IntVector m{i} = FloatVector.fromArray(SPECIES, a, a{i}).reinterpretAsInts();
            FloatVector x{i} = m{i}.and(mask).reinterpretAsFloats();
            FloatVector y{i}_{f} = FloatVector.fromArray(SPECIES, b, b{i * filters + f});
            FloatVector s{i}_{f} = x{i}.mul(y{i}_{f});
            @end
            @end
            IntVector v0_{i * filters + f} = s{i}_{f}.reinterpretAsInts();
      """;

  private static final String GROUPS_END =
      """
            a0 = a{rows};
            b0 = b{sums};
            to += {sums};
            filter += {sums};
          }
        }
      """;

  private static final String HALVE =
      """
          IntVector v{to}_{h} = EVEN.selectFrom(v{from}_{left}, v{from}_{right}).reinterpretAsFloats()
              .add(ODD.selectFrom(v{from}_{left}, v{from}_{right}).reinterpretAsFloats())
              .reinterpretAsInts();
      """;

  private static final String STORE =
      """
          if (LANES == {lanes}) {
            FloatVector r{h} = v{to}_{h}.reinterpretAsFloats();
            FloatVector d{h} = FloatVector.fromArray(SPECIES, bias, filter + {h} * LANES);
            r{h}.add(d{h}).intoArray(c, to + {h} * LANES);
          }
      """;

  private DenseDotKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out =
        new StringBuilder(Template.of(HEADER).set("mostLanes", MOST_LANES).expand());
    for (int[] tile : TILES) {
      out.append(of(CASE, tile).expand());
    }
    out.append(CASES_END);
    for (int[] tile : TILES) {
      out.append(of(TILE, tile).index("i", tile[0]).index("f", tile[1]).expand());
      addLanes(out, tile[0] * tile[1]);
      out.append("  }\n");
    }
    out.append(GROUPS_START);
    for (boolean deep : new boolean[] {false, true}) {
      for (int[] tile : TILES) {
        int number = (deep ? 100 : 0) + tile[0] * 10 + tile[1];
        out.append(ofGroups(GROUPS_CASE, tile, deep).set("number", number).expand());
      }
    }
    out.append(CASES_END);
    for (boolean deep : new boolean[] {false, true}) {
      for (int[] tile : TILES) {
        int sums = tile[0] * tile[1];
        out.append(
            ofGroups(GROUPS, tile, deep)
                .index("i", tile[0])
                .index("f", tile[1])
                .index("k", sums)
                .expand());
        addLanes(out, sums);
        out.append(of(GROUPS_END, tile).set("sums", sums).expand());
      }
    }
    Template.write(
        root, "dev.convector.internal.dense", "DenseDotKernels", out.append("}\n").toString());
  }

  private static Template ofGroups(String text, int[] tile, boolean deep) {
    return of(text, tile).set("deep", deep).set("kind", deep ? "deep" : "groups");
  }

  /** Halves so many accumulators until a vector holds one of each, for each number of lanes. */
  private static void addLanes(StringBuilder out, int accumulators) {
    int count = accumulators;
    for (int level = 1; 1 << level <= MOST_LANES; level++) {
      int last = count - 1;
      count = Math.ceilDiv(count, 2);
      for (int h = 0; h < count; h++) {
        out.append(
            Template.of(HALVE)
                .set("from", level - 1)
                .set("to", level)
                .set("h", h)
                .set("left", 2 * h)
                .set("right", Math.min(2 * h + 1, last))
                .expand());
      }
      if (1 << level >= LEAST_LANES) {
        out.append(
            Template.of(STORE)
                .set("lanes", 1 << level)
                .set("to", level)
                .index("h", count)
                .expand());
      }
    }
  }

  private static Template of(String text, int[] tile) {
    return Template.of(text).set("rows", tile[0]).set("filters", tile[1]);
  }
}
