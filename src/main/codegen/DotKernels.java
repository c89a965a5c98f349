import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.gradient.DotKernels}: products over pixels with the pixels
 * in the lanes, for groups of few filters and channels, which would leave the lanes of the dense
 * kernels empty.
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

      /** Generated, see DotKernels in the codegen folder. */
      final class DotKernels {
        private DotKernels() {}

        static void tile(DotCall p, int rows, int filters, int row) {
          switch (filters * 10 + rows) {
      """;

  private static final String CASE =
      """
            case {filters}{rows} -> tile{rows}x{filters}(p, row);
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no tile " + rows + 'x' + filters);
          }
        }
      """;

  private static final String TILE =
      """

        private static void tile{rows}x{filters}(DotCall p, int row) {
          float[] x = p.x;
          float[] y = p.y;
          float[] sums = p.sums;
          int depth = p.depth;
          int x{i} = p.table[p.tableAt + row + {i}] + p.xOffset;
          int y{f} = p.yAt + {f} * p.yStep;
          int s{f} = p.sumsAt + {f} * p.sumsStep + row * LANES;
          FloatVector c{i}_{f} = FloatVector.fromArray(SPECIES, sums, s{f} + {i} * LANES);
          for (int j = 0; j < depth; j += LANES) {
            FloatVector v{f} = FloatVector.fromArray(SPECIES, y, y{f} + j);
            @for i
            FloatVector u{i} = FloatVector.fromArray(SPECIES, x, x{i} + j);
            c{i}_{f} = u{i}.fma(v{f}, c{i}_{f});
            @end
          }
          c{i}_{f}.intoArray(sums, s{f} + {i} * LANES);
        }
      """;

  private DotKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(HEADER);
    for (String text : new String[] {CASE, CASES_END, TILE}) {
      for (int filters = 1; filters <= FILTERS && !text.equals(CASES_END); filters++) {
        for (int rows = 1; rows <= Math.min(ROWS, ACCUMULATORS / filters); rows++) {
          out.append(tile(text, rows, filters));
        }
      }
      out.append(text.equals(CASES_END) ? text : "");
    }
    Template.write(
        root, "dev.convector.internal.gradient", "DotKernels", out.append("}\n").toString());
  }

  private static String tile(String text, int rows, int filters) {
    return Template.of(text)
        .set("rows", rows)
        .set("filters", filters)
        .index("f", filters)
        .index("i", rows)
        .expand();
  }
}
