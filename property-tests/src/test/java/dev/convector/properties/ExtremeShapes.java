package dev.convector.properties;

import dev.convector.Axis;
import dev.convector.ConvShape;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Shapes that are small in all sizes but one or two, which no network has. */
final class ExtremeShapes {
  private static final int MANY = 65_536;

  private ExtremeShapes() {}

  static Arbitrary<ConvShape> any() {
    return Arbitraries.oneOf(
        manyChannels(), manyFilters(), strips(), largeKernels(), batches(), farTaps());
  }

  /** Of a pixel, whose neighbours are padding, if there are any. */
  private static Arbitrary<ConvShape> manyChannels() {
    return Combinators.combine(
            Arbitraries.of(MANY - 1, MANY, MANY + 1),
            Arbitraries.of(1, 2, 3),
            Arbitraries.of(0, 0, 1),
            Arbitraries.of(false, true))
        .as(
            (channels, filters, pad, depthwise) ->
                new ConvShape(
                    1,
                    channels,
                    new Axis(1, 1 + 2 * pad, 1, 1, pad, pad),
                    new Axis(1, 1 + 2 * pad, 1, 1, pad, pad),
                    depthwise ? channels : filters,
                    depthwise ? channels : 1));
  }

  private static Arbitrary<ConvShape> manyFilters() {
    return Combinators.combine(Arbitraries.of(1, 2, 5), axes(3), Arbitraries.of(1, 2, MANY / 8))
        .as(
            (channels, axis, groups) ->
                new ConvShape(1, channels * groups, axis, Axis.of(1), MANY, groups));
  }

  /** One pixel high or wide. */
  private static Arbitrary<ConvShape> strips() {
    return Combinators.combine(
            Arbitraries.of(1, 2, 5),
            axes(9_000),
            Arbitraries.of(1, 3, 8),
            Arbitraries.of(1, 4, 17),
            Arbitraries.of(false, true),
            Arbitraries.of(false, true))
        .as(
            (batch, length, channels, filters, high, depthwise) ->
                new ConvShape(
                    batch,
                    channels,
                    high ? length : Axis.of(1),
                    high ? Axis.of(1) : length,
                    depthwise ? 2 * channels : filters,
                    depthwise ? channels : 1));
  }

  /** Up to 255 taps long, on images that may be smaller. */
  private static Arbitrary<ConvShape> largeKernels() {
    Arbitrary<Axis> axes =
        Combinators.combine(
                Arbitraries.of(1, 2, 200, 255),
                Arbitraries.of(1, 7, 100, 254, 255),
                Arbitraries.of(1, 2, 50),
                Arbitraries.integers().between(0, 1))
            .as(
                (kernel, size, stride, more) -> {
                  int pads = Math.max(0, kernel - size) + 2 * more;
                  // At most four places of a long window: each is a long sum.
                  int places = size + pads - kernel;
                  int step = kernel > 2 ? Math.max(stride, 1 + places / 3) : Math.max(stride, 30);
                  return new Axis(size, kernel, step, 1, pads / 2, pads - pads / 2);
                });
    return Combinators.combine(axes, axes, Arbitraries.of(1, 2), Arbitraries.of(1, 2))
        .as(
            (rows, columns, filters, groups) ->
                new ConvShape(1, groups, rows, columns, filters * groups, groups));
  }

  /** Thousands of images of a few pixels. */
  private static Arbitrary<ConvShape> batches() {
    return Combinators.combine(
            Arbitraries.of(999, 2048, 4097),
            axes(2),
            axes(1),
            Arbitraries.of(1, 2, 3),
            Arbitraries.of(1, 2, 5),
            Arbitraries.of(false, true))
        .as(
            (batch, rows, columns, channels, filters, depthwise) ->
                new ConvShape(
                    batch,
                    channels,
                    rows,
                    columns,
                    depthwise ? channels : filters,
                    depthwise ? channels : 1));
  }

  /** Of three taps at most one is inside. */
  private static Arbitrary<ConvShape> farTaps() {
    Arbitrary<Axis> axes =
        Combinators.combine(
                Arbitraries.of(1, 2, 9),
                Arbitraries.of(1, 2, 3),
                Arbitraries.of(10, 1_000, 65_537, 1 << 28),
                Arbitraries.of(1, 2, 1 << 20),
                Arbitraries.of(0.0, 0.4, 0.5, 1.0),
                Arbitraries.of(0, 3))
            .as(
                (size, kernel, dilation, stride, part, more) -> {
                  int pads = (kernel - 1) * dilation;
                  int before = (int) (part * pads);
                  return new Axis(size, kernel, stride, dilation, before, pads - before + more);
                });
    return Combinators.combine(
            axes, axes, Arbitraries.of(1, 3, 17), Arbitraries.of(1, 16), Arbitraries.of(1, 2))
        .as(
            (rows, columns, channels, filters, groups) ->
                new ConvShape(2, channels * groups, rows, columns, filters * groups, groups));
  }

  /** Strides far beyond the image, of which there is one output then. */
  static Arbitrary<ConvShape> farOutputs() {
    Arbitrary<Axis> axes =
        Combinators.combine(
                Arbitraries.of(1, 2, 9, 20),
                Arbitraries.of(1, 2, 3),
                Arbitraries.of(1, 2, 1_000, 1 << 28, 1 << 30, Integer.MAX_VALUE),
                Arbitraries.of(1, 2, 1 << 29),
                Arbitraries.of(0, 1, 2))
            .as(
                (size, kernel, stride, dilation, pad) -> {
                  int apart = kernel == 1 ? dilation : Math.min(2, dilation);
                  int after = Math.max(pad, (kernel - 1) * apart + 1 - size);
                  return new Axis(size, kernel, stride, apart, pad, after);
                });
    return Combinators.combine(
            axes,
            axes,
            Arbitraries.of(1, 3, 5, 14),
            Arbitraries.of(1, 3, 6),
            Arbitraries.of(1, 2, 3))
        .as(
            (rows, columns, channels, filters, groups) ->
                new ConvShape(3, channels * groups, rows, columns, filters * groups, groups));
  }

  /** Of about a length, with windows of a few taps. */
  private static Arbitrary<Axis> axes(int length) {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(1, 3),
            Arbitraries.of(1, 1, 2, 7),
            Arbitraries.of(1, 1, 2, 100),
            Arbitraries.integers().between(0, 2))
        .as(
            (more, kernel, stride, dilation, pad) -> {
              int missing = Math.max(0, (kernel - 1) * dilation + 1 - length - more);
              int before = Math.max(pad, missing / 2);
              return new Axis(
                  length + more, kernel, stride, dilation, before, Math.max(pad, missing - before));
            });
  }
}
