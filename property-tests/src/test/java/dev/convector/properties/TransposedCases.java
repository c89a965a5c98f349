package dev.convector.properties;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.ConvTranspose2d;
import dev.convector.ConvTransposeShape;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;

/** Random transposed convolutions: those that lead back from the output of a random convolution. */
final class TransposedCases {
  /** Multiply-adds of the largest case: some milliseconds for the oracle. */
  private static final long MOST = 150_000;

  private TransposedCases() {}

  /** Any case that the oracle computes quickly. */
  static final class Any implements ArbitrarySupplier<TransposedCase> {
    @Override
    public Arbitrary<TransposedCase> get() {
      return cases(ConvShapes.any(MOST), ConvCases.offsets());
    }
  }

  /** Cases of at least two million multiply-adds, so that several threads take part. */
  static final class Large implements ArbitrarySupplier<TransposedCase> {
    @Override
    public Arbitrary<TransposedCase> get() {
      return cases(ConvShapes.large(), Arbitraries.just(0)).map(c -> c.with(Values.FLOATS));
    }
  }

  private static Arbitrary<TransposedCase> cases(
      Arbitrary<ConvShape> shapes, Arbitrary<Integer> offsets) {
    return Combinators.combine(
            shapes,
            Combinators.combine(outputPaddings(), outputPaddings())
                .as((rows, columns) -> new int[] {rows, columns}),
            ConvCases.options(),
            offsets,
            offsets,
            ConvCases.placement(),
            ConvCases.seeds())
        .as(
            (shape, outputPadding, options, srcOffset, dstOffset, placement, seed) ->
                new TransposedCase(
                    describe(shape, outputPadding, options),
                    placement.bias(),
                    placement.residual(),
                    srcOffset,
                    dstOffset,
                    placement.threads(),
                    Values.INTEGERS,
                    seed));
  }

  private static Arbitrary<Integer> outputPaddings() {
    return Arbitraries.of(-1, 0, 1, 2);
  }

  /** A builder of the same sizes, attributes and layout, with standard accuracy. */
  static ConvTranspose2d.Builder builder(ConvTranspose2d conv) {
    ConvTransposeShape s = conv.shape();
    return ConvTranspose2d.builder()
        .input(s.batch(), s.channels(), s.height(), s.width())
        .filters(s.filters(), s.kernelHeight(), s.kernelWidth())
        .stride(s.rows().stride(), s.columns().stride())
        .dilation(s.rows().dilation(), s.columns().dilation())
        .padding(
            s.rows().padBefore(),
            s.columns().padBefore(),
            s.rows().padAfter(),
            s.columns().padAfter())
        .outputPadding(s.rows().outputPadding(), s.columns().outputPadding())
        .groups(s.groups())
        .layout(conv.layout())
        .flipKernel(conv.flipKernel());
  }

  /** The same without its activation. */
  static ConvTranspose2d without(ConvTranspose2d conv) {
    return builder(conv).accuracy(conv.accuracy()).build();
  }

  static ConvTranspose2d describe(ConvShape s, int[] outputPadding, ConvCases.Options options) {
    return ConvTranspose2d.builder()
        .input(s.batch(), s.filters(), s.outputHeight(), s.outputWidth())
        .filters(s.channels(), s.kernelHeight(), s.kernelWidth())
        .stride(s.strideHeight(), s.strideWidth())
        .dilation(s.dilationHeight(), s.dilationWidth())
        .padding(s.padTop(), s.padLeft(), s.padBottom(), s.padRight())
        .outputPadding(
            outputPadding(s.rows(), outputPadding[0]), outputPadding(s.columns(), outputPadding[1]))
        .groups(s.groups())
        .layout(options.layout())
        .activation(options.activation())
        .accuracy(options.accuracy())
        .flipKernel(options.flipKernel())
        .build();
  }

  /** What is wished for if it is allowed and leaves an output; else what leads back. */
  private static int outputPadding(Axis a, int wished) {
    int back = (a.size() + a.padBefore() + a.padAfter() - a.effectiveKernel()) % a.stride();
    boolean allowed =
        wished >= 0 && wished < Math.max(a.stride(), a.dilation()) && a.size() - back + wished > 0;
    return allowed ? wished : back;
  }
}
