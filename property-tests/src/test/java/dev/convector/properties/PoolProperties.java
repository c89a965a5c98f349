package dev.convector.properties;

import dev.convector.Execution;
import dev.convector.Plan;
import dev.convector.Pool2d;
import dev.convector.Pool2dBackwardPlan;
import dev.convector.Pool2dPlan;
import dev.convector.reference.ReferencePool2d;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("pooling")
class PoolProperties {
  /** Of a sum of floats, beside the sum of their magnitudes; windows have up to 700 taps. */
  private static final double ROUNDING = 1e-5;

  private static GuardedArray input(PoolCase of) {
    GuardedArray src = GuardedArray.of(of.srcOffset(), of.inputSize());
    int from = of.srcOffset();
    of.values().fillInput(new Random(of.seed()), src.array(), from, from + of.inputSize());
    return src;
  }

  private static GuardedArray gradient(PoolCase of) {
    GuardedArray src = GuardedArray.of(of.dstOffset(), of.outputSize());
    int from = of.dstOffset();
    of.values().fill(new Random(of.seed() + 1), src.array(), from, from + of.outputSize());
    return src;
  }

  @Property
  @Label("every output is what the oracle gives, and nothing else is written")
  void equalsOracle(@ForAll(supplier = PoolCase.Any.class) PoolCase of) {
    GuardedArray src = input(of);
    float[] before = src.array().clone();
    GuardedArray dst = GuardedArray.of(of.dstOffset(), of.outputSize());
    of.pool()
        .plan()
        .run(src.array(), src.offset(), dst.array(), dst.offset(), of.threads().execution);
    float[] expected = new float[of.outputSize()];
    ReferencePool2d.run(of.pool(), src.array(), src.offset(), expected, 0, null);
    boolean exact = of.pool().isMax() || of.values() != Values.FLOATS;
    requireClose(expected, dst.content(), exact ? 0 : 10 * ROUNDING, of);
    dst.require(of);
    Refusals.requireUntouched(before, src.array(), "a run", of);
  }

  @Property
  @Label("maxima have the oracle's indices, and are the same with and without them")
  void indicesEqualOracle(@ForAll(supplier = PoolCase.Any.class) PoolCase of) {
    Assume.that(of.pool().isMax());
    GuardedArray src = input(of);
    int size = of.outputSize();
    GuardedArray dst = GuardedArray.of(of.dstOffset(), size);
    int[] indices = new int[size + 7];
    Arrays.fill(indices, -3);
    of.pool()
        .plan()
        .run(
            src.array(),
            src.offset(),
            dst.array(),
            dst.offset(),
            indices,
            3,
            of.threads().execution);
    float[] expected = new float[size];
    int[] expectedIndices = new int[size];
    ReferencePool2d.run(of.pool(), src.array(), src.offset(), expected, 0, expectedIndices);
    requireClose(expected, dst.content(), 0, of);
    dst.require(of);
    if (!Arrays.equals(expectedIndices, Arrays.copyOfRange(indices, 3, size + 3))
        || indices[2] != -3
        || indices[size + 3] != -3) {
      throw new AssertionError("indices are " + Arrays.toString(indices) + ": " + of);
    }
  }

  @Property
  @Label("the gradient is what the oracle gives, and nothing else is written")
  void backwardEqualsOracle(@ForAll(supplier = PoolCase.Any.class) PoolCase of) {
    GuardedArray src = gradient(of);
    GuardedArray dst = GuardedArray.of(of.srcOffset(), of.inputSize());
    int[] indices = indices(of, input(of));
    backward(of, src, indices, dst, of.threads().execution);
    float[] expected = new float[of.inputSize()];
    ReferencePool2d.backward(of.pool(), src.array(), src.offset(), indices, expected, 0);
    boolean exact = of.pool().isMax() && of.values() != Values.FLOATS;
    requireClose(expected, dst.content(), exact ? 0 : 10 * ROUNDING, of);
    dst.require(of);
  }

  @Property
  @Label("<f(x), y> = <x, backward(y)>: what goes forward comes back")
  void adjoint(@ForAll(supplier = PoolCase.Any.class) PoolCase of) {
    Assume.that(of.values() != Values.SPECIALS);
    GuardedArray src = input(of);
    GuardedArray y = gradient(of);
    float[] out = new float[of.outputSize()];
    of.pool().plan().run(src.array(), src.offset(), out, 0, of.threads().execution);
    GuardedArray back = GuardedArray.of(0, of.inputSize());
    backward(of, y, indices(of, src), back, of.threads().execution);
    requireAdjoint(out, y.content(), src.content(), back.content(), of);
  }

  @Property
  @Label("the gradient is the difference quotient of the oracle")
  void differenceQuotient(@ForAll(supplier = PoolCase.Any.class) PoolCase of) {
    int size = of.inputSize();
    Assume.that(size <= 20_000);
    // Distinct integers: a step of a quarter changes no maximum, and sums of them are exact.
    float[] src = new float[size];
    Random random = new Random(of.seed());
    for (int i = 0; i < size; i++) {
      src[i] = i;
    }
    for (int i = size - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      float value = src[i];
      src[i] = src[other];
      src[other] = value;
    }
    GuardedArray y = gradient(of);
    GuardedArray back = GuardedArray.of(0, size);
    int[] indices = new int[of.outputSize()];
    ReferencePool2d.run(of.pool(), src, 0, new float[indices.length], 0, indices);
    backward(of, y, indices, back, of.threads().execution);
    int changed = random.nextInt(size);
    double expected = slope(of.pool(), src, changed, y.content());
    double actual = back.content()[changed];
    // The quotient's own error is the float's that the oracle rounds to, below 20,000.
    if (!(Math.abs(expected - actual) <= 0.05 * (1 + indices.length / 100.0))) {
      throw new AssertionError(actual + " at " + changed + ", not " + expected + ": " + of);
    }
  }

  private static double slope(Pool2d pool, float[] src, int changed, float[] y) {
    float[] more = new float[y.length];
    float[] less = new float[y.length];
    float value = src[changed];
    src[changed] = value + 0.25f;
    ReferencePool2d.run(pool, src, 0, more, 0, null);
    src[changed] = value - 0.25f;
    ReferencePool2d.run(pool, src, 0, less, 0, null);
    src[changed] = value;
    double slope = 0;
    for (int i = 0; i < y.length; i++) {
      slope += ((double) more[i] - less[i]) / 0.5 * y[i];
    }
    return slope;
  }

  @Property(tries = 40)
  @Label("the bits are the same for every number of threads")
  void sameBits(@ForAll(supplier = PoolCase.Large.class) PoolCase of) {
    GuardedArray src = input(of);
    GuardedArray y = gradient(of);
    int[] indices = indices(of, src);
    float[] first = null;
    float[] firstBack = null;
    for (Threads threads : Threads.values()) {
      float[] out = new float[of.outputSize()];
      of.pool().plan().run(src.array(), src.offset(), out, 0, threads.execution);
      GuardedArray back = GuardedArray.of(0, of.inputSize());
      backward(of, y, indices, back, threads.execution);
      first = first == null ? out : first;
      firstBack = firstBack == null ? back.content() : firstBack;
      if (!Arrays.equals(first, out) || !Arrays.equals(firstBack, back.content())) {
        throw new AssertionError("other bits with " + threads + ": " + of);
      }
    }
  }

  @Property(tries = 60)
  @Label("a wrong run is refused before anything is written")
  void wrongRuns(@ForAll(supplier = PoolCase.Any.class) PoolCase of) {
    Pool2dPlan plan = of.pool().plan();
    Pool2dBackwardPlan backward = of.pool().backward();
    Execution serial = Execution.serial();
    GuardedArray dst = GuardedArray.of(0, Math.max(of.inputSize(), of.outputSize()));
    float[] x = new float[of.inputSize()];
    float[] y = new float[of.outputSize()];
    int[] indices = new int[of.outputSize()];
    float[] out = dst.array();
    float[] small = new float[of.inputSize() - 1];
    float[] both = new float[out.length];
    Refusals.require(() -> plan.run(null, 0, out, 0, serial), "src", of, "src");
    Refusals.require(() -> plan.run(x, 0, null, 0, serial), "dst", of, "dst");
    Refusals.require(() -> plan.run(x, 0, out, 0, null), "execution", of, "execution");
    Refusals.require(() -> plan.run(small, 0, out, 0, serial), "short src", of, "src", "must");
    Refusals.require(() -> plan.run(x, -1, out, 0, serial), "offset", of, "srcOffset", "-1");
    Refusals.require(() -> plan.run(both, 0, both, 0, serial), "same", of, "src", "must");
    if (of.pool().isMax()) {
      int[] few = new int[indices.length - 1];
      Refusals.require(() -> plan.run(x, out, few), "few", of, "indices", "must hold");
      Refusals.require(() -> backward.run(y, 0, out, 0, serial), "none", of, "indices", "must");
      Refusals.require(() -> backward.run(y, few, out), "few", of, "indices", "must hold");
      indices[indices.length - 1] = -1;
      Refusals.require(() -> backward.run(y, indices, out), "index", of, "-1", "must be");
    } else {
      Refusals.require(() -> plan.run(x, out, indices), "average", of, "indices", "must");
      Refusals.require(() -> backward.run(y, indices, out), "average", of, "indices", "must");
      Refusals.require(() -> backward.run(both, 0, both, 0, serial), "same", of, "src", "must");
    }
    dst.requireUntouched("a refused run", of);
  }

  private static int[] indices(PoolCase of, GuardedArray src) {
    int[] indices = new int[of.outputSize()];
    float[] ignored = new float[of.outputSize()];
    if (of.pool().isMax()) {
      ReferencePool2d.run(of.pool(), src.array(), src.offset(), ignored, 0, indices);
    }
    return indices;
  }

  private static void backward(
      PoolCase of, GuardedArray src, int[] indices, GuardedArray dst, Execution execution) {
    Pool2dBackwardPlan plan = of.pool().backward();
    if (of.pool().isMax()) {
      plan.run(src.array(), src.offset(), indices, 0, dst.array(), dst.offset(), execution);
    } else {
      Plan plain = plan;
      plain.run(src.array(), src.offset(), dst.array(), dst.offset(), execution);
    }
  }

  static void requireClose(float[] expected, float[] actual, double tolerance, Object of) {
    for (int i = 0; i < expected.length; i++) {
      boolean same = expected[i] == actual[i] || Float.isNaN(expected[i]) && Float.isNaN(actual[i]);
      if (!same && !(Math.abs((double) expected[i] - actual[i]) <= tolerance)) {
        throw new AssertionError(
            "element " + i + " is " + actual[i] + ", not " + expected[i] + ": " + of);
      }
    }
  }

  static void requireAdjoint(float[] out, float[] y, float[] x, float[] back, Object of) {
    double forward = 0;
    double backward = 0;
    double scale = 0;
    for (int i = 0; i < y.length; i++) {
      forward += (double) out[i] * y[i];
      scale += Math.abs((double) out[i] * y[i]);
    }
    for (int i = 0; i < x.length; i++) {
      backward += (double) x[i] * back[i];
      scale += Math.abs((double) x[i] * back[i]);
    }
    if (!(Math.abs(forward - backward) <= ROUNDING * scale)) {
      throw new AssertionError(forward + " and " + backward + ": " + of);
    }
  }
}
