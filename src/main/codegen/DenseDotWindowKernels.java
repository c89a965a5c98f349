import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.dense.DenseDotWindowKernels}: sums of products of few
 * filters with the depth in the lanes, for channels-last windows of any size whose filters would
 * leave the lanes of the dense kernels empty.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>The contract of a tile</h2>
 *
 * With the operands of a {@code DenseDotWindowCall p}, for each of {@code rows} pixels {@code i},
 * each of {@code filters} filters {@code f} and each lane {@code l}, and {@code at = to + i * cStep
 * + f * LANES + l},
 *
 * <pre>
 *   sums[at] = (onto ? sums[at] : 0)
 *       + sum over t in [0, steps) of
 *             a[from + i * aStep + taps[t] + l] * b[bOffset + (t * filters + f) * LANES + l]
 *       + sum over t in [0, endSteps) of
 *             (a[from + i * aStep + ends[t] + l] & mask[l]) * b[bEnds + (t * filters + f) * LANES + l]
 * </pre>
 *
 * <p>The steps are the vectors of a window's runs of contiguous input. A vector that ends with a
 * run is masked: it has elements again that the one before had. Of some tiles each is {@code aTile}
 * further in the input and {@code cTile} in the sums. {@code onto} is a factor, {@code start} the
 * sums or zeros: so nothing branches.
 *
 * <h2>Why indexes are masked</h2>
 *
 * C2 can't take checks out of the loop where an index is read from a table. An address for each
 * pixel, hoisted, would be more than it has registers for; the mask keeps C2 from that, and tells
 * it that the sum doesn't overflow. Weights follow one another instead, so that theirs are checked
 * before the loop: with places of theirs in the table a tile of 4x5 takes 1.14 of the time. A loop
 * along each run, without a table, gains nothing from 12 vectors a run on and takes 1.2 times as
 * long with 6, 2.1 with 2.
 *
 * <h2>How lanes are added</h2>
 *
 * {@code add} makes a float of each vector of sums, and adds {@code start} to it. Two vectors
 * become one that holds the sums of neighbours of the first and then of the second, until a vector
 * holds LANES results, in order. Not by {@code reduceLanes}, whose order C2 and the interpreter
 * choose: bits must not depend on who runs it. It writes whole vectors, whose lanes beyond the
 * results are arbitrary.
 *
 * <p>1x1 kernels of one group take 1.3 to 1.7 of the time of DenseDotKernels, whose tiles add their
 * lanes at once and go along one run.
 *
 * <h2>Which shapes</h2>
 *
 * 8 sums hide the latency of multiply-adds, two of which start in a cycle; so many a tile has where
 * there are enough pixels, and a half and a quarter of its pixels for what is left. One order of
 * all sums, whatever the tile: the bits of an image must not depend on its neighbours in a batch.
 */
final class DenseDotWindowKernels {
  private static final int MOST_LANES = 16;

  private static final int MOST_FILTERS = 8;

  /** Pixels and filters. */
  private static final int[][] TILES = {
    {8, 1}, {4, 1}, {2, 1}, {1, 1}, {4, 2}, {2, 2}, {1, 2}, {4, 3}, {2, 3}, {1, 3}, {4, 4}, {2, 4},
    {1, 4}, {2, 5}, {1, 5}, {2, 6}, {1, 6}, {2, 7}, {1, 7}, {2, 8}, {1, 8}
  };

  private static final String HEADER =
      """
      package dev.convector.internal.dense;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /** Generated, see DenseDotWindowKernels in the codegen folder. */
      final class DenseDotWindowKernels {
        /** The widest vectors whose lanes they add. */
        static final int MOST_LANES = {mostLanes};

        /** The longest input whose indexes the masks of the tiles leave as they are. */
        static final int MOST_FLOATS = 1 << 30;

        private static final int INDEX = MOST_FLOATS - 1;

        private static final IntVector EVEN = IntVector.zero(INTS).addIndex(2);
        private static final IntVector ODD = EVEN.add(1);

        private DenseDotWindowKernels() {}

        static void tiles(DenseDotWindowCall p, int rows, int filters, int from, int to, int tiles) {
          switch (rows * 10 + filters) {
      """;

  private static final String CASE =
      """
            case {rows}{filters} -> tiles{rows}x{filters}(p, from, to, tiles);
      """;

  private static final String FAR_START =
      """

        /** Tiles of one pixel, for inputs longer than {@link #MOST_FLOATS}. */
        static void far(DenseDotWindowCall p, int filters, int from, int to, int tiles) {
          switch (filters) {
      """;

  private static final String FAR_CASE =
      """
            case {filters} -> far1x{filters}(p, from, to, tiles);
      """;

  private static final String FAR_END =
      """
            default -> throw new AssertionError("no tile of " + filters + " filters");
          }
        }
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no tile " + rows + 'x' + filters);
          }
        }
      """;

  private static final String TILE =
      """

        private static void {name}{rows}x{filters}(DenseDotWindowCall p, int from, int to, int tiles) {
          float[] a = p.a;
          float[] b = p.b;
          float[] c = p.sums;
          int[] taps = p.taps;
          int[] ends = p.ends;
          int aStep = p.aStep;
          int cStep = p.cStep;
          int bOffset = p.bOffset & INDEX;
          int bEnds = p.bEnds & INDEX;
          int steps = p.steps;
          int endSteps = p.endSteps;
          float[] start = p.start;
          int onto = p.onto;
          IntVector mask = IntVector.fromArray(INTS, p.mask, 0);
          for (int tile = 0; tile < tiles; tile++) {
            int aOffset = from + tile * p.aTile;
            int c0 = (to + tile * p.cTile) & INDEX;
            int c{i + 1} = (c{i} + cStep) & INDEX;
            int d{i} = onto * c{i};
            FloatVector s{i}_{f} = FloatVector.fromArray(SPECIES, start, d{i} + {f} * LANES);
            for (int t = 0; t < steps; t++) {
              int a0 = (aOffset + taps[t]){masked};
              int b0 = bOffset + t * ({filters} * LANES);
              FloatVector y{f} = FloatVector.fromArray(SPECIES, b, b0 + {f} * LANES);
              @for i
              FloatVector x{i} = FloatVector.fromArray(SPECIES, a, a{i});
              int a{i + 1} = (a{i} + aStep){masked};
              s{i}_{f} = x{i}.fma(y{f}, s{i}_{f});
              @end
            }
            for (int t = 0; t < endSteps; t++) {
              int a0 = (aOffset + ends[t]){masked};
              int b0 = bEnds + t * ({filters} * LANES);
              FloatVector y{f} = FloatVector.fromArray(SPECIES, b, b0 + {f} * LANES);
              @for i
              IntVector m{i} = FloatVector.fromArray(SPECIES, a, a{i}).reinterpretAsInts();
              FloatVector x{i} = m{i}.and(mask).reinterpretAsFloats();
              int a{i + 1} = (a{i} + aStep){masked};
              s{i}_{f} = x{i}.fma(y{f}, s{i}_{f});
              @end
            }
            s{i}_{f}.intoArray(c, c{i} + {f} * LANES);
          }
        }
      """;

  private static final String ADD_START =
      """

        static void add(DenseDotWindowCall p, int from, int to, int results) {
          switch (LANES) {
      """;

  private static final String ADD_CASE =
      """
            case {lanes} -> add{lanes}(p, from, to, results);
      """;

  private static final String ADD_END =
      """
            default -> throw new AssertionError("no sums of " + LANES + " lanes");
          }
        }
      """;

  private static final String ADD =
      """

        private static void add{lanes}(DenseDotWindowCall p, int from, int to, int results) {
          float[] sums = p.sums;
          float[] start = p.first;
          float[] c = p.c;
          int first = p.firstOffset;
          for (int r = 0; r < results; r += {lanes}) {
            int at = from + r * {lanes};
            @for h
            FloatVector s{h} = FloatVector.fromArray(SPECIES, sums, at + {h} * {lanes});
            IntVector v0_{h} = s{h}.reinterpretAsInts();
            @end
      """;

  private static final String HALVE =
      """
            @for h
            IntVector e{to}_{h} = EVEN.selectFrom(v{from}_{2 * h}, v{from}_{2 * h + 1});
            IntVector o{to}_{h} = ODD.selectFrom(v{from}_{2 * h}, v{from}_{2 * h + 1});
            IntVector v{to}_{h} =
                e{to}_{h}.reinterpretAsFloats().add(o{to}_{h}.reinterpretAsFloats()).reinterpretAsInts();
            @end
      """;

  private static final String STORE =
      """
            v{level}_0.reinterpretAsFloats()
                .add(FloatVector.fromArray(SPECIES, start, first + r))
                .intoArray(c, to + r);
          }
        }
      """;

  private DenseDotWindowKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out =
        new StringBuilder(Template.of(HEADER).set("mostLanes", MOST_LANES).expand());
    for (int[] tile : TILES) {
      out.append(of(CASE, tile[0], tile[1]).expand());
    }
    out.append(CASES_END).append(FAR_START);
    for (int filters = 1; filters <= MOST_FILTERS; filters++) {
      out.append(of(FAR_CASE, 1, filters).expand());
    }
    out.append(FAR_END);
    for (int[] tile : TILES) {
      out.append(tile("tiles", tile[0], tile[1]));
    }
    for (int filters = 1; filters <= MOST_FILTERS; filters++) {
      out.append(tile("far", 1, filters));
    }
    out.append(ADD_START);
    for (int lanes = MOST_LANES; lanes >= 4; lanes /= 2) {
      out.append(Template.of(ADD_CASE).set("lanes", lanes).expand());
    }
    out.append(ADD_END);
    for (int lanes = MOST_LANES; lanes >= 4; lanes /= 2) {
      add(out, lanes);
    }
    Template.write(
        root,
        "dev.convector.internal.dense",
        "DenseDotWindowKernels",
        out.append("}\n").toString());
  }

  /** Halves as many vectors as there are lanes until one is left. */
  private static void add(StringBuilder out, int lanes) {
    out.append(Template.of(ADD).set("lanes", lanes).index("h", lanes).expand());
    int level = 0;
    for (int count = lanes / 2; count > 0; count /= 2) {
      level++;
      out.append(
          Template.of(HALVE).set("from", level - 1).set("to", level).index("h", count).expand());
    }
    out.append(Template.of(STORE).set("level", level).expand());
  }

  private static String tile(String name, int rows, int filters) {
    return of(TILE, rows, filters)
        .set("name", name)
        .set("masked", name.equals("far") ? "" : " & INDEX")
        .index("i", rows)
        .index("f", filters)
        .expand();
  }

  private static Template of(String text, int rows, int filters) {
    return Template.of(text).set("rows", rows).set("filters", filters);
  }
}
