package dev.convector.properties;

import dev.convector.Execution;
import dev.convector.Upsample2dPlan;
import dev.convector.reference.ReferenceUpsample2d;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("resizing")
class UpsampleProperties {
  /** Weights are floats, of up to 1.6 with the cubic kernel; values are at most about 5. */
  private static final double ROUNDING = 2e-5;

  private static GuardedArray filled(UpsampleCase of, int offset, int size, int salt) {
    GuardedArray array = GuardedArray.of(offset, size);
    Values.FLOATS.fill(new Random(of.seed() + salt), array.array(), offset, offset + size);
    return array;
  }

  @Property
  @Label("every output is what the oracle gives, and nothing else is written")
  void equalsOracle(@ForAll(supplier = UpsampleCase.Any.class) UpsampleCase of) {
    GuardedArray src = filled(of, of.srcOffset(), of.inputSize(), 0);
    float[] before = src.array().clone();
    GuardedArray dst = GuardedArray.of(of.dstOffset(), of.outputSize());
    of.upsample()
        .plan()
        .run(src.array(), src.offset(), dst.array(), dst.offset(), of.threads().execution);
    float[] expected = new float[of.outputSize()];
    ReferenceUpsample2d.run(of.upsample(), src.array(), src.offset(), expected, 0);
    PoolProperties.requireClose(expected, dst.content(), ROUNDING, of);
    dst.require(of);
    Refusals.requireUntouched(before, src.array(), "a run", of);
  }

  @Property
  @Label("the gradient is what the oracle gives, and nothing else is written")
  void backwardEqualsOracle(@ForAll(supplier = UpsampleCase.Any.class) UpsampleCase of) {
    GuardedArray src = filled(of, of.dstOffset(), of.outputSize(), 1);
    GuardedArray dst = GuardedArray.of(of.srcOffset(), of.inputSize());
    of.upsample()
        .backward()
        .run(src.array(), src.offset(), dst.array(), dst.offset(), of.threads().execution);
    float[] expected = new float[of.inputSize()];
    ReferenceUpsample2d.backward(of.upsample(), src.array(), src.offset(), expected, 0);
    // An input's share of as many outputs as there may be.
    double terms = 1 + of.outputSize() / (double) of.inputSize();
    PoolProperties.requireClose(expected, dst.content(), ROUNDING * terms, of);
    dst.require(of);
  }

  @Property
  @Label("<f(x), y> = <x, backward(y)>: what goes forward comes back")
  void adjoint(@ForAll(supplier = UpsampleCase.Any.class) UpsampleCase of) {
    GuardedArray x = filled(of, 0, of.inputSize(), 0);
    GuardedArray y = filled(of, 0, of.outputSize(), 1);
    float[] out = new float[of.outputSize()];
    float[] back = new float[of.inputSize()];
    of.upsample().plan().run(x.array(), out, of.threads().execution);
    of.upsample().backward().run(y.array(), back, of.threads().execution);
    PoolProperties.requireAdjoint(out, y.content(), x.content(), back, of);
  }

  @Property
  @Label("the gradient is the difference quotient of the oracle")
  void differenceQuotient(@ForAll(supplier = UpsampleCase.Any.class) UpsampleCase of) {
    float[] x = filled(of, 0, of.inputSize(), 0).content();
    GuardedArray y = filled(of, 0, of.outputSize(), 1);
    float[] back = new float[of.inputSize()];
    of.upsample().backward().run(y.array(), back, of.threads().execution);
    int changed = new Random(of.seed()).nextInt(x.length);
    float[] less = new float[of.outputSize()];
    float[] more = new float[of.outputSize()];
    // A resizing is linear, so that the step may be as large as any.
    x[changed] -= 2;
    ReferenceUpsample2d.run(of.upsample(), x, 0, less, 0);
    x[changed] += 4;
    ReferenceUpsample2d.run(of.upsample(), x, 0, more, 0);
    double slope = 0;
    double scale = 1;
    for (int i = 0; i < less.length; i++) {
      slope += ((double) more[i] - less[i]) / 4 * y.array()[i];
      scale += Math.abs(((double) more[i] - less[i]) * y.array()[i]);
    }
    if (!(Math.abs(slope - back[changed]) <= ROUNDING * scale)) {
      throw new AssertionError(back[changed] + " at " + changed + ", not " + slope + ": " + of);
    }
  }

  @Property(tries = 40)
  @Label("the bits are the same for every number of threads")
  void sameBits(@ForAll(supplier = UpsampleCase.Large.class) UpsampleCase of) {
    float[] x = filled(of, 0, of.inputSize(), 0).content();
    float[] y = filled(of, 0, of.outputSize(), 1).content();
    float[] first = null;
    float[] firstBack = null;
    for (Threads threads : Threads.values()) {
      float[] out = new float[y.length];
      float[] back = new float[x.length];
      of.upsample().plan().run(x, out, threads.execution);
      of.upsample().backward().run(y, back, threads.execution);
      first = first == null ? out : first;
      firstBack = firstBack == null ? back : firstBack;
      if (!Arrays.equals(first, out) || !Arrays.equals(firstBack, back)) {
        throw new AssertionError("other bits with " + threads + ": " + of);
      }
    }
  }

  @Property(tries = 60)
  @Label("a wrong run is refused before anything is written")
  void wrongRuns(@ForAll(supplier = UpsampleCase.Any.class) UpsampleCase of) {
    Upsample2dPlan plan = of.upsample().plan();
    Execution serial = Execution.serial();
    GuardedArray dst = GuardedArray.of(0, of.outputSize());
    float[] out = dst.array();
    float[] x = new float[of.inputSize()];
    float[] small = new float[of.inputSize() - 1];
    Refusals.require(() -> plan.run(null, 0, out, 0, serial), "src", of, "src");
    Refusals.require(() -> plan.run(x, 0, out, 0, null), "execution", of, "execution");
    Refusals.require(() -> plan.run(small, 0, out, 0, serial), "short src", of, "src", "must");
    Refusals.require(() -> plan.run(x, -1, out, 0, serial), "offset", of, "srcOffset", "-1");
    Refusals.require(
        () -> plan.run(x, 0, out, out.length, serial), "offset", of, "dst", "must hold");
    dst.requireUntouched("a refused run", of);
  }
}
