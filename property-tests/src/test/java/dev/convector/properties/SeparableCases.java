package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.DepthwiseSeparable2d;
import dev.convector.Layout;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random depthwise-separable convolutions: every attribute in every combination. */
final class SeparableCases {
  /** Multiply-adds of the largest depthwise part. */
  private static final long MOST = 150_000;

  private SeparableCases() {}

  /** Any case that the oracle computes quickly. */
  static final class Any implements ArbitrarySupplier<SeparableCase> {
    @Override
    public Arbitrary<SeparableCase> get() {
      Arbitrary<Boolean> either = Arbitraries.of(false, true);
      return Combinators.combine(
              descriptions(),
              either,
              either,
              ConvCases.offsets(),
              ConvCases.offsets(),
              Arbitraries.of(Threads.class),
              ConvCases.seeds())
          .as(
              (conv, depthwiseBias, pointwiseBias, srcOffset, dstOffset, threads, seed) ->
                  new SeparableCase(
                      conv,
                      depthwiseBias,
                      pointwiseBias,
                      srcOffset,
                      dstOffset,
                      threads,
                      Values.INTEGERS,
                      seed));
    }
  }

  private static Arbitrary<DepthwiseSeparable2d> descriptions() {
    return Combinators.combine(
            shapes(),
            Arbitraries.of(1, 2, 5, 15, 16, 17, 33, 64, 70),
            Arbitraries.of(Layout.class),
            activations(),
            activations())
        .as(SeparableCases::describe);
  }

  /** Also planes large enough for lanes along the pixels. */
  private static Arbitrary<ConvShape> shapes() {
    Arbitrary<ConvShape> planes =
        Combinators.combine(
                Arbitraries.of(1, 3, 8, 17),
                Arbitraries.integers().between(28, 40),
                Arbitraries.integers().between(28, 75),
                Arbitraries.of(1, 3, 5, 7),
                Arbitraries.of(1, 1, 2),
                Arbitraries.integers().between(0, 3))
            .as(
                (channels, height, width, kernel, stride, pad) ->
                    new ConvShape(
                        1,
                        channels,
                        new Axis(height * stride, kernel, stride, 1, pad, pad),
                        new Axis(width * stride, kernel, stride, 1, pad, pad),
                        channels,
                        channels));
    return Arbitraries.frequencyOf(Tuple.of(3, ConvShapes.depthwise(MOST)), Tuple.of(1, planes));
  }

  /** Piecewise linear ones keep integers exact in the sums behind them. */
  private static Arbitrary<Activation> activations() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.of(Activation.NONE, Activation.RELU, Activation.RELU6)),
        Tuple.of(1, Arbitraries.of(Activation.clamp(-30, 5), Activation.leakyRelu(-0.5f))),
        Tuple.of(1, Arbitraries.of(Activation.SILU, Activation.HARD_SWISH, Activation.TANH)));
  }

  private static DepthwiseSeparable2d describe(
      ConvShape s, int filters, Layout layout, Activation between, Activation activation) {
    return DepthwiseSeparable2d.builder()
        .input(s.batch(), s.channels(), s.height(), s.width())
        .kernel(s.kernelHeight(), s.kernelWidth())
        .multiplier(s.groupFilters())
        .stride(s.strideHeight(), s.strideWidth())
        .dilation(s.dilationHeight(), s.dilationWidth())
        .padding(s.padTop(), s.padLeft(), s.padBottom(), s.padRight())
        .filters(filters)
        .layout(layout)
        .depthwiseActivation(between)
        .activation(activation)
        .build();
  }
}
