package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.Layout;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random cases: every attribute in every combination, awkward sizes more often than others. */
final class ConvCases {
  /** Multiply-adds of the largest case: some milliseconds for the oracle. */
  private static final long MOST = 600_000;

  private ConvCases() {}

  /** Any case that the oracle computes quickly. */
  static final class Any implements ArbitrarySupplier<ConvCase> {
    @Override
    public Arbitrary<ConvCase> get() {
      return of(ConvShapes.any(MOST));
    }
  }

  /** Batches of images of few pixels. */
  static final class TinyImages implements ArbitrarySupplier<ConvCase> {
    @Override
    public Arbitrary<ConvCase> get() {
      return of(ConvShapes.tinyImages(MOST));
    }
  }

  /** Sizes that no network has. */
  static final class Extreme implements ArbitrarySupplier<ConvCase> {
    @Override
    public Arbitrary<ConvCase> get() {
      return of(ExtremeShapes.any());
    }
  }

  /** Strides whose products with other sizes exceed an int. */
  static final class FarOutputs implements ArbitrarySupplier<ConvCase> {
    @Override
    public Arbitrary<ConvCase> get() {
      return of(ExtremeShapes.farOutputs());
    }
  }

  private static Arbitrary<ConvCase> of(Arbitrary<ConvShape> shapes) {
    return Combinators.combine(shapes, options(), offsets(), offsets(), placement(), seeds())
        .as(
            (shape, options, srcOffset, dstOffset, placement, seed) ->
                new ConvCase(
                    describe(shape, options),
                    placement.bias(),
                    placement.residual(),
                    srcOffset,
                    dstOffset,
                    placement.threads(),
                    Values.INTEGERS,
                    seed));
  }

  /** Cases of at least two million multiply-adds, so that several threads take part. */
  static final class Large implements ArbitrarySupplier<ConvCase> {
    @Override
    public Arbitrary<ConvCase> get() {
      return Combinators.combine(ConvShapes.large(), options(), placement(), seeds())
          .as(
              (shape, options, placement, seed) ->
                  new ConvCase(
                      describe(shape, options),
                      placement.bias(),
                      placement.residual() == Residual.IN_DST
                          ? Residual.APART
                          : placement.residual(),
                      0,
                      0,
                      Threads.SERIAL,
                      Values.FLOATS,
                      seed));
    }
  }

  record Options(Layout layout, Activation activation, Accuracy accuracy, boolean flipKernel) {}

  record Placement(boolean bias, Residual residual, Threads threads) {}

  static Conv2d describe(ConvShape s, Options options) {
    return Conv2d.builder()
        .input(s.batch(), s.channels(), s.height(), s.width())
        .filters(s.filters(), s.kernelHeight(), s.kernelWidth())
        .stride(s.strideHeight(), s.strideWidth())
        .dilation(s.dilationHeight(), s.dilationWidth())
        .padding(s.padTop(), s.padLeft(), s.padBottom(), s.padRight())
        .groups(s.groups())
        .layout(options.layout())
        .activation(options.activation())
        .accuracy(options.accuracy())
        .flipKernel(options.flipKernel())
        .build();
  }

  static Arbitrary<Options> options() {
    return Combinators.combine(
            Arbitraries.of(Layout.class),
            activations(),
            Arbitraries.of(Accuracy.class),
            Arbitraries.of(false, true))
        .as(Options::new);
  }

  private static Arbitrary<Activation> activations() {
    return Arbitraries.frequencyOf(
        Tuple.of(3, Arbitraries.of(Activation.NONE, Activation.RELU, Activation.RELU6)),
        Tuple.of(1, Arbitraries.of(Activation.clamp(-3, 5), Activation.clamp(2, 2))),
        Tuple.of(1, Arbitraries.of(0f, 0.01f, -0.5f).map(Activation::leakyRelu)),
        Tuple.of(
            3,
            Arbitraries.of(
                Activation.SIGMOID,
                Activation.SILU,
                Activation.HARD_SIGMOID,
                Activation.HARD_SWISH,
                Activation.TANH,
                Activation.GELU)));
  }

  static Arbitrary<Placement> placement() {
    return Combinators.combine(
            Arbitraries.of(false, true),
            Arbitraries.of(Residual.class),
            Arbitraries.of(Threads.class))
        .as(Placement::new);
  }

  static Arbitrary<Integer> offsets() {
    return Arbitraries.of(0, 1, 3, 16, 21);
  }

  static Arbitrary<Long> seeds() {
    return Arbitraries.longs().between(1, 1_000_000);
  }
}
