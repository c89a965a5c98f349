package dev.convector.properties;

import dev.convector.Axis;
import dev.convector.Conv3dShape;
import dev.convector.PaddingMode;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random convolutions of one, two and three dimensions with every padding mode. */
final class VolumeCases {
  /** Multiply-adds of the largest case: some milliseconds for the oracle. */
  private static final long MOST = 200_000;

  private static final Arbitrary<Axis> POINT = Arbitraries.just(Axis.of(1));

  private VolumeCases() {}

  static final class One implements ArbitrarySupplier<VolumeCase> {
    @Override
    public Arbitrary<VolumeCase> get() {
      return modes().flatMap(mode -> cases(mode, POINT, POINT, axis(mode, 60)));
    }
  }

  static final class Two implements ArbitrarySupplier<VolumeCase> {
    @Override
    public Arbitrary<VolumeCase> get() {
      return modes().flatMap(mode -> cases(mode, POINT, axis(mode, 12), axis(mode, 24)));
    }
  }

  static final class Three implements ArbitrarySupplier<VolumeCase> {
    @Override
    public Arbitrary<VolumeCase> get() {
      return modes()
          .flatMap(
              mode ->
                  cases(
                      mode,
                      orPlain(axis(mode, 6), 6),
                      orPlain(axis(mode, 7), 7),
                      orPlain(axis(mode, 10), 10)));
    }
  }

  private record Channels(int groups, int perGroup, int filtersPerGroup) {}

  private record Window(int kernel, int stride, int dilation) {}

  private static Arbitrary<PaddingMode> modes() {
    return Arbitraries.of(PaddingMode.class);
  }

  private static Arbitrary<Channels> channels() {
    Arbitrary<Integer> some = Arbitraries.of(1, 2, 3, 8, 16, 17, 33);
    Arbitrary<Channels> dense = Combinators.combine(some, some).as((c, k) -> new Channels(1, c, k));
    Arbitrary<Channels> grouped =
        Combinators.combine(
                Arbitraries.integers().between(2, 5),
                Arbitraries.of(2, 4, 8, 17),
                Arbitraries.of(1, 3, 8, 17))
            .as(Channels::new);
    Arbitrary<Channels> depthwise =
        Combinators.combine(Arbitraries.of(1, 3, 16, 17, 33), Arbitraries.of(1, 1, 2))
            .as((groups, multiplier) -> new Channels(groups, 1, multiplier));
    return Arbitraries.frequencyOf(
        Tuple.of(4, dense), Tuple.of(1, grouped), Tuple.of(2, depthwise));
  }

  /** Now and then one that no window sees: two such neighbours are computed as one. */
  private static Arbitrary<Axis> orPlain(Arbitrary<Axis> axis, int most) {
    return Arbitraries.frequencyOf(
        Tuple.of(3, axis), Tuple.of(1, Arbitraries.integers().between(1, most).map(Axis::of)));
  }

  /** Axes that the mode allows: an input that is too small for its padding or its window grows. */
  private static Arbitrary<Axis> axis(PaddingMode mode, int most) {
    Arbitrary<Window> windows =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.of(1, 3, 3, 5).map(kernel -> new Window(kernel, 1, 1))),
            Tuple.of(
                2,
                Combinators.combine(
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 3))
                    .as(Window::new)));
    Arbitrary<Integer> pads = Arbitraries.of(0, 0, 1, 1, 2, 3, 5);
    return Combinators.combine(Arbitraries.integers().between(1, most), windows, pads, pads)
        .as(
            (size, window, before, after) -> {
              int pad = Math.max(before, after);
              int allowed =
                  switch (mode) {
                    case ZEROS, REPLICATE -> 1;
                    case CIRCULAR -> pad;
                    case REFLECT -> pad + 1;
                  };
              int reach = (window.kernel - 1) * window.dilation + 1 - before - after;
              return new Axis(
                  Math.max(size, Math.max(allowed, reach)),
                  window.kernel,
                  window.stride,
                  window.dilation,
                  before,
                  after);
            });
  }

  private static Arbitrary<VolumeCase> cases(
      PaddingMode mode, Arbitrary<Axis> depth, Arbitrary<Axis> rows, Arbitrary<Axis> columns) {
    Arbitrary<Conv3dShape> shapes =
        Combinators.combine(Arbitraries.integers().between(1, 3), channels(), depth, rows, columns)
            .as(VolumeCases::shape);
    return Combinators.combine(
            shapes,
            ConvCases.options(),
            ConvCases.placement(),
            ConvCases.offsets(),
            ConvCases.seeds())
        .as(
            (shape, options, placement, offset, seed) ->
                new VolumeCase(
                    shape,
                    mode,
                    options,
                    placement.bias(),
                    placement.residual(),
                    offset,
                    placement.threads(),
                    Values.INTEGERS,
                    seed));
  }

  /** Of many products fewer images, then fewer channels. */
  private static Conv3dShape shape(
      int batch, Channels channels, Axis depth, Axis rows, Axis columns) {
    int images = batch;
    Channels c = channels;
    Conv3dShape shape = shape(images, depth, rows, columns, c);
    while (shape.multiplyAdds() > MOST && (images > 1 || c.perGroup * c.filtersPerGroup > 1)) {
      if (images > 1) {
        images = 1;
      } else {
        c = new Channels(c.groups, (c.perGroup + 1) / 2, (c.filtersPerGroup + 1) / 2);
      }
      shape = shape(images, depth, rows, columns, c);
    }
    return shape;
  }

  private static Conv3dShape shape(int batch, Axis depth, Axis rows, Axis columns, Channels c) {
    return new Conv3dShape(
        batch, c.groups * c.perGroup, depth, rows, columns, c.groups * c.filtersPerGroup, c.groups);
  }
}
