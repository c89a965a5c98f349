import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.pool.MaxKernels} and {@code SumKernels}: pooling with
 * channels in the lanes. {@link PoolTemplate} tells how maxima and sums are taken.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>The methods</h2>
 *
 * A {@code PoolCall p} has their operands: neighbouring windows of a row, and at least LANES
 * channels.
 *
 * <ul>
 *   <li>{@code window}: any windows. A row of a sum is two, of every second column, so that few
 *       channels too have enough additions to do at a time; and is added to the rows before as one,
 *       so that the rounding error grows with height plus width.
 *   <li>{@code columnsKStrideS}: four or more windows of K x K at stride S, four at a time, of
 *       which the last overlap those before; each input column is folded once for all that see it.
 * </ul>
 */
final class PoolKernels {
  /** Vectors of channels at a time. */
  private static final int[] VECTORS = {4, 2, 1};

  private static final String WINDOW =
      """
        static boolean window(PoolCall p) {
          boolean flag = false;
          for (int q = 0; q < p.windows; q++) {
            int at = p.at + q * p.windowStep;
            int to = p.yAt + q * p.pixel;
            int j = 0;
            for (; j <= p.count - 4 * LANES; j += 4 * LANES) {
              flag |= window4(p, at + j, to + j);
            }
            if (j <= p.count - 2 * LANES) {
              flag |= window2(p, at + j, to + j);
              j += 2 * LANES;
            }
            for (; j < p.count; j += LANES) {
              int place = Math.min(j, p.count - LANES);
              flag |= window1(p, at + place, to + place);
            }
          }
          return flag;
        }
      """;

  private static final String VECTORS_OF_WINDOW =
      """

        private static boolean window{V}(PoolCall p, int at, int to) {
          float[] x = p.x;
          float[] y = p.y;
          int rows = p.rows;
          int rowStep = p.rowStep;
          int columns = p.columns;
          int step = p.columnStep;
          FloatVector flag{v} = FloatVector.zero(SPECIES);
          FloatVector other{v} = FloatVector.zero(SPECIES);
          FloatVector s{v} = {start};
          for (int r = 0; r < rows; r++) {
            int row = at + r * rowStep;
            int odd = row + step;
            FloatVector a{v} = {start};
            FloatVector b{v} = {start};
            int pairs = columns / 2;
            for (int i = 0; i < pairs; i++) {
              @fold a{v} flag{v} FloatVector.fromArray(SPECIES, x, row + 2 * i * step + {v} * LANES)
              @fold b{v} other{v} FloatVector.fromArray(SPECIES, x, odd + 2 * i * step + {v} * LANES)
            }
            if (columns % 2 > 0) {
              int last = row + (columns - 1) * step;
              @fold a{v} flag{v} FloatVector.fromArray(SPECIES, x, last + {v} * LANES)
            }
            @join a{v} b{v}
            @join s{v} a{v}
          }
      @if !max
          FloatVector negatives = FloatVector.broadcast(SPECIES, -p.divisor);
          FloatVector reciprocals = FloatVector.broadcast(SPECIES, 1 / p.divisor);
      @end
          @divide s{v}
          s{v}.intoArray(y, to + {v} * LANES);
      @if max
          flag{v} = flag{v}.add(other{v});
          flag0 = flag0.add(flag{w + 1});
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private static final String COLUMNS =
      """

        static boolean columns{K}Stride{S}(PoolCall p) {
          float[] x = p.x;
          float[] y = p.y;
          int rowStep = p.rowStep;
          int pixel = p.pixel;
          int count = p.count;
          int windows = p.windows;
      @if !max
          FloatVector negatives = FloatVector.broadcast(SPECIES, -p.divisor);
          FloatVector reciprocals = FloatVector.broadcast(SPECIES, 1 / p.divisor);
      @end
          FloatVector flag{o} = FloatVector.zero(SPECIES);
          for (int q = 0; q < windows; q += 4) {
            int window = Math.min(q, windows - 4);
            int at = p.at + window * {S} * pixel;
            int block = p.yAt + window * pixel;
            for (int j = 0; j < count; j += LANES) {
              int place = Math.min(j, count - LANES);
              int row0 = at + place;
              int row{a + 1} = row0 + {a + 1} * rowStep;
              int to = block + place;
      @for t
              FloatVector c{t} = FloatVector.fromArray(SPECIES, x, row0 + {t} * pixel);
              flag{t%4} = flag{t%4}.add(c{t}); @where max
              @fold c{t} flag{(t+a+1)%4} FloatVector.fromArray(SPECIES, x, row{a + 1} + {t} * pixel)
      @end
      @for o
              FloatVector sum{o} = c{o * S};
              @join sum{o} c{o*S+a+1}
              @divide sum{o}
              sum{o}.intoArray(y, to + {o} * pixel);
      @end
            }
          }
      @if max
          flag0 = flag0.add(flag1).add(flag2.add(flag3));
          return flag0.compare(VectorOperators.NE, flag0).anyTrue();
      @else
          return false;
      @end
        }
      """;

  private PoolKernels() {}

  static void write(String root) throws IOException {
    for (boolean max : new boolean[] {true, false}) {
      StringBuilder out = new StringBuilder(WINDOW);
      for (int vectors : VECTORS) {
        out.append(
            PoolTemplate.of(VECTORS_OF_WINDOW, max)
                .set("V", vectors)
                .index("v", vectors)
                .index("w", vectors - 1)
                .expand());
      }
      for (int k = 2; k <= 3; k++) {
        for (int s = 1; s <= 2; s++) {
          out.append(
              PoolTemplate.of(COLUMNS, max)
                  .set("K", k)
                  .set("S", s)
                  .index("o", 4)
                  .index("t", 3 * s + k)
                  .index("a", k - 1)
                  .expand());
        }
      }
      PoolTemplate.write(root, max ? "MaxKernels" : "SumKernels", out.toString());
    }
  }
}
