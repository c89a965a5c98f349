import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Prints {@code dev.convector.internal.grouped.GroupedKernels}: tiles of neighbouring output pixels
 * of one row times one vector of filters (wide: two), for convolutions with few channels a group.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * A tile of P pixels computes, for each pixel {@code i}, vector {@code v} and lane {@code l}, with
 * the operands of a {@code GroupedCall p},
 *
 * <pre>
 *   c[cOffset + i * cStep + v * cVector + l] =
 *       clamp( start[startOffset + i * startStep + v * startVector + l]
 *              + sum over r in [fromStep, toStep), j in [0, channels), t in [0, TAPS) of
 *                    x(i * SPACING + t, r, j)[l]
 *                    * b[bOffset + v * bVector + ((r * channels + j) * TAPS + t) * LANES + l] )
 * </pre>
 *
 * where {@code x(k, r, j)} comes from input column k at {@code at = aOffset + steps[r] + k * STEP}:
 *
 * <ul>
 *   <li>broadcast, where all lanes belong to one group: {@code a[at + j]} in every lane;
 *   <li>select, where several groups share the vector: {@code a[at + indexes[indexOffset + j *
 *       LANES + l]]}, one permutation of LANES loaded channels;
 *   <li>pair, where two groups share it: {@code pairs[at + j]}, whose two floats are the channel of
 *       one group and of the other, in every pair of lanes. Weights lie so too; what sums start
 *       from is permuted by the indexes, and the results by those after them.
 * </ul>
 *
 * In a wide tile one broadcast serves both vectors of filters.
 *
 * <p>{@code tiles} tiles follow one another down the rows, {@code aRow} floats apart in the input,
 * {@code startRow} in what sums start from and {@code cRow} in the output: one call does several,
 * since what precedes the loops costs as much as a fifth of a tile.
 *
 * <h2>Why whole kernel rows</h2>
 *
 * Neighbouring pixels see the same input columns. With three taps and stride 1, 8 pixels need 10
 * columns for 24 multiply-adds: so 10 loads and permutations where one tap at a time needs 24, and
 * permutations compete with multiply-adds for ports. Where a tile is a whole row of the output, the
 * ends of the kernel row that lie outside the image are cut ({@code Left}: the first column, {@code
 * Cut}: the first and the last), so that padding of one column is never read, nor multiplied.
 *
 * <h2>Why pairs</h2>
 *
 * A permutation takes a port of the multiply-adds on Intel's cores, and there is one a cycle: with
 * stride 2 a kernel row of 7 pixels has 15 of them for 21 multiply-adds. A broadcast of 64 bits is
 * a load, and leaves registers for 14 pixels: 8 channels a group take 0.8 to 0.87 of the time with
 * stride 1 and 0.95 with stride 2 on an AMD EPYC of family 26. Java can't broadcast two floats, so
 * the strip is an array of longs. C2 makes two instructions of a broadcast that has one use, as
 * those of every second column have with stride 2: doubles and longs alike.
 *
 * <h2>Why the columns' distance is a constant</h2>
 *
 * The address of a column is then one register and a displacement, and one range check covers all.
 * With the image's own distance each of up to 29 columns needs an index, more than there are
 * registers; C2 keeps the others in vector registers, and each move from there takes the place of a
 * multiply-add: 314 against 235 us on Granite Rapids (512 channels at 28x28, stride 2, 16 a group),
 * the copying to a strip included. One tap at a time, 16 channels a group took 1.23 times as long
 * with a variable distance (5x5 and dilated 3x3 at 28x28, AMD EPYC, family 26), and tiles of 14
 * pixels gained nothing over 8.
 *
 * <h2>Why the weights' index is the loop's</h2>
 *
 * C2 moves the range checks of an index out of a loop if it is the loop's variable times a power of
 * two. The weights' index is 48 times the channel, so it is the variable itself; the input's then
 * goes along with it, and has the two checks that remain: 175 against 195 GFLOP/s (7 pixels wide).
 *
 * <h2>Why fences where there are 16 registers</h2>
 *
 * C2 loads columns ahead of their multiply-adds, and spills sums for them. With a fence behind
 * each, which emits nothing on x86, tiles of 11 pixels have as many sums, three taps and a column,
 * and take 0.65 of the time of tiles of 4 without: 8 channels a group at 28x28, and with stride 2,
 * of 3, 0.62 to 0.8. Tiles of 8 and 9 without take 0.72 to 0.75 (Zen 4 without AVX-512). With 32
 * registers there are none.
 *
 * <h2>Which shapes</h2>
 *
 * {@code row1}: 3 taps, stride 1. {@code row2}: 3 taps, stride 2. {@code tapS1}, {@code tapS2}: one
 * tap a step, for all other kernels. {@code tap}: the same for any stride. Only what GroupedTile
 * asks for is here: which ends are cut, which distances there are, how many pixels a tile may have.
 */
final class GroupedKernels {
  /**
   * Kernels for one way of loading the input, in a nested class, so that the JVM reads only those
   * that it runs.
   *
   * @param vectors of filters
   * @param pair whether it loads pairs of channels
   * @param step floats, or pairs, from one input column to the next
   * @param most1 pixels of kernels of stride 1
   * @param most2 pixels of kernels of stride 2
   * @param mostTap pixels of kernels of one tap; 0 if there are none
   */
  private record Family(
      String name,
      boolean select,
      boolean pair,
      int vectors,
      String step,
      int most1,
      int most2,
      int mostTap) {}

  private static final List<Family> FAMILIES =
      List.of(
          new Family("Select", true, false, 1, "LANES", 8, 7, 8),
          new Family("Pair", false, true, 1, "PAIR_STEP", 14, 14, 0),
          new Family("Near", false, false, 1, "NEAR_STEP", 14, 14, 14),
          new Family("Far", false, false, 1, "FAR_STEP", 14, 14, 14),
          new Family("Wide", false, false, 2, "FAR_STEP", 8, 7, 8));

  /**
   * @param spacing columns from pixel to pixel; 0 where it is a variable
   * @param left columns before the first that a tile reads: 1 where the first pixel has no first
   *     tap
   * @param right columns that the last pixel lacks
   */
  private record Kind(String name, int taps, int spacing, int left, int right) {
    int columns(int pixels) {
      return taps == 1 ? pixels : (pixels - 1) * spacing + taps - left - right;
    }

    /** Columns from one that is loaded to the next. */
    int apart() {
      return taps == 1 ? Math.max(1, spacing) : 1;
    }

    /** Rows of one pixel are never cut. */
    int leastPixels() {
      return 1 + left;
    }

    int mostPixels(Family family) {
      return taps == 1 ? family.mostTap : spacing == 1 ? family.most1 : family.most2;
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind("tap", 1, 0, 0, 0),
          new Kind("tapS1", 1, 1, 0, 0),
          new Kind("tapS2", 1, 2, 0, 0),
          new Kind("row1", 3, 1, 0, 0),
          new Kind("row1Cut", 3, 1, 1, 1),
          new Kind("row2", 3, 2, 0, 0),
          new Kind("row2Left", 3, 2, 1, 0),
          new Kind("row2Cut", 3, 2, 1, 1));

  private static final String HEADER =
      """
      package dev.convector.internal.grouped;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.LONGS;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import dev.convector.internal.simd.Simd;
      import java.lang.invoke.VarHandle;
      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;
      import jdk.incubator.vector.LongVector;

      /** Tiles of grouped convolution; generated, see GroupedKernels in the codegen folder. */
      final class GroupedKernels {
        /** Pairs of floats from one input column to the next. */
        static final int PAIR_STEP = LANES / 2;

        /** Floats from one input column to the next for groups of up to so many channels. */
        static final int NEAR_STEP = LANES <= 8 ? 8 : 16;

        /** The same for all others: an odd number of cache lines, which reaches all sets. */
        static final int FAR_STEP = 48;

        /** Without fences C2 loads columns ahead, for which 16 registers are too few. */
        private static final boolean FENCED = Simd.FENCED_ROWS;

        /** Pixels of the largest tile. */
        static final int MOST_PIXELS = {most};

      """;

  private static final String CONSTANT =
      """
        static final int {NAME} = {number};
      """;

  private static final String RUN =
      """

        private GroupedKernels() {}

        /** Runs a kernel, the sum of a family's and a kind's number. */
        static void run(GroupedCall p) {
          switch (p.kernel) {
      """;

  private static final String KERNEL =
      """
            case {FAMILY} + {KIND} -> {Family}.{kind}(p);
      """;

  private static final String KERNELS_END =
      """
            default -> throw new AssertionError("no kernel " + p.kernel);
          }
        }
      """;

  private static final String FAMILY =
      """

        /** {Family} kernels, {step} from one input column to the next. */
        private static final class {Family} {
      """;

  private static final String PIXELS =
      """

          static void {kind}(GroupedCall p) {
            switch (p.pixels) {
              case {i + least} -> {kind}{i + least}(p);
              default -> throw new AssertionError("no {kind} of " + p.pixels + " pixels");
            }
          }
      """;

  private static final String TILE =
      """

          private static void {kind}{pixels}(GroupedCall p) {
            @if pair
            long[] a = p.pairs;
            @else
            float[] a = p.a;
            @end
            float[] b = p.b;
            @if variable
            int step = p.aStep;
            @end
            @if select
            int[] indexes = p.indexes;
            @end
            int vector = p.bVector;
            int floats = p.channels * {taps} * LANES;
            for (int tile = 0; tile < p.tiles; tile++) {
              int s = p.startOffset + tile * p.startRow;
              @if pair
              IntVector paired = IntVector.fromArray(INTS, p.indexes, p.indexOffset);
              IntVector s{i} = FloatVector.fromArray(SPECIES, p.start, s + {i} * p.startStep).reinterpretAsInts();
              FloatVector c{i}_0 = paired.selectFrom(s{i}).reinterpretAsFloats();
              @else
              FloatVector c{i}_{v} = FloatVector.fromArray(SPECIES, p.start, s + {i} * p.startStep + {v} * p.startVector);
              @end
              for (int r = p.fromStep; r < p.toStep; r++) {
                int at = p.aOffset + tile * p.aRow + p.steps[r];
                int first = p.bOffset + r * floats;
                int end = first + floats;
                @if select
                int l = p.indexOffset;
                @end
                for (int w = first; w < end; w += {taps} * LANES) {
                  FloatVector b{t}_{v} = FloatVector.fromArray(SPECIES, b, w + {v} * vector + {t} * LANES);
                  @if select
                  IntVector lanes = IntVector.fromArray(INTS, indexes, l);
                  IntVector y{k + left} = FloatVector.fromArray(SPECIES, a, at + {apart * (k + left)} * {step}).reinterpretAsInts();
                  FloatVector x{k + left} = lanes.selectFrom(y{k + left}).reinterpretAsFloats();
                  l += LANES;
                  @end
                  @if pair
                  @for k
                  LongVector y{k + left} = LongVector.broadcast(LONGS, a[at + {apart * (k + left)} * {step}]);
                  FloatVector x{k + left} = y{k + left}.reinterpretAsFloats();
                  @fence
                  @end
                  at++;
                  @end
                  @if broadcast
                  @for k
                  FloatVector x{k + left} = FloatVector.broadcast(SPECIES, a[at + {apart * (k + left)} * {step}]);
                  @fence
                  @end
                  at++;
                  @end
                  @if tap
                  c{i}_{v} = x{i}.fma(b0_{v}, c{i}_{v});
                  @else
                  @if isLeft
                  c0_{v} = x2.fma(b2_{v}, x1.fma(b1_{v}, c0_{v}));
                  @end
                  c{m + left}_{v} = x{z * (m + left) + 2}.fma(b2_{v}, x{z * (m + left) + 1}.fma(b1_{v}, x{z * (m + left)}.fma(b0_{v}, c{m + left}_{v})));
                  @if isRight
                  c{last}_{v} = x{z * last + 1}.fma(b1_{v}, x{z * last}.fma(b0_{v}, c{last}_{v}));
                  @end
                  @end
                }
              }
              @clamp c{i}_{v}
              int d = p.cOffset + tile * p.cRow;
              @if pair
              IntVector apart = IntVector.fromArray(INTS, p.indexes, p.indexOffset + LANES);
              IntVector d{i} = c{i}_0.reinterpretAsInts();
              apart.selectFrom(d{i}).reinterpretAsFloats().intoArray(p.c, d + {i} * p.cStep);
              @else
              c{i}_{v}.intoArray(p.c, d + {i} * p.cStep + {v} * p.cVector);
              @end
            }
          }
      """;

  private GroupedKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder();
    int most = FAMILIES.stream().mapToInt(f -> Math.max(f.most1, f.mostTap)).max().orElseThrow();
    out.append(Template.of(HEADER).set("most", most).expand());
    for (int i = 0; i < KINDS.size(); i++) {
      out.append(constant(KINDS.get(i).name, i));
    }
    for (int i = 0; i < FAMILIES.size(); i++) {
      out.append(constant(FAMILIES.get(i).name, i * KINDS.size()));
    }
    out.append(RUN);
    for (Family family : FAMILIES) {
      kinds(family).forEach(kind -> out.append(of(KERNEL, family, kind).expand()));
    }
    out.append(KERNELS_END);
    for (Family family : FAMILIES) {
      family(family, out);
    }
    Template.write(
        root, "dev.convector.internal.grouped", "GroupedKernels", out.append("}\n").toString());
  }

  private static String constant(String name, int number) {
    return Template.of(CONSTANT).set("NAME", constantName(name)).set("number", number).expand();
  }

  /** {@code row1Cut} becomes {@code ROW1_CUT}. */
  private static String constantName(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
  }

  private static List<Kind> kinds(Family family) {
    return KINDS.stream().filter(kind -> kind.mostPixels(family) > 0).toList();
  }

  private static void family(Family family, StringBuilder out) {
    out.append(Template.of(FAMILY).set("Family", family.name).set("step", family.step).expand());
    for (Kind kind : kinds(family)) {
      int least = kind.leastPixels();
      int most = kind.mostPixels(family);
      out.append(
          of(PIXELS, family, kind).set("least", least).index("i", most + 1 - least).expand());
      for (int pixels = least; pixels <= most; pixels++) {
        out.append(tile(family, kind, pixels));
      }
    }
    out.append("  }\n");
  }

  private static Template of(String text, Family family, Kind kind) {
    return Template.of(text)
        .set("Family", family.name)
        .set("FAMILY", constantName(family.name))
        .set("kind", kind.name)
        .set("KIND", constantName(kind.name));
  }

  private static String tile(Family family, Kind kind, int pixels) {
    boolean tap = kind.taps == 1;
    boolean variable = kind.spacing == 0;
    return of(TILE, family, kind)
        .set("pixels", pixels)
        .set("select", family.select)
        .set("pair", family.pair)
        .set("broadcast", !family.select && !family.pair)
        .set("tap", tap)
        .set("variable", variable)
        .set("step", variable ? "step" : family.step)
        .set("apart", kind.apart())
        .set("taps", kind.taps)
        .set("z", kind.spacing)
        .set("left", kind.left)
        .set("isLeft", kind.left > 0)
        .set("isRight", kind.right > 0)
        .set("last", pixels - 1)
        .index("i", pixels)
        .index("m", pixels - kind.left - kind.right)
        .index("t", kind.taps)
        .index("k", kind.columns(pixels))
        .index("v", family.vectors)
        .expand();
  }
}
