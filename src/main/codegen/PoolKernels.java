import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prints {@code dev.convector.internal.pool.MaxKernels} and {@code SumKernels}: the same methods,
 * one text, for maxima and for sums.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>How maxima are taken</h2>
 *
 * By a comparison and a blend, which leave out NaN, while the elements are added up beside: {@code
 * FloatVector.max} orders -0 and +0 and keeps NaN, in six instructions. A method returns true if
 * its sum is NaN, as it is when an element was (or infinities of both signs were among them), and
 * its caller then computes the same outputs element by element. So NaN costs time where there is
 * one, and an addition where there is none.
 *
 * <h2>How sums are taken</h2>
 *
 * Each in the order that is written here, whatever the vector's width and wherever the output lies
 * in a vector: last vectors overlap their neighbours and repeat the same sums. Only whole planes,
 * whose elements lie in the lanes, are added up in an order that depends on the width. Averages are
 * divided, not multiplied with a reciprocal, so that sums that are exact give the nearest float.
 *
 * <h2>The methods</h2>
 *
 * {@code count} is at least LANES, except of {@code divide}.
 *
 * <ul>
 *   <li>{@code window}: one output pixel, channels in the lanes. {@code windowByRows}: the same
 *       with a sum for each row, so that the rounding error grows with height plus width.
 *   <li>{@code columnsKStrideS}: four neighbouring output pixels of a K x K window at stride S,
 *       channels in the lanes; each input column is folded once for all that see it.
 *   <li>{@code strip}: {@code y[j] = fold of x[at + t * step + j]}, the rows of a window or its
 *       columns at stride 1; {@code strip3} with three taps.
 *   <li>{@code everySecondK}: K columns at stride 2, neighbouring output columns in the lanes. Both
 *       halves of what is loaded are taken apart by permutations; nothing beyond the last window is
 *       loaded.
 *   <li>{@code flat3}: three columns at stride 1 through a whole plane whose output is as wide as
 *       its input: {@code left} and {@code right} take out, at the ends of rows, what belongs to
 *       the row before or behind.
 *   <li>{@code planes} and {@code tree}: as many whole planes as there are lanes, each folded into
 *       a vector of {@code t}, and then the vectors into one.
 * </ul>
 */
final class PoolKernels {
  private PoolKernels() {}

  private static final Pattern FOLD = Pattern.compile("@fold (\\S+) (\\S+) (.*)");
  private static final Pattern JOIN = Pattern.compile("@join (\\S+) (\\S+)");

  private static final String HEAD =
      """
      package dev.convector.internal.pool;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;
      import jdk.incubator.vector.VectorOperators;

      /** Generated, see PoolKernels in the codegen folder. */
      final class {name} {
        private static final IntVector EVEN = IntVector.zero(INTS).addIndex(2);
        private static final IntVector ODD = EVEN.add(1);

        private {name}() {}
      """;

  private static final String WINDOW =
      """

        static boolean window{suffix}(
            float[] x, int at, int rowStep, int rows, int columnStep, int columns,
            float[] y, int yAt, int count, float divisor) {
          FloatVector divisors = FloatVector.broadcast(SPECIES, divisor);
          FloatVector flag{v} = FloatVector.zero(SPECIES);
          int j = 0;
          for (; j <= count - {V} * LANES; j += {V} * LANES) {
            FloatVector sum{v} = {start};
            int row = at + j;
            for (int r = 0; r < rows; r++, row += rowStep) {
      @if byRows
              FloatVector part{v} = {start};
      @end
              int tap = row;
              for (int s = 0; s < columns; s++, tap += columnStep) {
                @fold {part}{v} flag{v} FloatVector.fromArray(SPECIES, x, tap + {v} * LANES)
              }
      @if byRows
              sum{v} = sum{v}.add(part{v});
      @end
            }
            sum{v}{divide}.intoArray(y, yAt + j + {v} * LANES);
          }
          for (; j < count; j += LANES) {
            int place = Math.min(j, count - LANES);
            FloatVector sum = {start};
            int row = at + place;
            for (int r = 0; r < rows; r++, row += rowStep) {
      @if byRows
              FloatVector part = {start};
      @end
              int tap = row;
              for (int s = 0; s < columns; s++, tap += columnStep) {
                @fold {part} flag0 FloatVector.fromArray(SPECIES, x, tap)
              }
      @if byRows
              sum = sum.add(part);
      @end
            }
            sum{divide}.intoArray(y, yAt + place);
          }
      @if max
          flag0 = flag0.add(flag{w + 1});
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String COLUMNS =
      """

        static boolean columns{K}Stride{S}(
            float[] x, int at, int rowStep, int pixel, float[] y, int yAt, int count,
            float divisor) {
          FloatVector divisors = FloatVector.broadcast(SPECIES, divisor);
          FloatVector flag0 = FloatVector.zero(SPECIES);
          FloatVector flag1 = FloatVector.zero(SPECIES);
          for (int j = 0; j < count; j += LANES) {
            int place = Math.min(j, count - LANES);
            int row0 = at + place;
            int row{a + 1} = row0 + {a + 1} * rowStep;
            int to = yAt + place;
      @for t
            FloatVector c{t} = FloatVector.fromArray(SPECIES, x, row0 + {t} * pixel);
      @if max
            flag{t-t/2*2} = flag{t-t/2*2}.add(c{t});
      @end
            @fold c{t} flag{t-t/2*2} FloatVector.fromArray(SPECIES, x, row{a + 1} + {t} * pixel)
      @end
      @for o
            FloatVector sum{o} = c{o * S};
            @join sum{o} c{o*S+a+1}
            sum{o}{divide}.intoArray(y, to + {o} * pixel);
      @end
          }
      @if max
          flag0 = flag0.add(flag1);
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String STRIP =
      """

        static boolean strip(float[] x, int at, int step, int taps, float[] y, int yAt, int count) {
          FloatVector flag{v} = FloatVector.zero(SPECIES);
          int j = 0;
          for (; j <= count - {V} * LANES; j += {V} * LANES) {
            FloatVector sum{v} = {start};
            int tap = at + j;
            for (int t = 0; t < taps; t++, tap += step) {
              @fold sum{v} flag{v} FloatVector.fromArray(SPECIES, x, tap + {v} * LANES)
            }
            sum{v}.intoArray(y, yAt + j + {v} * LANES);
          }
          for (; j < count; j += LANES) {
            int place = Math.min(j, count - LANES);
            FloatVector sum = {start};
            int tap = at + place;
            for (int t = 0; t < taps; t++, tap += step) {
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

        static boolean strip3(float[] x, int at, int step, float[] y, int yAt, int count) {
          FloatVector flag0 = FloatVector.zero(SPECIES);
          FloatVector flag1 = FloatVector.zero(SPECIES);
          for (int j = 0; j < count; j += LANES) {
            int place = Math.min(j, count - LANES);
            FloatVector sum = FloatVector.fromArray(SPECIES, x, at + place);
      @if max
            flag0 = flag0.add(sum);
      @end
            @fold sum flag1 FloatVector.fromArray(SPECIES, x, at + step + place)
            @fold sum flag0 FloatVector.fromArray(SPECIES, x, at + 2 * step + place)
            sum.intoArray(y, yAt + place);
          }
      @if max
          flag0 = flag0.add(flag1);
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String EVERY_SECOND =
      """

        static boolean everySecond{K}(
            float[] x, int at, int step, int rows, float[] y, int yAt, int count) {
          FloatVector flag0 = FloatVector.zero(SPECIES);
          FloatVector flag1 = FloatVector.zero(SPECIES);
          for (int j = 0; j < count; j += LANES) {
            int place = Math.min(j, count - LANES);
            FloatVector a0 = {start};
            FloatVector a1 = {start};
      @if third
            FloatVector b0 = {start};
            FloatVector b1 = {start};
      @end
            int row = at + 2 * place;
            for (int r = 0; r < rows; r++, row += step) {
              @fold a0 flag0 FloatVector.fromArray(SPECIES, x, row)
              @fold a1 flag1 FloatVector.fromArray(SPECIES, x, row + LANES)
      @if third
              @fold b0 flag0 FloatVector.fromArray(SPECIES, x, row + 1)
              @fold b1 flag1 FloatVector.fromArray(SPECIES, x, row + 1 + LANES)
      @end
            }
            FloatVector sum =
                EVEN.selectFrom(a0.reinterpretAsInts(), a1.reinterpretAsInts())
                    .reinterpretAsFloats();
            FloatVector odd =
                ODD.selectFrom(a0.reinterpretAsInts(), a1.reinterpretAsInts())
                    .reinterpretAsFloats();
            @join sum odd
      @if third
            FloatVector next =
                ODD.selectFrom(b0.reinterpretAsInts(), b1.reinterpretAsInts())
                    .reinterpretAsFloats();
            @join sum next
      @end
            sum.intoArray(y, yAt + place);
          }
      @if max
          flag0 = flag0.add(flag1);
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String PLANES =
      """

        static boolean flat3(
            float[] x, int at, int step, float[] left, float[] right, float[] y, int yAt, int count,
            float[] divisors) {
          for (int j = 0; j < count; j += LANES) {
            int place = Math.min(j, count - LANES);
            FloatVector before = FloatVector.fromArray(SPECIES, x, at - step + place);
            FloatVector behind = FloatVector.fromArray(SPECIES, x, at + step + place);
      @if max
            before = before.add(FloatVector.fromArray(SPECIES, left, place));
            behind = behind.add(FloatVector.fromArray(SPECIES, right, place));
            FloatVector sum = FloatVector.fromArray(SPECIES, x, at + place);
            @join sum before
            @join sum behind
      @else
            before =
                before.reinterpretAsInts()
                    .and(FloatVector.fromArray(SPECIES, left, place).reinterpretAsInts())
                    .reinterpretAsFloats();
            behind =
                behind.reinterpretAsInts()
                    .and(FloatVector.fromArray(SPECIES, right, place).reinterpretAsInts())
                    .reinterpretAsFloats();
            FloatVector sum =
                before.add(FloatVector.fromArray(SPECIES, x, at + place)).add(behind)
                    .div(FloatVector.fromArray(SPECIES, divisors, place));
      @end
            sum.intoArray(y, yAt + place);
          }
          return false;
        }

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

  static void write(String root) throws IOException {
    String packageName = "dev.convector.internal.pool";
    Template.write(root, packageName, "MaxKernels", kernels(true));
    Template.write(root, packageName, "SumKernels", kernels(false));
  }

  private static String kernels(boolean max) {
    StringBuilder out = new StringBuilder(template(HEAD, max).expand());
    out.append(window(max, false));
    if (!max) {
      out.append(window(false, true));
    }
    for (int k = 2; k <= 3; k++) {
      for (int s = 1; s <= 2; s++) {
        out.append(
            template(COLUMNS, max)
                .set("K", k)
                .set("S", s)
                .index("o", 4)
                .index("t", 3 * s + k)
                .index("a", k - 1)
                .expand());
      }
      out.append(template(EVERY_SECOND, max).set("K", k).set("third", k == 3).expand());
    }
    out.append(template(STRIP, max).expand());
    out.append(template(PLANES, max).expand());
    out.append(max ? "" : template(DIVIDE, false).expand());
    return out + "}\n";
  }

  private static String window(boolean max, boolean byRows) {
    return template(WINDOW, max)
        .set("byRows", byRows)
        .set("suffix", byRows ? "ByRows" : "")
        .set("part", byRows ? "part" : "sum")
        .expand();
  }

  private static Template template(String text, boolean max) {
    return Template.of(operations(text, max))
        .set("name", max ? "MaxKernels" : "SumKernels")
        .set("max", max)
        .set(
            "start",
            max
                ? "FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY)"
                : "FloatVector.zero(SPECIES)")
        .set("divide", max ? "" : ".div(divisors)")
        .set("V", 4)
        .index("v", 4)
        .index("w", 3);
  }

  /** Writes out what takes an element into a maximum or a sum. */
  private static String operations(String text, boolean max) {
    String fold =
        max
            ? "{ FloatVector e = $3; $2 = $2.add(e); $1 = $1.blend(e, $1.lt(e)); }"
            : "$1 = $1.add($3);";
    String join = max ? "$1 = $1.blend($2, $1.lt($2));" : "$1 = $1.add($2);";
    Matcher folds = FOLD.matcher(text);
    return JOIN.matcher(folds.replaceAll(fold)).replaceAll(join);
  }
}
