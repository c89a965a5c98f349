import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.pool.MaxPixelKernels} and {@code SumPixelKernels}: pooling
 * with neighbouring pixels in the lanes. {@link PoolTemplate} tells how maxima and sums are taken.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>The methods</h2>
 *
 * {@code count} is at least LANES, except of {@code divide}.
 *
 * <ul>
 *   <li>{@code strip}: {@code y[j] = fold of x[at + t * step + j]}, the rows of a window or its
 *       columns at stride 1; {@code stripT} with T taps. {@code moreT} folds T taps into what y
 *       holds, of the whole vectors.
 *   <li>{@code flatK}: K columns at stride 1 through a whole plane whose output is as wide as its
 *       input: {@code left} and {@code right} take out, at the ends of rows, what belongs to the
 *       row before or behind.
 *   <li>{@code threesT}: the same of 3 columns of planes with rows longer than a vector, for output
 *       rows whose windows have T rows: the sums or maxima of T rows stay in registers, in which
 *       their neighbours are found by permutation.
 *   <li>{@code planes} and {@code tree}: as many whole planes as there are lanes, each folded into
 *       a vector of {@code t}, and then the vectors into one.
 * </ul>
 */
final class PoolPixelKernels {
  private static final String HEAD =
      """
        private static final IntVector EVEN = IntVector.zero(INTS).addIndex(2);
        private static final IntVector ODD = EVEN.add(1);

        /** Of two neighbouring vectors, the element before each of the second's. */
        private static final IntVector BEFORE = IntVector.zero(INTS).addIndex(1).add(LANES - 1);

        /** The element behind each of the first's. */
        private static final IntVector BEHIND = IntVector.zero(INTS).addIndex(1).add(1);
      """;

  private static final String STRIP =
      """

        static boolean strip(float[] x, int at, int step, int taps, float[] y, int yAt, int count) {
          FloatVector flag{v} = FloatVector.zero(SPECIES);
          int j = 0;
          for (; j <= count - {V} * LANES; j += {V} * LANES) {
            int tap = at + j;
            FloatVector sum{v} = FloatVector.fromArray(SPECIES, x, tap + {v} * LANES);
            flag{v} = flag{v}.add(sum{v}); @where max
            tap += step;
            for (int t = 1; t < taps; t++, tap += step) {
              @fold sum{v} flag{v} FloatVector.fromArray(SPECIES, x, tap + {v} * LANES)
            }
            sum{v}.intoArray(y, yAt + j + {v} * LANES);
          }
          for (; j < count; j += LANES) {
            int place = Math.min(j, count - LANES);
            int tap = at + place;
            FloatVector sum = FloatVector.fromArray(SPECIES, x, tap);
            flag0 = flag0.add(sum); @where max
            tap += step;
            for (int t = 1; t < taps; t++, tap += step) {
              @fold sum flag0 FloatVector.fromArray(SPECIES, x, tap)
            }
            sum.intoArray(y, yAt + place);
          }
      @if max
          flag0 = flag0.add(flag{w + 1});
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String STRIP_OF_TAPS =
      """

        static boolean {name}{T}(float[] x, int at, int step, float[] y, int yAt, int count) {
          FloatVector flag{t} = FloatVector.zero(SPECIES);
          int x{t} = at + {t} * step;
          int whole = count / LANES * LANES;
          for (int j = 0; j < whole; j += LANES) {
      @if more
            FloatVector s = FloatVector.fromArray(SPECIES, y, yAt + j);
            @fold s flag{t} FloatVector.fromArray(SPECIES, x, x{t} + j)
      @else
            FloatVector s = FloatVector.fromArray(SPECIES, x, x0 + j);
            flag0 = flag0.add(s); @where max
            @fold s flag{u+1} FloatVector.fromArray(SPECIES, x, x{u+1} + j)
      @end
            s.intoArray(y, yAt + j);
          }
      @if !more
          int last = count - LANES;
          FloatVector s = FloatVector.fromArray(SPECIES, x, x0 + last);
          flag0 = flag0.add(s); @where max
          @fold s flag{u+1} FloatVector.fromArray(SPECIES, x, x{u+1} + last)
          s.intoArray(y, yAt + last);
      @end
      @if max
          flag0 = flag0.add(flag{u+1});
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String FLAT =
      """

        static void flat{K}(PoolPixelFlat p, float[] x, int at, float[] y, int yAt) {
          float[] left = p.left;
          float[] right = p.right;
          int count = p.count;
          int step = p.group;
          for (int j = 0; j < count; j += LANES) {
            int place = Math.min(j, count - LANES);
            FloatVector s = FloatVector.fromArray(SPECIES, x, at + place);
      @for t
            int side{t} = {t} * count + place;
            FloatVector b{t} = FloatVector.fromArray(SPECIES, x, at + place - {t + 1} * step);
            FloatVector a{t} = FloatVector.fromArray(SPECIES, x, at + place + {t + 1} * step);
      @if max
            b{t} = b{t}.add(FloatVector.fromArray(SPECIES, left, side{t}));
            a{t} = a{t}.add(FloatVector.fromArray(SPECIES, right, side{t}));
      @else
            b{t} = b{t}.reinterpretAsInts()
                .and(FloatVector.fromArray(SPECIES, left, side{t}).reinterpretAsInts())
                .reinterpretAsFloats();
            a{t} = a{t}.reinterpretAsInts()
                .and(FloatVector.fromArray(SPECIES, right, side{t}).reinterpretAsInts())
                .reinterpretAsFloats();
      @end
            @join s b{t}
            @join s a{t}
      @end
      @if !max
            FloatVector negatives = FloatVector.fromArray(SPECIES, p.negatives, place);
            FloatVector reciprocals = FloatVector.fromArray(SPECIES, p.reciprocals, place);
      @end
            @divide s
            s.intoArray(y, yAt + place);
          }
        }
      """;

  /** The T rows of a vector of columns. */
  private static final String ROWS =
      """
      FloatVector $1 = FloatVector.fromArray(SPECIES, x, x0 + $2);
      flag0 = flag0.add($1); @where max
      @fold $1 flag{u+1} FloatVector.fromArray(SPECIES, x, x{u+1} + $2)
      """;

  /** The vector of outputs {@code $1} from its columns {@code c$2}, {@code b$2} and {@code a$2}. */
  private static final String OUTPUT =
      """
      int t$2 = tables + $1;
      @if max
      b$2 = b$2.add(FloatVector.fromArray(SPECIES, left, t$2));
      a$2 = a$2.add(FloatVector.fromArray(SPECIES, right, t$2));
      @else
      b$2 = b$2.reinterpretAsInts()
          .and(FloatVector.fromArray(SPECIES, left, t$2).reinterpretAsInts())
          .reinterpretAsFloats();
      a$2 = a$2.reinterpretAsInts()
          .and(FloatVector.fromArray(SPECIES, right, t$2).reinterpretAsInts())
          .reinterpretAsFloats();
      @end
      @join c$2 b$2
      @join c$2 a$2
      """;

  private static final String THREES =
      """

        static boolean threes{T}(
            PoolPixelFlat p, float[] x, int at, float[] y, int yAt, int tables, int count) {
          float[] left = p.left;
          float[] right = p.right;
      @if !max
          float[] negative = p.negatives;
          float[] reciprocal = p.reciprocals;
      @end
          FloatVector flag{t} = FloatVector.zero(SPECIES); @where max
          int x{t} = at + {t} * p.rowStep;
          int j = 0;
          @rows first, j
          FloatVector before = first;
          FloatVector here = first;
          for (; j <= count - 2 * LANES; j += LANES) {
            int behind = j + LANES;
            @rows next, behind
            IntVector middle = here.reinterpretAsInts();
            FloatVector c0 = here;
            FloatVector b0 =
                BEFORE.selectFrom(before.reinterpretAsInts(), middle).reinterpretAsFloats();
            FloatVector a0 = BEHIND.selectFrom(middle, next.reinterpretAsInts()).reinterpretAsFloats();
            @output j, 0
      @if !max
            FloatVector negatives = FloatVector.fromArray(SPECIES, negative, t0);
            FloatVector reciprocals = FloatVector.fromArray(SPECIES, reciprocal, t0);
      @end
            @divide c0
            c0.intoArray(y, yAt + j);
            before = here;
            here = next;
          }
          // At the end of a row no column lies behind, whatever a vector has there.
          int last = count - LANES;
          for (int k = j; k <= last; k += Math.max(1, last - k)) {
            int k0 = Math.max(0, k - 1);
            int k2 = Math.min(k + 1, last);
            @rows c1, k
            @rows b1, k0
            @rows a1, k2
            if (k0 == k) {
              b1 = BEFORE.selectFrom(b1.reinterpretAsInts(), b1.reinterpretAsInts())
                  .reinterpretAsFloats();
            }
            if (k2 == k) {
              a1 = BEHIND.selectFrom(a1.reinterpretAsInts(), a1.reinterpretAsInts())
                  .reinterpretAsFloats();
            }
            @output k, 1
      @if !max
            FloatVector negatives = FloatVector.fromArray(SPECIES, negative, t1);
            FloatVector reciprocals = FloatVector.fromArray(SPECIES, reciprocal, t1);
      @end
            @divide c1
            c1.intoArray(y, yAt + k);
          }
      @if max
          flag0 = flag0.add(flag{u+1});
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String PLANES =
      """

        static boolean planes(
            float[] x, int at, int size, int planes, float[] t, int tAt, float[] tail, int tailAt) {
          FloatVector flag{v} = FloatVector.zero(SPECIES);
          int whole = size / LANES * LANES;
          for (int c = 0; c < planes; c++) {
            int first = at + c * size;
            FloatVector sum{v} = {start};
            int j = 0;
            for (; j <= whole - {V} * LANES; j += {V} * LANES) {
              @fold sum{v} flag{v} FloatVector.fromArray(SPECIES, x, first + j + {v} * LANES)
            }
            for (; j < whole; j += LANES) {
              @fold sum0 flag0 FloatVector.fromArray(SPECIES, x, first + j)
            }
            FloatVector last = FloatVector.fromArray(SPECIES, x, first + size - LANES);
      @if max
            @join sum1 last
            flag1 = flag1.add(last);
      @else
            sum1 = sum1.add(last.reinterpretAsInts()
                .and(FloatVector.fromArray(SPECIES, tail, tailAt).reinterpretAsInts())
                .reinterpretAsFloats());
      @end
            @join sum0 sum1
            @join sum2 sum3
            @join sum0 sum2
            sum0.intoArray(t, tAt + c * LANES);
          }
      @if max
          flag0 = flag0.add(flag{w + 1});
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }

        static void tree(float[] t, int tAt) {
          for (int half = LANES / 2; half >= 1; half /= 2) {
            for (int i = 0; i < half; i++) {
              IntVector a =
                  FloatVector.fromArray(SPECIES, t, tAt + 2 * i * LANES).reinterpretAsInts();
              IntVector b =
                  FloatVector.fromArray(SPECIES, t, tAt + (2 * i + 1) * LANES).reinterpretAsInts();
              FloatVector sum = EVEN.selectFrom(a, b).reinterpretAsFloats();
              FloatVector odd = ODD.selectFrom(a, b).reinterpretAsFloats();
              @join sum odd
              sum.intoArray(t, tAt + i * LANES);
            }
          }
        }
      """;

  private static final String DIVIDE =
      """

        static void divide(float[] y, int yAt, int count, float[] columns, int columnsAt, float row) {
          FloatVector rows = FloatVector.broadcast(SPECIES, row);
          int whole = count / LANES * LANES;
          for (int j = 0; j < whole; j += LANES) {
            FloatVector.fromArray(SPECIES, y, yAt + j)
                .div(FloatVector.fromArray(SPECIES, columns, columnsAt + j).mul(rows))
                .intoArray(y, yAt + j);
          }
          for (int j = whole; j < count; j++) {
            y[yAt + j] /= columns[columnsAt + j] * row;
          }
        }
      """;

  private PoolPixelKernels() {}

  static void write(String root) throws IOException {
    for (boolean max : new boolean[] {true, false}) {
      StringBuilder out = new StringBuilder(HEAD);
      for (int k = 3; k <= 7; k += 2) {
        out.append(PoolTemplate.of(FLAT, max).set("K", k).index("t", k / 2).expand());
      }
      for (int taps = 2; taps <= 3; taps++) {
        String threes = Template.splice(Template.splice(THREES, "output", OUTPUT), "rows", ROWS);
        out.append(
            PoolTemplate.of(threes, max)
                .set("T", taps)
                .index("t", taps)
                .index("u", taps - 1)
                .expand());
      }
      out.append(PoolTemplate.of(STRIP, max).expand());
      for (int taps = 1; taps <= 4; taps++) {
        out.append(taps == 1 ? "" : strip(max, taps, "strip", false));
        out.append(strip(max, taps, "more", true));
      }
      out.append(PoolTemplate.of(PLANES, max).expand());
      out.append(max ? "" : DIVIDE);
      PoolTemplate.write(root, (max ? "Max" : "Sum") + "PixelKernels", out.toString());
    }
  }

  private static String strip(boolean max, int taps, String name, boolean more) {
    return PoolTemplate.of(STRIP_OF_TAPS, max)
        .set("T", taps)
        .set("name", name)
        .set("more", more)
        .index("t", taps)
        .index("u", taps - 1)
        .expand();
  }
}
