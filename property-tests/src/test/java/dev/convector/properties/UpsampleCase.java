package dev.convector.properties;

import dev.convector.Coordinates;
import dev.convector.Interpolation;
import dev.convector.Layout;
import dev.convector.NearestMode;
import dev.convector.Upsample2d;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * A resizing and all it is run on. Its text is the Java expression that rebuilds it.
 *
 * @param upsample the description
 * @param srcOffset elements before the input
 * @param dstOffset elements before the output
 * @param threads where it runs
 * @param seed of the values
 */
record UpsampleCase(Upsample2d upsample, int srcOffset, int dstOffset, Threads threads, long seed) {

  int inputSize() {
    return upsample.batch() * upsample.channels() * upsample.height() * upsample.width();
  }

  int outputSize() {
    return upsample.batch()
        * upsample.channels()
        * upsample.outputHeight()
        * upsample.outputWidth();
  }

  @Override
  public String toString() {
    return "new UpsampleCase("
        + text(upsample)
        + ", "
        + srcOffset
        + ", "
        + dstOffset
        + ", Threads."
        + threads
        + ", "
        + seed
        + "L)";
  }

  /** The expression that builds a description. */
  static String text(Upsample2d u) {
    return "Upsample2d.builder().input("
        + u.batch()
        + ", "
        + u.channels()
        + ", "
        + u.height()
        + ", "
        + u.width()
        + ").output("
        + u.outputHeight()
        + ", "
        + u.outputWidth()
        + ")"
        + (u.scaleHeight() == 0 ? "" : ".scale(" + u.scaleHeight() + ", " + u.scaleWidth() + ")")
        + switch (u.interpolation()) {
          case NEAREST -> ".nearest(NearestMode." + u.nearestMode() + ")";
          case BILINEAR -> ".bilinear()";
          case BICUBIC -> ".bicubic(" + u.cubic() + ")";
        }
        + ".coordinates(Coordinates."
        + u.coordinates()
        + ").layout(Layout."
        + u.layout()
        + ").build()";
  }

  /** Any case. */
  static final class Any implements ArbitrarySupplier<UpsampleCase> {
    @Override
    public Arbitrary<UpsampleCase> get() {
      return cases(1);
    }
  }

  /** Cases that are worth several threads. */
  static final class Large implements ArbitrarySupplier<UpsampleCase> {
    @Override
    public Arbitrary<UpsampleCase> get() {
      return cases(12);
    }
  }

  private record Sizes(int input, double scale, int output) {}

  private static Arbitrary<Sizes> sizes() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 40),
            Arbitraries.oneOf(
                Arbitraries.of(0.5, 1.0, 2.0, 2.0, 3.0, 4.0),
                Arbitraries.doubles().between(0.1, 4.5)),
            Arbitraries.integers().between(1, 90))
        .as(Sizes::new);
  }

  private static Arbitrary<UpsampleCase> cases(int times) {
    Arbitrary<Upsample2d> upsamples =
        Combinators.combine(
                Arbitraries.integers().between(1, 3),
                Arbitraries.of(1, 2, 3, 8, 15, 16, 17, 33, 70).map(c -> c * times),
                sizes(),
                sizes(),
                Arbitraries.of(Interpolation.class),
                Arbitraries.of(Coordinates.class),
                Arbitraries.of(Layout.class),
                Combinators.combine(
                        Arbitraries.of(NearestMode.class),
                        Arbitraries.frequency(Tuple.of(3, "scale"), Tuple.of(2, "output")),
                        Arbitraries.of(-0.75, -0.5))
                    .as((nearest, given, cubic) -> new Object[] {nearest, given, cubic}))
            .as(
                (batch, channels, h, w, interpolation, coordinates, layout, more) -> {
                  Upsample2d.Builder builder =
                      Upsample2d.builder()
                          .input(batch, channels, h.input, w.input)
                          .coordinates(coordinates)
                          .layout(layout);
                  builder =
                      switch (interpolation) {
                        case NEAREST -> builder.nearest((NearestMode) more[0]);
                        case BILINEAR -> builder.bilinear();
                        case BICUBIC -> builder.bicubic((double) more[2]);
                      };
                  return more[1].equals("scale")
                      ? builder
                          .scale(Math.max(h.scale, 1.0 / h.input), Math.max(w.scale, 1.0 / w.input))
                          .build()
                      : builder.output(h.output, w.output).build();
                });
    return Combinators.combine(
            upsamples.filter(u -> times * (long) u.batch() * u.channels() < 2000),
            Arbitraries.integers().between(0, 9),
            Arbitraries.integers().between(0, 9),
            Arbitraries.of(Threads.class),
            Arbitraries.longs())
        .as(UpsampleCase::new);
  }
}
