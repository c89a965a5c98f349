import java.io.IOException;

/**
 * Prints {@code dev.convector.internal.grouped.GroupedJoinedKernels}: tiles of neighbouring joined
 * pixels times one vector of filters, for channels-last convolutions of few channels a group in few
 * groups.
 *
 * <p>Its output is never committed. This file is the documentation of the kernel.
 *
 * <h2>The contract of a tile</h2>
 *
 * For each joined pixel {@code i} of a tile and lane {@code l}, with the operands of a {@code
 * GroupedCall p},
 *
 * <pre>
 *   c[cOffset + i * cStep + l] =
 *       clamp( start[startOffset + l]
 *              + sum over r in [fromStep, toStep), j in [0, CHANNELS) of
 *                    a[aOffset + steps[r] + i * aStep + indexes[indexOffset + j * LANES + l]]
 *                    * b[bOffset + (r * CHANNELS + j) * LANES + l] )
 * </pre>
 *
 * and pixels are stored in their order, so that what one spoils of the next is stored later.
 *
 * <h2>Why channels are written out</h2>
 *
 * The channels of a pixel's groups are one vector, loaded once for a tap and permuted for each
 * channel of a group. GroupedKernels' loop over channels loads it for each, and took 1.3 times as
 * long (3x3 of 4 channels a group at 60x60). Pixel after pixel: with all pixels of a channel after
 * those of the one before it took twice as long, since C2 then keeps all permuted vectors at once
 * (Zen 5).
 *
 * <h2>Which shapes</h2>
 *
 * Few heights: a row's last tile begins so much earlier that it is whole, and computes some pixels
 * again. Up to 4 channels have registers for 8 pixels: as many sums and inputs, and the indexes.
 */
final class GroupedJoinedKernels {
  /** Channels of a group that share a vector with another one of 16 lanes. */
  private static final int MOST = 8;

  private static final String HEADER =
      """
      package dev.convector.internal.grouped;

      import static dev.convector.internal.simd.Simd.INTS;
      import static dev.convector.internal.simd.Simd.LANES;
      import static dev.convector.internal.simd.Simd.SPECIES;

      import dev.convector.internal.simd.Simd;
      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.IntVector;

      /** Generated, see GroupedJoinedKernels in the codegen folder. */
      final class GroupedJoinedKernels {
        /** Most channels of a group. */
        static final int MOST = {most};

        private GroupedJoinedKernels() {}

        /** Pixels of the highest tile for so many channels of a group. */
        static int mostPixels(int channels) {
          return !Simd.MANY_REGISTERS ? 4 : channels <= 4 ? 8 : 6;
        }
      """;

  private static final String RUN =
      """

        /** A tile of 1, 4 or the most pixels. */
        static void run(GroupedCall p) {
          switch (p.channels * 10 + p.pixels) {
      """;

  private static final String CASE =
      """
            case {channels}{pixels} -> tile{channels}x{pixels}(p);
      """;

  private static final String RUN_END =
      """
            default ->
                throw new AssertionError("no " + p.pixels + " pixels of " + p.channels + " channels");
          }
        }
      """;

  private static final String TILE =
      """

        private static void tile{channels}x{pixels}(GroupedCall p) {
          float[] a = p.a;
          float[] b = p.b;
          int[] steps = p.steps;
          int aOffset = p.aOffset;
          int aStep = p.aStep;
          int w = p.bOffset + p.fromStep * {channels} * LANES;
          IntVector l{j} = IntVector.fromArray(INTS, p.indexes, p.indexOffset + {j} * LANES);
          FloatVector s = FloatVector.fromArray(SPECIES, p.start, p.startOffset);
          FloatVector c{i} = s;
          for (int r = p.fromStep; r < p.toStep; r++) {
            int at = aOffset + steps[r];
            FloatVector b{j} = FloatVector.fromArray(SPECIES, b, w + {j} * LANES);
            @for i
            IntVector y{i} = FloatVector.fromArray(SPECIES, a, at + {i} * aStep).reinterpretAsInts();
            FloatVector x{i}_{j} = l{j}.selectFrom(y{i}).reinterpretAsFloats();
            c{i} = x{i}_{j}.fma(b{j}, c{i});
            @end
            w += {channels} * LANES;
          }
          @clamp c{i}
          int to = p.cOffset;
          c{i}.intoArray(p.c, to + {i} * p.cStep);
        }
      """;

  private GroupedJoinedKernels() {}

  static void write(String root) throws IOException {
    StringBuilder out = new StringBuilder(Template.of(HEADER).set("most", MOST).expand());
    out.append(RUN);
    for (int channels = 1; channels <= MOST; channels++) {
      for (int pixels : heights(channels)) {
        out.append(of(CASE, channels, pixels).expand());
      }
    }
    out.append(RUN_END);
    for (int channels = 1; channels <= MOST; channels++) {
      for (int pixels : heights(channels)) {
        out.append(of(TILE, channels, pixels).index("i", pixels).index("j", channels).expand());
      }
    }
    Template.write(
        root,
        "dev.convector.internal.grouped",
        "GroupedJoinedKernels",
        out.append("}\n").toString());
  }

  private static int[] heights(int channels) {
    return new int[] {1, 4, channels <= 4 ? 8 : 6};
  }

  private static Template of(String text, int channels, int pixels) {
    return Template.of(text).set("channels", channels).set("pixels", pixels);
  }
}
