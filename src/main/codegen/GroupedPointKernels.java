import java.io.IOException;
import java.util.List;

/**
 * Prints {@code dev.convector.internal.grouped.GroupedPointKernels}: 1x1 kernels on few channels a
 * group, a vector of filters for many pixels.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract</h2>
 *
 * For each pixel {@code i} and lane {@code l}, with the operands of a {@code GroupedCall p},
 *
 * <pre>
 *   c[cOffset + i * cStep + l] =
 *       clamp( start[startOffset + i * startStep + l]
 *              + sum over j in [0, channels) of x(i, j)[l] * b[bOffset + j * LANES + l] )
 * </pre>
 *
 * where {@code x(i, j)} is {@code a[aOffset + i * aStep + j]} in every lane ({@code broadcast}), or
 * {@code a[aOffset + i * aStep + indexes[indexOffset + j * LANES + l]]} ({@code select}). The
 * {@code wide} ones do so for two vectors of filters, whose weights lie {@code bVector} apart.
 *
 * <h2>Why</h2>
 *
 * A tile of 8 pixels has only as many multiply-adds for each as a group has channels, less than
 * what surrounds them. Here weights and indexes stay in registers, so that a pixel is a load, the
 * multiply-adds and a store, and the input needs no strip. The sums of a pixel wait for one
 * another, but those of several pixels overlap.
 */
final class GroupedPointKernels {
  /** Channels of a group whose weights, or weights and indexes, fit 32 registers. */
  private static final int MOST = 16;

  private static final int MOST_SELECT = 8;

  /** The same of two vectors of a group's filters. */
  private static final int MOST_WIDE = 6;

  private static final String HEADER =
      """
      package dev.convector.internal.grouped;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /** Generated, see GroupedPointKernels in the codegen folder. */
      final class GroupedPointKernels {
        static final int MOST = {most};
        static final int MOST_SELECT = {mostSelect};
        static final int MOST_WIDE = {mostWide};

        private GroupedPointKernels() {}
      """;

  private static final String RUN =
      """

        static void {kind}(GroupedCall p) {
          switch (p.channels) {
            case {i + 1} -> {kind}{i + 1}(p);
            default -> throw new AssertionError("no {kind} of " + p.channels + " channels");
          }
        }
      """;

  private static final String KERNEL =
      """

        private static void {kind}{channels}(GroupedCall p) {
          float[] a = p.a;
          float[] start = p.start;
          float[] c = p.c;
          int aStep = p.aStep;
          int startStep = p.startStep;
          int cStep = p.cStep;
          FloatVector b{j}_{v} = FloatVector.fromArray(SPECIES, p.b, p.bOffset + {v} * p.bVector + {j} * LANES);
          @if select
          IntVector l{j} = IntVector.fromArray(INTS, p.indexes, p.indexOffset + {j} * LANES);
          @end
          FloatVector lows = FloatVector.broadcast(SPECIES, p.low);
          FloatVector highs = FloatVector.broadcast(SPECIES, p.high);
          boolean clamped = p.lowClamped || p.highClamped;
          int at = p.aOffset;
          int from = p.startOffset;
          int to = p.cOffset;
          for (int i = 0; i < p.pixels; i++) {
            FloatVector s{v} = FloatVector.fromArray(SPECIES, start, from + {v} * LANES);
            @if select
            IntVector y = FloatVector.fromArray(SPECIES, a, at).reinterpretAsInts();
            FloatVector x{j} = l{j}.selectFrom(y).reinterpretAsFloats();
            @else
            FloatVector x{j} = FloatVector.broadcast(SPECIES, a[at + {j}]);
            @end
            s{v} = x{j}.fma(b{j}_{v}, s{v});
            @limit s{v}
            s{v}.intoArray(c, to + {v} * LANES);
            at += aStep;
            from += startStep;
            to += cStep;
          }
        }
      """;

  private GroupedPointKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out =
        new StringBuilder(
            Template.of(HEADER)
                .set("most", MOST)
                .set("mostSelect", MOST_SELECT)
                .set("mostWide", MOST_WIDE)
                .expand());
    for (String kind : List.of("broadcast", "wide", "select")) {
      boolean select = kind.equals("select");
      int vectors = kind.equals("wide") ? 2 : 1;
      int most = select ? MOST_SELECT : vectors == 2 ? MOST_WIDE : MOST;
      out.append(Template.of(RUN).set("kind", kind).index("i", most).expand());
      for (int channels = 1; channels <= most; channels++) {
        out.append(
            Template.of(KERNEL)
                .set("kind", kind)
                .set("select", select)
                .set("channels", channels)
                .index("j", channels)
                .index("v", vectors)
                .expand());
      }
    }
    Template.write(
        root,
        "dev.convector.internal.grouped",
        "GroupedPointKernels",
        out.append("}\n").toString());
  }
}
