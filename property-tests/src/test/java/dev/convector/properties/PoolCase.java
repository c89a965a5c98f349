package dev.convector.properties;

import dev.convector.Axis;
import dev.convector.Layout;
import dev.convector.Pool2d;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ArbitrarySupplier;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * A pooling and all it is run on. Its text is the Java expression that rebuilds it.
 *
 * @param pool the description
 * @param srcOffset elements before the input
 * @param dstOffset elements before the output
 * @param threads where it runs
 * @param values what the input is filled with
 * @param seed of the values
 */
record PoolCase(
    Pool2d pool, int srcOffset, int dstOffset, Threads threads, Values values, long seed) {

  int inputSize() {
    return pool.batch() * pool.channels() * pool.rows().size() * pool.columns().size();
  }

  int outputSize() {
    return pool.batch() * pool.channels() * pool.outputHeight() * pool.outputWidth();
  }

  @Override
  public String toString() {
    return "new PoolCase("
        + text(pool)
        + ", "
        + srcOffset
        + ", "
        + dstOffset
        + ", Threads."
        + threads
        + ", Values."
        + values
        + ", "
        + seed
        + "L)";
  }

  /** The expression that builds a description, with ceil mode's padding as such. */
  static String text(Pool2d pool) {
    Axis h = pool.rows();
    Axis w = pool.columns();
    String start =
        "Pool2d.builder()"
            + (pool.isMax() ? ".max()" : ".average(" + pool.countPadding() + ")")
            + call("input", pool.batch(), pool.channels(), h.size(), w.size())
            + ".layout(Layout."
            + pool.layout()
            + ")";
    return pool.isAdaptive()
        ? start + call("adaptive", pool.outputHeight(), pool.outputWidth()) + ".build()"
        : start
            + call("kernel", h.kernel(), w.kernel())
            + call("stride", h.stride(), w.stride())
            + call("dilation", h.dilation(), w.dilation())
            + call("padding", h.padBefore(), w.padBefore(), pool.padBottom(), pool.padRight())
            + ".ceilMode("
            + (h.padAfter() != pool.padBottom() || w.padAfter() != pool.padRight())
            + ").build()";
  }

  private static String call(String method, int... arguments) {
    String list = Arrays.toString(arguments);
    return "." + method + "(" + list.substring(1, list.length() - 1) + ")";
  }

  /** Any case. */
  static final class Any implements ArbitrarySupplier<PoolCase> {
    @Override
    public Arbitrary<PoolCase> get() {
      return cases(pools(1));
    }
  }

  /** Cases that are worth several threads, with the values that show an order: no integers. */
  static final class Large implements ArbitrarySupplier<PoolCase> {
    @Override
    public Arbitrary<PoolCase> get() {
      return cases(pools(12))
          .map(c -> new PoolCase(c.pool, 0, 0, c.threads, Values.FLOATS, c.seed));
    }
  }

  private static Arbitrary<PoolCase> cases(Arbitrary<Pool2d> pools) {
    return Combinators.combine(
            pools,
            Arbitraries.integers().between(0, 9),
            Arbitraries.integers().between(0, 9),
            Arbitraries.of(Threads.class),
            Arbitraries.of(Values.class),
            Arbitraries.longs())
        .as(PoolCase::new);
  }

  /** One axis: a window, or the outputs of an adaptive one. */
  private record Windows(
      int size, int kernel, int stride, int dilation, int before, int after, int outputs) {

    /** The same with a window that networks have, which both axes share. */
    Windows usual(int which) {
      int usualKernel = which % 3 == 0 ? 2 : 3;
      int usualStride = which % 3 == 2 ? 1 : 2;
      return new Windows(size, usualKernel, usualStride, 1, before, after, outputs);
    }

    /** A window that fits, with at least one tap inside wherever it stands. */
    Windows fitted() {
      int most = (kernel - 1) * dilation;
      int padBefore = Math.min(before, most / 2);
      int padAfter = Math.min(after, most / 2);
      int least = Math.max(dilation, most + 1 - padBefore - padAfter);
      return new Windows(
          Math.max(size, least), kernel, stride, dilation, padBefore, padAfter, outputs);
    }
  }

  private static Arbitrary<Windows> windows(int most) {
    Arbitrary<Integer> kernels = Arbitraries.of(1, 2, 2, 3, 3, 3, 4, 5, 7, 11);
    Arbitrary<Integer> pads = Arbitraries.integers().between(0, 5);
    return Combinators.combine(
            Arbitraries.integers().between(1, most),
            kernels,
            Arbitraries.of(1, 1, 2, 2, 3, 5),
            Arbitraries.frequency(Tuple.of(4, 1), Tuple.of(1, 2), Tuple.of(1, 3)),
            pads,
            pads,
            Arbitraries.integers().between(1, 9))
        .as(Windows::new);
  }

  private static Arbitrary<Pool2d> pools(int times) {
    return Combinators.combine(
            Arbitraries.integers().between(1, 3),
            Arbitraries.of(1, 2, 3, 8, 13, 15, 16, 17, 31, 33, 64, 70),
            windows(14),
            windows(50),
            Arbitraries.integers().between(0, 7),
            Arbitraries.of(Layout.class),
            Arbitraries.integers().between(0, 5))
        .as(
            (batch, channels, rows, columns, kind, layout, flags) ->
                build(batch, channels * times, rows, columns, kind, layout, flags));
  }

  private static Pool2d build(
      int batch, int channels, Windows rows, Windows columns, int kind, Layout layout, int flags) {
    Pool2d.Builder builder = Pool2d.builder().layout(layout);
    builder = kind % 2 == 0 ? builder.max() : builder.average(flags % 2 == 0);
    if (kind >= 6) {
      builder.input(batch, channels, rows.size, columns.size);
      return flags == 0
          ? builder.global().build()
          : builder.adaptive(rows.outputs, columns.outputs).build();
    }
    boolean ceil = flags >= 3;
    boolean usual = kind == 0 || kind == 3;
    Windows h = (usual ? rows.usual(flags) : rows).fitted();
    Windows w = (usual ? columns.usual(flags) : columns).fitted();
    return builder
        .input(batch, channels, h.size, w.size)
        .kernel(h.kernel, w.kernel)
        .stride(h.stride, w.stride)
        .dilation(h.dilation, w.dilation)
        .padding(h.before, w.before, h.after, w.after)
        .ceilMode(ceil)
        .build();
  }
}
