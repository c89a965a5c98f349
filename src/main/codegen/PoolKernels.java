import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.pool.MaxKernels} and {@code SumKernels}: the columns of
 * windows whose rows have been folded, with channels in the lanes. {@link PoolTemplate} tells how
 * maxima and sums are taken; of NaN there are none.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>The contract</h2>
 *
 * With the operands of a {@code PoolCall p}, for each window {@code q} and each channel {@code c},
 * of which there are at least LANES
 *
 * <pre>
 *   y[yAt + q * pixel + c] = fold over t in [0, taps) of folded[at + q * windowStep + t * step + c]
 * </pre>
 *
 * <p>divided by {@code divisor} if it is a sum. 2 and 3 taps are written out.
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
          float[] x = p.folded;
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
      PoolTemplate.write(root, max ? "MaxKernels" : "SumKernels", out.toString());
    }
  }
}
