package dev.convector.properties;

import dev.convector.Algorithm;
import dev.convector.Execution;
import dev.convector.Plan;
import dev.convector.internal.access.PlanAccess;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("where pixels lie apart, a run gives the same bits and leaves what lies between them alone")
class DistanceProperties {
  private static final float GUARD = Float.intBitsToFloat(0x7fc0dead);

  /** The most elements between two pixels. */
  private static final int MOST_BETWEEN = 40;

  @Property
  @Label("of convolutions, with every algorithm that allows it")
  void convolutions(@ForAll(supplier = ConvCases.Any.class) ConvCase of) {
    float[] weights = numbers(of, of.weightsSize());
    float[] bias = of.bias() ? numbers(of, of.filters()) : null;
    for (Algorithm algorithm : of.algorithms()) {
      Plan plan = of.conv().plan(weights, bias, algorithm);
      check(plan, of.filters(), of, algorithm + ", " + of);
    }
  }

  @Property
  @Label("of transposed convolutions")
  void transposed(@ForAll(supplier = TransposedCases.Any.class) TransposedCase of) {
    float[] weights = numbers(of, of.weightsSize());
    float[] bias = of.bias() ? numbers(of, of.filters()) : null;
    for (Algorithm algorithm : of.algorithms()) {
      Plan plan = of.conv().plan(weights, bias, algorithm);
      check(plan, of.filters(), of, algorithm + ", " + of);
    }
  }

  @Property
  @Label("of depthwise-separable convolutions")
  void separable(@ForAll(supplier = SeparableCases.Any.class) SeparableCase of) {
    Plan plan = new SeparableOracle(of).plan();
    int filters = of.conv().pointwise().filters();
    check(plan, filters, of.values(), of.threads().execution, of.seed(), of);
  }

  @Property
  @Label("of poolings")
  void pooling(@ForAll(supplier = PoolCase.Any.class) PoolCase of) {
    int channels = of.pool().channels();
    check(of.pool().plan(), channels, of.values(), of.threads().execution, of.seed(), of);
  }

  @Property
  @Label("of resizing")
  void resizing(@ForAll(supplier = UpsampleCase.Any.class) UpsampleCase of) {
    int channels = of.upsample().channels();
    check(of.upsample().plan(), channels, Values.FLOATS, of.threads().execution, of.seed(), of);
  }

  private static float[] numbers(RunCase of, int size) {
    float[] numbers = new float[size];
    of.values().fill(new Random(of.seed()), numbers, 0, size);
    return numbers;
  }

  private static void check(Plan plan, int filters, RunCase of, Object text) {
    check(plan, filters, of.values(), of.threads().execution, of.seed(), text);
  }

  private static void check(
      Plan plan, int filters, Values values, Execution execution, long seed, Object of) {
    PlanAccess access = PlanAccess.get();
    if (!access.allowsResultDistance(plan)) {
      return;
    }
    Random random = new Random(seed);
    float[] src = new float[plan.inputSize()];
    values.fillInput(random, src, 0, src.length);
    float[] expected = new float[plan.outputSize()];
    plan.run(src, expected, Execution.serial());

    Apart to = Apart.of(random, expected.length, filters);
    access.run(plan, src, 0, to.array, to.offset, to.distance, execution);
    float[] wanted = new float[to.array.length];
    Arrays.fill(wanted, GUARD);
    for (int i = 0; i < expected.length; i++) {
      wanted[to.place(i)] = expected[i];
    }
    for (int i = 0; i < wanted.length; i++) {
      boolean guard = Float.floatToRawIntBits(wanted[i]) == Float.floatToRawIntBits(GUARD);
      boolean same =
          guard
              ? Float.floatToRawIntBits(to.array[i]) == Float.floatToRawIntBits(GUARD)
              : Float.floatToIntBits(to.array[i]) == Float.floatToIntBits(wanted[i]);
      if (!same) {
        throw new AssertionError(
            (guard ? "what lies around the result" : "the result")
                + " at "
                + (i - to.offset)
                + " of pixels "
                + to.distance
                + " apart is "
                + to.array[i]
                + ", not "
                + wanted[i]
                + ": "
                + of);
      }
    }
  }

  /** A result whose pixels lie apart. */
  private record Apart(float[] array, int offset, int distance, int channels) {
    static Apart of(Random random, int size, int channels) {
      int distance = channels + 1 + random.nextInt(MOST_BETWEEN);
      int offset = random.nextInt(10);
      int span = (size / channels - 1) * distance + channels;
      // Half of them end with the last pixel.
      float[] array = new float[offset + span + random.nextInt(2) * MOST_BETWEEN];
      Arrays.fill(array, GUARD);
      return new Apart(array, offset, distance, channels);
    }

    int place(int element) {
      return offset + element / channels * distance + element % channels;
    }
  }
}
