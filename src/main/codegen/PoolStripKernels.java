import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.pool.MaxStripKernels} and {@code SumStripKernels}: windows
 * with stride 2 of planes, a vector of neighbouring outputs at a time from the top of the plane to
 * its bottom. {@link PoolTemplate} tells how maxima and sums are taken.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>The contract</h2>
 *
 * With the operands of a {@code StripCall p}, for each output row {@code i} and lane
 *
 * <pre>
 *   y[yAt + i * yStep + lane] = fold over the window's rows r and columns c of
 *       x[at + rows[row + 2 * i + r] + column(c, lane)]
 * </pre>
 *
 * <p>The columns of a row are permutations of the vectors that begin at {@code first} and {@code
 * second}: {@code places} has one for each column. Of three columns the second and third are such;
 * the first is that of the lane before's third, or a lane of a vector that begins at {@code third}.
 *
 * <ul>
 *   <li>{@code squares}: 2x2 windows; a sum is multiplied by {@code weight}.
 *   <li>{@code threes}: maxima of 3x3 windows. The columns of a row are folded as it is read, once.
 * </ul>
 */
final class PoolStripKernels {
  private static final String SQUARES =
      """
        static boolean squares(StripCall p) {
          float[] x = p.x;
          float[] y = p.y;
          int[] rows = p.rows;
          int row = p.row;
          int first = p.at + p.first;
          int second = p.at + p.second;
          int yAt = p.yAt;
          int yStep = p.yStep;
          int count = p.count;
          IntVector i0 = IntVector.fromArray(INTS, p.places, p.placesAt);
          IntVector i1 = IntVector.fromArray(INTS, p.places, p.placesAt + LANES);
      @if max
          FloatVector flag0 = FloatVector.zero(SPECIES);
          FloatVector flag1 = FloatVector.zero(SPECIES);
      @else
          FloatVector weight = FloatVector.broadcast(SPECIES, p.weight);
      @end
          for (int i = 0; i < count; i++) {
            int r0 = rows[row + 2 * i];
            int r1 = rows[row + 2 * i + 1];
            FloatVector a = FloatVector.fromArray(SPECIES, x, first + r0);
            FloatVector b = FloatVector.fromArray(SPECIES, x, second + r0);
            flag0 = flag0.add(a); @where max
            flag1 = flag1.add(b); @where max
            @fold a flag0 FloatVector.fromArray(SPECIES, x, first + r1)
            @fold b flag1 FloatVector.fromArray(SPECIES, x, second + r1)
            IntVector c = a.reinterpretAsInts();
            IntVector d = b.reinterpretAsInts();
            FloatVector s = i0.selectFrom(c, d).reinterpretAsFloats();
            FloatVector t = i1.selectFrom(c, d).reinterpretAsFloats();
            @join s t
            s = s.mul(weight); @where !max
            s.intoArray(y, yAt + i * yStep);
          }
      @if max
          flag0 = flag0.add(flag1);
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String ROW =
      """
      FloatVector a$1 = FloatVector.fromArray(SPECIES, x, $2 + first);
      FloatVector b$1 = FloatVector.fromArray(SPECIES, x, $2 + second);
      FloatVector c$1 = FloatVector.fromArray(SPECIES, x, $2 + third);
      flag0 = flag0.add(a$1);
      flag1 = flag1.add(b$1);
      flag2 = flag2.add(c$1);
      IntVector d$1 = a$1.reinterpretAsInts();
      IntVector e$1 = b$1.reinterpretAsInts();
      FloatVector s$1 = i1.selectFrom(d$1, e$1).reinterpretAsFloats();
      IntVector f$1 = i2.selectFrom(d$1, e$1);
      FloatVector t$1 = f$1.reinterpretAsFloats();
      FloatVector u$1 = i0.selectFrom(f$1, c$1.reinterpretAsInts()).reinterpretAsFloats();
      @join s$1 t$1
      @join s$1 u$1
      """;

  private static final String THREES =
      """

        static boolean threes(StripCall p) {
          float[] x = p.x;
          float[] y = p.y;
          int[] rows = p.rows;
          int row = p.row;
          int first = p.at + p.first;
          int second = p.at + p.second;
          int third = p.at + p.third;
          int yAt = p.yAt;
          int yStep = p.yStep;
          int count = p.count;
          IntVector i0 = IntVector.fromArray(INTS, p.places, p.placesAt);
          IntVector i1 = IntVector.fromArray(INTS, p.places, p.placesAt + LANES);
          IntVector i2 = IntVector.fromArray(INTS, p.places, p.placesAt + 2 * LANES);
          FloatVector flag0 = FloatVector.zero(SPECIES);
          FloatVector flag1 = FloatVector.zero(SPECIES);
          FloatVector flag2 = FloatVector.zero(SPECIES);
          int r0 = rows[row];
          @row 0, r0
          for (int i = 0; i < count; i++) {
            int r1 = rows[row + 2 * i + 1];
            int r2 = rows[row + 2 * i + 2];
            @row 1, r1
            @row 2, r2
            @join s1 s0
            @join s1 s2
            s1.intoArray(y, yAt + i * yStep);
            s0 = s2;
          }
          flag0 = flag0.add(flag1).add(flag2);
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
        }
      """;

  private PoolStripKernels() {}

  static void write(String root) throws IOException {
    for (boolean max : new boolean[] {true, false}) {
      String methods = PoolTemplate.of(SQUARES, max).expand();
      if (max) {
        methods += PoolTemplate.of(Template.splice(THREES, "row", ROW), max).expand();
      }
      PoolTemplate.write(root, (max ? "Max" : "Sum") + "StripKernels", methods);
    }
  }
}
