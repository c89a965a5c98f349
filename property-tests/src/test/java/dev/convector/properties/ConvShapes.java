package dev.convector.properties;

import dev.convector.Axis;
import dev.convector.ConvShape;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random shapes. Sizes that are too small for their kernel grow, large ones shrink to a budget. */
final class ConvShapes {
  private ConvShapes() {}

  /** Two numbers, one for each axis. */
  private record Pair(int height, int width) {}

  private record Sides(int top, int left, int bottom, int right) {}

  private record Channels(int groups, int perGroup, int filtersPerGroup) {}

  /** Shapes of at most so many multiply-adds. */
  static Arbitrary<ConvShape> any(long most) {
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            channels(),
            images(),
            kernels(),
            steps(),
            steps(),
            sides())
        .as(ConvShapes::fitted)
        .map(shape -> within(shape, most));
  }

  /** Many images of few pixels, of at most so many multiply-adds. */
  static Arbitrary<ConvShape> tinyImages(long most) {
    return Combinators.combine(
            Arbitraries.integers().between(2, 40),
            channels(),
            pairs(1, 6),
            kernels(),
            steps(),
            steps(),
            sides())
        .as(ConvShapes::fitted)
        .map(shape -> fewer(shape, most));
  }

  private static ConvShape fewer(ConvShape s, long most) {
    long images = Math.clamp(s.batch() * most / s.multiplyAdds(), 1, s.batch());
    return within(resized(s, (int) images, s.height(), s.width()), most);
  }

  /** Shapes of 2 to 5 million multiply-adds. */
  static Arbitrary<ConvShape> large() {
    Arbitrary<Channels> many =
        Combinators.combine(
                Arbitraries.of(1, 1, 1, 3), Arbitraries.of(16, 17, 33), Arbitraries.of(16, 31, 48))
            .as(Channels::new);
    return Combinators.combine(
            Arbitraries.of(2, 3),
            Arbitraries.oneOf(many, depthwise()),
            pairs(20, 40),
            kernels(),
            steps(),
            Arbitraries.of(0, 1))
        .as(
            (batch, channels, image, kernel, step, pad) ->
                fitted(
                    batch,
                    channels,
                    image,
                    kernel,
                    step,
                    new Pair(1, 1),
                    new Sides(pad, pad, pad, pad)))
        .map(ConvShapes::enlarged)
        .map(shape -> within(shape, 5_000_000));
  }

  /** Depthwise shapes of at most so many multiply-adds. */
  static Arbitrary<ConvShape> depthwise(long most) {
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            depthwise(),
            images(),
            kernels(),
            steps(),
            steps(),
            sides())
        .as(ConvShapes::fitted)
        .map(shape -> within(shape, most));
  }

  private static Arbitrary<Channels> channels() {
    Arbitrary<Integer> tails = Arbitraries.of(1, 2, 3, 8, 15, 16, 17, 31, 32, 33);
    Arbitrary<Channels> dense =
        Combinators.combine(tails, tails).as((c, k) -> new Channels(1, c, k));
    // Deeper than one pass over a panel, and than one unfolding.
    Arbitrary<Channels> deep =
        Combinators.combine(Arbitraries.of(342, 520, 1030, 1100), Arbitraries.of(1, 2, 5))
            .as((c, k) -> new Channels(1, c, k));
    Arbitrary<Channels> grouped =
        Combinators.combine(
                Arbitraries.integers().between(2, 9),
                Arbitraries.of(1, 2, 3, 4, 5, 8, 16, 17),
                Arbitraries.of(1, 2, 3, 4, 8, 15, 16, 17, 33))
            .as(Channels::new);
    return Arbitraries.frequencyOf(
        Tuple.of(5, dense), Tuple.of(1, deep), Tuple.of(2, grouped), Tuple.of(2, depthwise()));
  }

  private static Arbitrary<Channels> depthwise() {
    return Combinators.combine(
            Arbitraries.of(1, 3, 4, 8, 15, 16, 17, 31, 33, 64), Arbitraries.of(1, 1, 2, 3))
        .as((groups, multiplier) -> new Channels(groups, 1, multiplier));
  }

  private static Arbitrary<Pair> images() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 14), Arbitraries.integers().between(1, 40))
        .as(Pair::new);
  }

  private static Arbitrary<Pair> kernels() {
    return Arbitraries.frequencyOf(
        Tuple.of(2, Arbitraries.just(new Pair(1, 1))),
        Tuple.of(3, Arbitraries.just(new Pair(3, 3))),
        Tuple.of(2, Arbitraries.just(new Pair(5, 5))),
        Tuple.of(4, pairs(1, 5)),
        Tuple.of(1, pairs(1, 11)));
  }

  private static Arbitrary<Pair> steps() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.just(new Pair(1, 1))), Tuple.of(2, pairs(1, 3)));
  }

  private static Arbitrary<Sides> sides() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.just(new Sides(0, 0, 0, 0))),
        Tuple.of(2, Arbitraries.just(new Sides(1, 1, 1, 1))),
        Tuple.of(3, sides(2)),
        Tuple.of(1, sides(9)));
  }

  private static Arbitrary<Sides> sides(int most) {
    Arbitrary<Integer> side = Arbitraries.integers().between(0, most);
    return Combinators.combine(side, side, side, side).as(Sides::new);
  }

  private static Arbitrary<Pair> pairs(int least, int most) {
    Arbitrary<Integer> one = Arbitraries.integers().between(least, most);
    return Combinators.combine(one, one).as(Pair::new);
  }

  /** An image that is smaller than the kernel, with its padding, grows to the kernel's size. */
  private static ConvShape fitted(
      int batch,
      Channels channels,
      Pair image,
      Pair kernel,
      Pair stride,
      Pair dilation,
      Sides pad) {
    int leastHeight = (kernel.height - 1) * dilation.height + 1 - pad.top - pad.bottom;
    int leastWidth = (kernel.width - 1) * dilation.width + 1 - pad.left - pad.right;
    return new ConvShape(
        batch,
        channels.groups * channels.perGroup,
        new Axis(
            Math.max(image.height, leastHeight),
            kernel.height,
            stride.height,
            dilation.height,
            pad.top,
            pad.bottom),
        new Axis(
            Math.max(image.width, leastWidth),
            kernel.width,
            stride.width,
            dilation.width,
            pad.left,
            pad.right),
        channels.groups * channels.filtersPerGroup,
        channels.groups);
  }

  private static ConvShape within(ConvShape shape, long most) {
    ConvShape s =
        shape.multiplyAdds() > most ? resized(shape, 1, shape.height(), shape.width()) : shape;
    while (s.multiplyAdds() > most) {
      int height = s.height() - Math.ceilDiv(s.height(), 4);
      int width = s.width() - Math.ceilDiv(s.width(), 4);
      ConvShape smaller = resized(s, 1, height, width);
      if (smaller.height() == s.height() && smaller.width() == s.width()) {
        return s;
      }
      s = smaller;
    }
    return s;
  }

  private static ConvShape enlarged(ConvShape shape) {
    ConvShape s = shape;
    while (s.multiplyAdds() < 2_000_000) {
      s = resized(s, s.batch(), s.height() + s.height() / 2, s.width() + s.width() / 2);
    }
    return s;
  }

  private static ConvShape resized(ConvShape s, int batch, int height, int width) {
    return fitted(
        batch,
        new Channels(s.groups(), s.groupChannels(), s.groupFilters()),
        new Pair(Math.max(1, height), Math.max(1, width)),
        new Pair(s.kernelHeight(), s.kernelWidth()),
        new Pair(s.strideHeight(), s.strideWidth()),
        new Pair(s.dilationHeight(), s.dilationWidth()),
        new Sides(s.padTop(), s.padLeft(), s.padBottom(), s.padRight()));
  }
}
