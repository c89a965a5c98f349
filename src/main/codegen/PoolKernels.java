import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.pool.MaxKernels} and {@code SumKernels}: windows with
 * channels in the lanes. {@link PoolTemplate} tells how maxima and sums are taken.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>Columns</h2>
 *
 * {@code columns} folds the columns of windows whose rows have been folded; of NaN there are none.
 * With the operands of a {@code PoolCall p}, for each window {@code q} and each channel {@code c},
 * of which there are at least LANES
 *
 * <pre>
 *   y[yAt + q * pixel + c] = fold over t in [0, taps) of x[at + q * windowStep + t * step + c]
 * </pre>
 *
 * <p>divided by {@code divisor} if it is a sum. 2 and 3 taps are written out.
 *
 * <h2>Windows of the input itself</h2>
 *
 * While a folded row's columns are computed nothing is read from memory. Where windows overlap
 * little, they are taken from the input in one pass instead.
 *
 * <ul>
 *   <li>{@code squares}: two rows, {@code rowStep} apart, of two columns each. Channels innermost,
 *       so that memory is read as it lies.
 *   <li>{@code rollingV}: maxima of 3x3 with stride 2, of {@code count} channels in V vectors, the
 *       last of which may overlap the one before. Each row's three columns are folded as they are
 *       read, the third of which is the next window's first; {@code kept} has these of the row
 *       above, which the window shares, and gets those of its last row, so that each row is read
 *       once. The first row's columns begin at {@code previous}, {@code at} and {@code at + step},
 *       the second's {@code rowStep} behind.
 * </ul>
 */
final class PoolKernels {
  private static final int[] VECTORS = {4, 2, 1};

  private static final String ALL =
      """
        static void columns(PoolCall p) {
          int j = 0;
          for (; j <= p.count - 4 * LANES; j += 4 * LANES) {
            columns4(p, j);
          }
          if (j <= p.count - 2 * LANES) {
            columns2(p, j);
            j += 2 * LANES;
          }
          for (; j < p.count; j += LANES) {
            columns1(p, Math.min(j, p.count - LANES));
          }
        }
      """;

  private static final String SWITCH =
      """

        private static void columns{V}(PoolCall p, int channel) {
          switch (p.taps) {
            case 2 -> columns{V}x2(p, channel);
            case 3 -> columns{V}x3(p, channel);
            default -> columns{V}xAny(p, channel);
          }
        }
      """;

  private static final String COLUMNS =
      """

        private static void columns{V}x{name}(PoolCall p, int channel) {
          float[] x = p.x;
          float[] y = p.y;
          int step = p.step;
          int taps = p.taps;
          int windows = p.windows;
          int pixel = p.pixel;
          int windowStep = p.windowStep;
      @if !max
          FloatVector negatives = FloatVector.broadcast(SPECIES, -p.divisor);
          FloatVector reciprocals = FloatVector.broadcast(SPECIES, 1 / p.divisor);
      @end
          int at = p.at + channel;
          int to = p.yAt + channel;
          for (int q = 0; q < windows; q++) {
            FloatVector s{v} = FloatVector.fromArray(SPECIES, x, at + {v} * LANES);
      @if any
            int tap = at + step;
            for (int t = 1; t < taps; t++, tap += step) {
              FloatVector e{v} = FloatVector.fromArray(SPECIES, x, tap + {v} * LANES);
              @join s{v} e{v}
            }
      @else
      @for t
            int tap{t + 1} = at + {t + 1} * step;
            FloatVector e{t}_{v} = FloatVector.fromArray(SPECIES, x, tap{t + 1} + {v} * LANES);
            @join s{v} e{t}_{v}
      @end
      @end
            @divide s{v}
            s{v}.intoArray(y, to + {v} * LANES);
            at += windowStep;
            to += pixel;
          }
        }
      """;

  private static final String SQUARES =
      """

        static boolean squares(PoolCall p) {
          float[] x = p.x;
          float[] y = p.y;
          int count = p.count;
          int whole = count / LANES * LANES;
          int windows = p.windows;
      @if max
          FloatVector flag{t} = FloatVector.zero(SPECIES);
      @else
          FloatVector negatives = FloatVector.broadcast(SPECIES, -p.divisor);
          FloatVector reciprocals = FloatVector.broadcast(SPECIES, 1 / p.divisor);
      @end
          for (int q = 0; q < windows; q++) {
            int x0 = p.at + q * p.windowStep;
            int x1 = x0 + p.step;
            int x2 = x0 + p.rowStep;
            int x3 = x2 + p.step;
            int to = p.yAt + q * p.pixel;
            for (int j = 0; j < whole; j += LANES) {
              FloatVector s = FloatVector.fromArray(SPECIES, x, x0 + j);
              flag0 = flag0.add(s); @where max
              @fold s flag{u+1} FloatVector.fromArray(SPECIES, x, x{u+1} + j)
              @divide s
              s.intoArray(y, to + j);
            }
            if (whole < count) {
              int last = count - LANES;
              FloatVector s = FloatVector.fromArray(SPECIES, x, x0 + last);
              flag0 = flag0.add(s); @where max
              @fold s flag{u+1} FloatVector.fromArray(SPECIES, x, x{u+1} + last)
              @divide s
              s.intoArray(y, to + last);
            }
          }
      @if max
          flag0 = flag0.add(flag{u+1});
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String ROLLING =
      """

        static boolean rolling{V}(PoolCall p) {
          float[] x = p.x;
          float[] y = p.y;
          float[] kept = p.kept;
          int windows = p.windows;
          int windowStep = p.windowStep;
          int rowStep = p.rowStep;
          int step = p.step;
          int pixel = p.pixel;
          int o{v} = Math.min({v} * LANES, p.count - LANES);
          int a = p.at;
          int to = p.yAt;
          int keep = p.keptAt;
          int first = p.previous;
          int second = first + rowStep;
          FloatVector a{v} = FloatVector.fromArray(SPECIES, x, first + o{v});
          FloatVector b{v} = FloatVector.fromArray(SPECIES, x, second + o{v});
          FloatVector flag{v} = a{v}.add(b{v});
          for (int q = 0; q < windows; q++) {
            int b = a + rowStep;
            int c = a + step;
            int d = b + step;
            @for v
            FloatVector e{v} = FloatVector.fromArray(SPECIES, x, a + o{v});
            FloatVector f{v} = FloatVector.fromArray(SPECIES, x, b + o{v});
            FloatVector c{v} = FloatVector.fromArray(SPECIES, x, c + o{v});
            FloatVector d{v} = FloatVector.fromArray(SPECIES, x, d + o{v});
            FloatVector g{v} = e{v}.add(f{v}).add(c{v}.add(d{v}));
            flag{v} = flag{v}.add(g{v});
            @join a{v} e{v}
            @join b{v} f{v}
            @join a{v} c{v}
            @join b{v} d{v}
            FloatVector s{v} = FloatVector.fromArray(SPECIES, kept, keep + {v} * LANES);
            @join s{v} a{v}
            @join s{v} b{v}
            b{v}.intoArray(kept, keep + {v} * LANES);
            s{v}.intoArray(y, to + o{v});
            a{v} = c{v};
            b{v} = d{v};
            @end
            a += windowStep;
            to += pixel;
            keep += {V} * LANES;
          }
          flag0 = flag0.add(flag{w+1});
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
        }
      """;

  private PoolKernels() {}

  static void write(String root) throws IOException {
    for (boolean max : new boolean[] {true, false}) {
      StringBuilder out = new StringBuilder(ALL);
      for (int vectors : VECTORS) {
        out.append(Template.of(SWITCH).set("V", vectors).expand());
        for (int taps = 1; taps <= 3; taps++) {
          out.append(
              PoolTemplate.of(COLUMNS, max)
                  .set("V", vectors)
                  .index("v", vectors)
                  .set("any", taps == 1)
                  .set("name", taps == 1 ? "Any" : String.valueOf(taps))
                  .index("t", taps - 1)
                  .expand());
        }
      }
      out.append(PoolTemplate.of(SQUARES, max).index("t", 4).index("u", 3).expand());
      for (int vectors = 1; max && vectors <= 4; vectors++) {
        out.append(
            PoolTemplate.of(ROLLING, max)
                .set("V", vectors)
                .index("v", vectors)
                .index("w", vectors - 1)
                .expand());
      }
      PoolTemplate.write(root, max ? "MaxKernels" : "SumKernels", out.toString());
    }
  }
}
