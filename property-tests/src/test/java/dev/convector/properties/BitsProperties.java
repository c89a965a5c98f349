package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Execution;
import dev.convector.FullyConnected;
import dev.convector.Layout;
import dev.convector.properties.Member.Made;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

@Label("the same bits, of every member of the family")
class BitsProperties {
  private static final List<ForkJoinPool> POOLS =
      IntStream.rangeClosed(1, 16).mapToObj(ForkJoinPool::new).toList();

  /** Those that sum in an order of the layout's own. */
  private static final Set<Algorithm> OWN_ORDER =
      EnumSet.of(Algorithm.IM2COL_GEMM, Algorithm.DEPTHWISE);

  /** The same, of few channels or few filters, for which a layout may have its own kernels. */
  private static final Set<Algorithm> OWN_ORDER_OF_FEW =
      EnumSet.of(Algorithm.IM2COL_GEMM, Algorithm.DEPTHWISE, Algorithm.DIRECT, Algorithm.POINTWISE);

  private static final int MANY = 24;

  /** In a description's text; a few shapes have kernels of their own for one layout. */
  private static final Pattern GROUPED = Pattern.compile(" g[0-9]");

  /** Fewer than others: each is seven runs or more. */
  private static final int TRIES = 30;

  private static final int FILTERS = 64;

  @Property(tries = TRIES)
  @Label("on a pool of 1 to 16, on the common one, inside a task of either, in a virtual thread")
  void pools(
      @ForAll Member member,
      @ForAll Layout layout,
      @ForAll @LongRange(min = 1, max = 1_000_000) long seed,
      @ForAll @IntRange(min = 0, max = 15) int size)
      throws InterruptedException {
    Made made = member.make(seed, 3, layout);
    float[] src = Member.floats(new Random(seed), made.inputSize());
    float[] serial = made.run(src, Execution.serial());
    ForkJoinPool pool = POOLS.get(size);
    Execution on = Execution.on(pool);
    same(serial, made.run(src, Execution.serial()), "again", made);
    same(serial, made.run(src, Execution.common()), "on the common pool", made);
    same(serial, made.run(src, on), "on " + pool.getParallelism(), made);
    same(serial, pool.submit(() -> made.run(src, on)).join(), "inside its task", made);
    same(
        serial,
        ForkJoinPool.commonPool().submit(() -> made.run(src, on)).join(),
        "inside the common pool's task",
        made);
    float[] dst = new float[made.outputSize()];
    Thread.ofVirtual().start(() -> made.runner().run(src, dst, on)).join();
    same(serial, dst, "in a virtual thread", made);
  }

  @Property(tries = TRIES)
  @Label("of an image alone and in a batch")
  void batches(
      @ForAll Member member,
      @ForAll Layout layout,
      @ForAll @LongRange(min = 1, max = 1_000_000) long seed,
      @ForAll @IntRange(min = 2, max = 9) int batch) {
    if (!member.hasImages()) {
      return;
    }
    Made one = member.make(seed, 1, layout);
    Made all = member.make(seed, batch, layout);
    sameAlone(one, all, batch, Member.floats(new Random(seed), all.inputSize()));
  }

  /**
   * The first three have so few tiles alone that AUTO takes other algorithms for many images; the
   * last has other blocks of channels.
   */
  @Example
  @Label("of a small image that AUTO has other algorithms for in a batch")
  void smallImages() {
    for (int[] size : new int[][] {{128, 4, 5}, {256, 4, 3}, {512, 2, 8}, {2048, 4, 5}}) {
      Conv2d alone =
          Conv2d.builder()
              .input(1, size[0], size[1], size[1])
              .filters(FILTERS, 3, 3)
              .padding(1)
              .batchInvariant(true)
              .build();
      Conv2d together = alone.withInput(size[2], size[1], size[1]);
      float[] weights = Member.floats(new Random(1), alone.shape().weightsSize());
      Made one = new Made(alone.plan(weights), Algorithm.AUTO, size[0], FILTERS);
      Made all = new Made(together.plan(weights), Algorithm.AUTO, size[0], FILTERS);
      sameAlone(one, all, size[2], Member.floats(new Random(2), all.inputSize()));
    }
  }

  /** Of one and of some vectors of filters, which have an order of their own alone. */
  @Example
  @Label("of an image of a single pixel, in a fully connected layer that asks for it")
  void singlePixels() {
    for (int outputs : new int[] {10, 16, 100}) {
      for (Accuracy accuracy : new Accuracy[] {Accuracy.STANDARD, Accuracy.STRICT}) {
        FullyConnected alone =
            FullyConnected.builder()
                .input(1, 500)
                .outputs(outputs)
                .accuracy(accuracy)
                .batchInvariant(accuracy == Accuracy.STANDARD)
                .build();
        FullyConnected together = alone.withBatch(5);
        float[] weights = Member.floats(new Random(1), 500 * outputs);
        Made one = new Made(alone.plan(weights), Algorithm.AUTO, 500, outputs);
        Made all = new Made(together.plan(weights), Algorithm.AUTO, 500, outputs);
        sameAlone(one, all, 5, Member.floats(new Random(2), all.inputSize()));
      }
    }
  }

  @Property(tries = 4 * TRIES)
  @Label("channels last and channels first, where the arithmetic is the same")
  void layouts(
      @ForAll("sameInBoth") Member member, @ForAll @LongRange(min = 1, max = 1_000_000) long seed) {
    Made first = member.make(seed, 2, Layout.NCHW);
    Made last = member.make(seed, 2, Layout.NHWC);
    boolean few = Math.min(first.channels(), first.filters()) < MANY;
    Set<Algorithm> own = few ? OWN_ORDER_OF_FEW : OWN_ORDER;
    if (own.contains(first.algorithm())
        || first.algorithm() != last.algorithm()
        || GROUPED.matcher(first.text()).find()) {
      return;
    }
    float[] src = Member.floats(new Random(seed), first.inputSize());
    float[] expected = first.run(src, Execution.serial());
    float[] actual = last.run(turned(src, 2, first.channels()), Execution.serial());
    same(turned(expected, 2, first.filters()), actual, "channels last", first);
  }

  @Provide
  Arbitrary<Member> sameInBoth() {
    return Arbitraries.of(Member.CONV1D, Member.CONV2D, Member.CONV3D);
  }

  private static void sameAlone(Made one, Made all, int batch, float[] src) {
    float[] together = all.run(src, Execution.serial());
    for (int image = 0; image < batch; image++) {
      float[] alone = one.run(part(src, image, one.inputSize()), Execution.serial());
      same(alone, part(together, image, one.outputSize()), "image " + image + " of " + batch, all);
    }
  }

  private static float[] part(float[] all, int image, int size) {
    return Arrays.copyOfRange(all, image * size, (image + 1) * size);
  }

  /** Images with the channels last instead of first. */
  private static float[] turned(float[] images, int batch, int channels) {
    float[] turned = new float[images.length];
    int pixels = images.length / batch / channels;
    for (int i = 0; i < images.length; i++) {
      int image = i / (channels * pixels);
      int channel = i / pixels % channels;
      turned[(image * pixels + i % pixels) * channels + channel] = images[i];
    }
    return turned;
  }

  private static void same(float[] expected, float[] actual, String where, Made made) {
    int at = Arrays.mismatch(expected, actual);
    if (at >= 0) {
      throw new AssertionError(
          "output "
              + at
              + " is "
              + actual[at]
              + ", not "
              + expected[at]
              + ", "
              + where
              + ": "
              + made.text()
              + ", "
              + made.algorithm());
    }
  }
}
