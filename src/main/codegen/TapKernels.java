import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.resample.TapKernels}: sums along one axis of images, each
 * output's taps after another by multiply-adds.
 *
 * <p>Its output is never committed. This file is the documentation of the kernels.
 *
 * <h2>The methods</h2>
 *
 * <ul>
 *   <li>{@code rows}: one target, {@code y[yAt + j] = sum over its taps k of weights[k] * x[at +
 *       indices[k] * step + j]} for {@code j} below {@code count}.
 *   <li>{@code columns}: targets {@code [from, to)}, of {@code group} floats each: {@code y[yAt + q
 *       * group + j] = sum over the taps k of q of weights[k] * x[at + indices[k] * group + j]}.
 * </ul>
 *
 * <p>Loops over 2 or 4 taps cost as much as the sums, so 1, 2 and 4 taps, of the usual
 * interpolations and of the gradients of doubled sizes, are written out; and in {@code columns} the
 * vectors of a pixel, up to 8, since a pixel of 64 channels has no more (8 lanes).
 */
final class TapKernels {
  private static final int[] TAPS = {1, 2, 4};
  private static final int VECTORS = 8;

  private static final String HEADER =
      """
      package dev.convector.internal.resample;

      import static dev.convector.internal.simd.MultiplyAdd.fma;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;

      /** Generated, see TapKernels in the codegen folder. */
      final class TapKernels {
        private TapKernels() {}

        static void rows(
            Taps taps, int target, float[] x, int at, int step, float[] y, int yAt, int count) {
          if (count < LANES) {
            scalars(taps, target, x, at, step, y, yAt, count);
            return;
          }
          switch (taps.count(target)) {
            case 1 -> rows1(taps, target, x, at, step, y, yAt, count);
            case 2 -> rows2(taps, target, x, at, step, y, yAt, count);
            case 4 -> rows4(taps, target, x, at, step, y, yAt, count);
            default -> rowsAny(taps, target, x, at, step, y, yAt, count);
          }
        }

        static void columns(
            Taps taps, int from, int to, float[] x, int at, int group, float[] y, int yAt) {
          if (group < LANES) {
            for (int q = from; q < to; q++) {
              scalars(taps, q, x, at, group, y, yAt + q * group, group);
            }
            return;
          }
          int end;
          for (int q = from; q < to; q = end) {
            end = Math.min(to, taps.sameCount(q));
            int j = 0;
            for (; j <= group - {vectors} * LANES; j += {vectors} * LANES) {
              columns{vectors}(taps, q, end, x, at + j, group, y, yAt + j);
            }
            switch ((group - j) / LANES) {
              case {u + 1} -> columns{u + 1}(taps, q, end, x, at + j, group, y, yAt + j);
              default -> {}
            }
            if (group % LANES > 0) {
              int last = group - LANES;
              columns1(taps, q, end, x, at + last, group, y, yAt + last);
            }
          }
        }

        private static void scalars(
            Taps taps, int target, float[] x, int at, int step, float[] y, int yAt, int count) {
          int[] indices = taps.indices();
          float[] weights = taps.weights();
          int from = taps.starts()[target];
          int to = taps.starts()[target + 1];
          for (int j = 0; j < count; j++) {
            float sum = 0;
            for (int k = from; k < to; k++) {
              sum = fma(weights[k], x[at + indices[k] * step + j], sum);
            }
            y[yAt + j] = sum;
          }
        }

        private static void rowsAny(
            Taps taps, int target, float[] x, int at, int step, float[] y, int yAt, int count) {
          int[] indices = taps.indices();
          float[] weights = taps.weights();
          int from = taps.starts()[target];
          int to = taps.starts()[target + 1];
          int j = 0;
          for (; j <= count - {vectors} * LANES; j += {vectors} * LANES) {
            FloatVector s{v} = FloatVector.zero(SPECIES);
            for (int k = from; k < to; k++) {
              FloatVector w = FloatVector.broadcast(SPECIES, weights[k]);
              int tap = at + indices[k] * step + j;
              s{v} = w.fma(FloatVector.fromArray(SPECIES, x, tap + {v} * LANES), s{v});
            }
            s{v}.intoArray(y, yAt + j + {v} * LANES);
          }
          for (; j < count; j += LANES) {
            int place = Math.min(j, count - LANES);
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int k = from; k < to; k++) {
              FloatVector w = FloatVector.broadcast(SPECIES, weights[k]);
              int tap = at + indices[k] * step + place;
              sum = w.fma(FloatVector.fromArray(SPECIES, x, tap), sum);
            }
            sum.intoArray(y, yAt + place);
          }
        }
      """;

  private static final String ROWS =
      """

        private static void rows{T}(
            Taps taps, int target, float[] x, int at, int step, float[] y, int yAt, int count) {
          int k = taps.starts()[target];
          int x{t} = at + taps.indices()[k + {t}] * step;
          FloatVector w{t} = FloatVector.broadcast(SPECIES, taps.weights()[k + {t}]);
          int whole = count / LANES * LANES;
          for (int j = 0; j < whole; j += LANES) {
            FloatVector s = FloatVector.fromArray(SPECIES, x, x0 + j).mul(w0);
            s = w{u + 1}.fma(FloatVector.fromArray(SPECIES, x, x{u + 1} + j), s);
            s.intoArray(y, yAt + j);
          }
          int last = count - LANES;
          FloatVector s = FloatVector.fromArray(SPECIES, x, x0 + last).mul(w0);
          s = w{u + 1}.fma(FloatVector.fromArray(SPECIES, x, x{u + 1} + last), s);
          s.intoArray(y, yAt + last);
        }
      """;

  private static final String COLUMNS =
      """

        private static void columns{V}(
            Taps taps, int from, int to, float[] x, int at, int group, float[] y, int yAt) {
          switch (taps.count(from)) {
            case 1 -> columns{V}x1(taps, from, to, x, at, group, y, yAt);
            case 2 -> columns{V}x2(taps, from, to, x, at, group, y, yAt);
            case 4 -> columns{V}x4(taps, from, to, x, at, group, y, yAt);
            default -> columns{V}xAny(taps, from, to, x, at, group, y, yAt);
          }
        }

        private static void columns{V}xAny(
            Taps taps, int from, int to, float[] x, int at, int group, float[] y, int yAt) {
          int[] indices = taps.indices();
          float[] weights = taps.weights();
          int count = taps.count(from);
          int k = taps.starts()[from];
          for (int q = from; q < to; q++) {
            FloatVector s{v} = FloatVector.zero(SPECIES);
            for (int t = 0; t < count; t++, k++) {
              FloatVector w = FloatVector.broadcast(SPECIES, weights[k]);
              int tap = at + indices[k] * group;
              s{v} = w.fma(FloatVector.fromArray(SPECIES, x, tap + {v} * LANES), s{v});
            }
            int pixel = yAt + q * group;
            s{v}.intoArray(y, pixel + {v} * LANES);
          }
        }
      """;

  private static final String COLUMNS_OF_TAPS =
      """

        private static void columns{V}x{T}(
            Taps taps, int from, int to, float[] x, int at, int group, float[] y, int yAt) {
          int[] indices = taps.indices();
          float[] weights = taps.weights();
          int k = taps.starts()[from] - from * {T};
          for (int q = from; q < to; q++) {
            int x{t} = at + indices[k + q * {T} + {t}] * group;
            FloatVector w{t} = FloatVector.broadcast(SPECIES, weights[k + q * {T} + {t}]);
            int pixel = yAt + q * group;
            FloatVector s{v} = FloatVector.fromArray(SPECIES, x, x0 + {v} * LANES).mul(w0);
            @for u
            s{v} = w{u + 1}.fma(FloatVector.fromArray(SPECIES, x, x{u + 1} + {v} * LANES), s{v});
            @end
            s{v}.intoArray(y, pixel + {v} * LANES);
          }
        }
      """;

  private TapKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out =
        new StringBuilder(
            Template.of(HEADER)
                .set("vectors", VECTORS)
                .index("v", VECTORS)
                .index("u", VECTORS - 1)
                .expand());
    for (int taps : TAPS) {
      out.append(ofTaps(ROWS, taps).expand());
    }
    for (int vectors = 1; vectors <= VECTORS; vectors++) {
      out.append(Template.of(COLUMNS).set("V", vectors).index("v", vectors).expand());
      for (int taps : TAPS) {
        out.append(ofTaps(COLUMNS_OF_TAPS, taps).set("V", vectors).index("v", vectors).expand());
      }
    }
    Template.write(
        root, "dev.convector.internal.resample", "TapKernels", out.append("}\n").toString());
  }

  private static Template ofTaps(String text, int taps) {
    return Template.of(text).set("T", taps).index("t", taps).index("u", taps - 1);
  }
}
