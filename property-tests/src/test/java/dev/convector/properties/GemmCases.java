package dev.convector.properties;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Random products: sizes around tiles, panels and blocks, with every attribute. */
final class GemmCases {
  private GemmCases() {}

  /** Any product that the oracle computes quickly. */
  static final class Any implements ArbitrarySupplier<GemmCase> {
    @Override
    public Arbitrary<GemmCase> get() {
      return cases(sizes(), Arbitraries.of(Threads.class));
    }
  }

  /** Products of several units of work, two to six million multiply-adds. */
  static final class Large implements ArbitrarySupplier<GemmCase> {
    @Override
    public Arbitrary<GemmCase> get() {
      return cases(
          Combinators.combine(
                  Arbitraries.integers().between(350, 500),
                  Arbitraries.integers().between(250, 350),
                  Arbitraries.integers().between(24, 36))
              .as(GemmCase.Sizes::new),
          Arbitraries.just(Threads.SERIAL));
    }
  }

  private static Arbitrary<GemmCase> cases(
      Arbitrary<GemmCase.Sizes> sizes, Arbitrary<Threads> threads) {
    Arbitrary<Boolean> either = Arbitraries.of(false, true);
    // Factors that keep small integers exact.
    Arbitrary<Float> alpha = Arbitraries.of(1f, 1f, -1f, 2f, 0.5f, 0f);
    Arbitrary<Float> beta = Arbitraries.of(0f, 0f, 1f, -1f, 2f, 0.5f);
    return Combinators.combine(
            sizes,
            either,
            either,
            three(0, 0, 0, 1, 5, 16),
            three(0, 0, 1, 3, 16),
            alpha,
            beta,
            Combinators.combine(threads, Arbitraries.longs().between(1, 1_000_000)).as(Tuple::of))
        .as(
            (size, transposeA, transposeB, gaps, offsets, product, before, rest) ->
                new GemmCase(
                    size,
                    transposeA,
                    transposeB,
                    gaps,
                    offsets,
                    product,
                    before,
                    rest.get1(),
                    Values.INTEGERS,
                    rest.get2()));
  }

  /** Small in all directions, or large in one. */
  private static Arbitrary<GemmCase.Sizes> sizes() {
    Arbitrary<Integer> size =
        Arbitraries.oneOf(
            Arbitraries.integers().between(1, 40),
            Arbitraries.of(4, 5, 6, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65));
    Arbitrary<Integer> rows = Arbitraries.of(191, 192, 193, 1537);
    Arbitrary<Integer> columns = Arbitraries.of(255, 256, 257, 321, 530);
    Arbitrary<Integer> depth = Arbitraries.of(1023, 1024, 1025, 1030, 2051);
    return Arbitraries.frequencyOf(
        Tuple.of(4, sizes(size, size, size)),
        Tuple.of(1, sizes(rows, size, size)),
        Tuple.of(1, sizes(size, columns, size)),
        Tuple.of(1, sizes(size, size, depth)));
  }

  private static Arbitrary<GemmCase.Sizes> sizes(
      Arbitrary<Integer> m, Arbitrary<Integer> n, Arbitrary<Integer> k) {
    return Combinators.combine(m, n, k).as(GemmCase.Sizes::new);
  }

  private static Arbitrary<GemmCase.Three> three(Integer... values) {
    Arbitrary<Integer> one = Arbitraries.of(values);
    return Combinators.combine(one, one, one).as(GemmCase.Three::new);
  }
}
