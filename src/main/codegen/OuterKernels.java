import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.gradient.OuterKernels}: sums over pixels of the outer
 * products of some of a pixel's channels and some of its filters.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * With the operands of an {@code OuterCall p}, for each of {@code rows} rows {@code i} and each
 * lane {@code l} of {@code vectors} vectors {@code v}
 *
 * <pre>
 *   at = c + i * cStep + v * LANES + l
 *   sums[at] = (onto ? sums[at] : 0) + sum over k in [0, depth) of
 *                  floats[a + k * LANES + i] * floats[b + v * bStep + k * LANES + l]
 * </pre>
 *
 * <p>Both operands hold a vector of channels pixel after pixel, the order of channels-last images,
 * so that neither is turned. The rows' elements lie next to each other: one address serves them
 * all, and little stands before and after the loop, where the dense kernels have a table of rows.
 * That is most of what a tile of 49 pixels costs beside its products.
 */
final class OuterKernels {
  /** Most rows of a tile of so many vectors. */
  private static final int[] ROWS = {0, 8, 8, 6, 6};

  private static final String HEADER =
      """
      package dev.convector.internal.gradient;

      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;

      /** Generated, see OuterKernels in the codegen folder. */
      final class OuterKernels {
        private OuterKernels() {}

        static void tile(OuterCall p, int rows) {
          switch (p.vectors * 10 + rows) {
      """;

  private static final String CASE =
      """
            case {vectors}{rows} -> tile{rows}x{vectors}(p);
      """;

  private static final String CASES_END =
      """
            default -> throw new AssertionError("no tile " + rows + 'x' + p.vectors);
          }
        }
      """;

  private static final String TILE =
      """

        private static void tile{rows}x{vectors}(OuterCall p) {
          float[] floats = p.floats;
          int depth = p.depth;
          int a = p.a;
          int b{v} = p.b + {v} * p.bStep;
          FloatVector c{i}_{v} = FloatVector.zero(SPECIES);
          for (int k = 0; k < depth; k += LANES) {
            FloatVector y{v} = FloatVector.fromArray(SPECIES, floats, b{v} + k);
            @for i
            FloatVector x{i} = FloatVector.broadcast(SPECIES, floats[a + k + {i}]);
            c{i}_{v} = x{i}.fma(y{v}, c{i}_{v});
            @end
          }
          float[] sums = p.sums;
          int c = p.c;
          int step = p.cStep;
          if (p.onto) {
            c{i}_{v} = c{i}_{v}.add(FloatVector.fromArray(SPECIES, sums, c + {i} * step + {v} * LANES));
          }
          c{i}_{v}.intoArray(sums, c + {i} * step + {v} * LANES);
        }
      """;

  private OuterKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(HEADER);
    for (String text : new String[] {CASE, CASES_END, TILE}) {
      for (int vectors = 1; vectors < ROWS.length && !text.equals(CASES_END); vectors++) {
        for (int rows = 1; rows <= ROWS[vectors]; rows++) {
          out.append(
              Template.of(text)
                  .set("rows", rows)
                  .set("vectors", vectors)
                  .index("i", rows)
                  .index("v", vectors)
                  .expand());
        }
      }
      out.append(text.equals(CASES_END) ? text : "");
    }
    Template.write(
        root, "dev.convector.internal.gradient", "OuterKernels", out.append("}\n").toString());
  }
}
