import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.gradient.DotKernels}: products over pixels with the pixels
 * or channels in the lanes, for groups of few filters and channels, which would leave the lanes of
 * the dense kernels empty.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * With the operands of a {@code DotCall p}, for each of {@code rows} rows {@code i} from {@code
 * row} on, each of {@code filters} filters {@code f} and each lane {@code l}
 *
 * <pre>
 *   at = sumsAt + f * sumsStep + (row + i) * LANES + l
 *   sums[at] = sums[at] + sum over j in {0, LANES, 2 * LANES ...} below depth of
 *                  x[table[tableAt + row + i] + xOffset + j + l] * y[yAt + f * yStep + j + l]
 * </pre>
 *
 * <p>So each weight has as many sums as a vector has lanes, which are added to each other after all
 * pixels. Both operands are read whole vectors at a time, unaligned where a tap shifts them.
 *
 * <p>{@code swapped}: the same with a vector of channels in the lanes and one vector of filters for
 * each pixel, whose lanes change places: filter {@code f} of lane {@code l} is {@code y[yAt + j +
 * (l ^ f ^ swap)]}. Groups of as many channels as filters, a power of two, meet so without an empty
 * lane; there is one permutation for up to five multiply-adds.
 *
 * <h2>Which shapes</h2>
 *
 * One filter alone, as in depthwise convolution, has up to 9 rows, a 3x3 kernel's: 9 multiply-adds
 * for 10 loads, and enough of them to hide their latency. With more filters as many rows as their
 * accumulators and addresses find registers for; {@code DotCall} says how many.
 */
final class DotKernels {
  private static final int FILTERS = 4;
  private static final int ROWS = 9;

  /** Most accumulators of a tile. */
  private static final int ACCUMULATORS = 20;

  private static final String HEADER =
      """
      package dev.convector.internal.gradient;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.VectorShuffle;

      /** Generated, see DotKernels in the codegen folder. */
      final class DotKernels {
        private static final VectorShuffle<Float> SWAP{f + 1} = VectorShuffle.fromOp(SPECIES, l -> l ^ {f + 1});

        private DotKernels() {}
      """;

  private static final String CASES =
      """

        static void {kind}(DotCall p, int rows, int filters, int row) {
          switch (filters * 10 + rows) {
      """;

  private static final String CASE =
      """
            case {filters}{rows} -> {kind}{rows}x{filters}(p, row);
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no tile " + rows + 'x' + filters);
          }
        }
      """;

  private static final String TILE =
      """

        private static void {kind}{rows}x{filters}(DotCall p, int row) {
          float[] x = p.x;
          float[] y = p.y;
          float[] sums = p.sums;
          int depth = p.depth;
          int x{i} = p.table[p.tableAt + row + {i}] + p.xOffset;
          @if swapped
          int y0 = p.yAt;
          VectorShuffle<Float> swap = p.swap;
          @else
          int y{f} = p.yAt + {f} * p.yStep;
          @end
          int s{f} = p.sumsAt + {f} * p.sumsStep + row * LANES;
          FloatVector c{i}_{f} = FloatVector.zero(SPECIES);
          for (int j = 0; j < depth; j += LANES) {
            @if swapped
            FloatVector v0 = FloatVector.fromArray(SPECIES, y, y0 + j).rearrange(swap);
            FloatVector v{o + 1} = v0.rearrange(SWAP{o + 1});
            @else
            FloatVector v{f} = FloatVector.fromArray(SPECIES, y, y{f} + j);
            @end
            @for i
            FloatVector u{i} = FloatVector.fromArray(SPECIES, x, x{i} + j);
            c{i}_{f} = u{i}.fma(v{f}, c{i}_{f});
            @end
          }
          @for i
          c{i}_{f}.add(FloatVector.fromArray(SPECIES, sums, s{f} + {i} * LANES)).intoArray(sums, s{f} + {i} * LANES);
          @end
        }
      """;

  private DotKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(Template.of(HEADER).index("f", FILTERS - 1).expand());
    for (String kind : new String[] {"tile", "swapped"}) {
      out.append(Template.of(CASES).set("kind", kind).expand());
      for (String text : new String[] {CASE, CASES_END, TILE}) {
        for (int filters = 1; filters <= FILTERS && !text.equals(CASES_END); filters++) {
          for (int rows = 1; rows <= Math.min(ROWS, ACCUMULATORS / filters); rows++) {
            if (kind.equals("tile") || filters % 2 == 0) {
              out.append(tile(text, kind, rows, filters));
            }
          }
        }
        out.append(text.equals(CASES_END) ? text : "");
      }
    }
    Template.write(
        root, "dev.convector.internal.gradient", "DotKernels", out.append("}\n").toString());
  }

  private static String tile(String text, String kind, int rows, int filters) {
    return Template.of(text)
        .set("kind", kind)
        .set("swapped", kind.equals("swapped"))
        .set("rows", rows)
        .set("filters", filters)
        .index("f", filters)
        .index("o", filters - 1)
        .index("i", rows)
        .expand();
  }
}
