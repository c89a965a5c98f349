package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv1d;
import dev.convector.Conv2d;
import dev.convector.Conv3d;
import dev.convector.ConvTranspose2d;
import dev.convector.Execution;
import dev.convector.FullyConnected;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.Plan;
import dev.convector.Pool2d;
import dev.convector.Unfold;
import dev.convector.Upsample2d;
import dev.convector.reference.ReferencePool2d;
import dev.convector.reference.ReferenceUnfold;
import dev.convector.reference.ReferenceUpsample2d;
import java.util.Arrays;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import net.jqwik.api.Example;
import net.jqwik.api.Label;

/**
 * Random calls of builders, plans and runs, most of their numbers small and some hostile: what is
 * accepted agrees with the oracle, what is refused says why and writes nothing.
 */
@Label("random calls")
class FuzzProperties {
  private static final int CALLS = Integer.getInteger("convector.test.fuzzCalls", 3000);
  private static final int MOST_FLOATS = 20_000;
  private static final long MOST_PRODUCTS = 200_000;
  private static final float GUARD = Float.intBitsToFloat(0x7fc0dead);

  private static final int[] HOSTILE = {
    Integer.MIN_VALUE,
    -1,
    0,
    65_535,
    65_536,
    46_341,
    1 << 30,
    Integer.MAX_VALUE - 8,
    Integer.MAX_VALUE
  };

  /** What bilinear resizing and averages of integers may be off by. */
  private static final double ROUNDING = 2e-5;

  private interface Oracle {
    float[] run(float[] weights, float[] src);
  }

  /**
   * A description that was accepted.
   *
   * @param weights how many it has, 0 for none
   * @param tolerance of the difference from the oracle
   */
  private record Accepted(
      Object text,
      long weights,
      long products,
      BiFunction<float[], Algorithm, Plan> plan,
      Oracle oracle,
      double tolerance) {
    /** A convolution, whose oracle is the reference's plan. */
    static Accepted conv(
        Object text, long weights, long products, BiFunction<float[], Algorithm, Plan> plan) {
      Oracle oracle =
          (values, src) -> {
            Plan reference = plan.apply(values, Algorithm.REFERENCE);
            float[] dst = new float[reference.outputSize()];
            reference.run(src, dst, Execution.serial());
            return dst;
          };
      return new Accepted(text, weights, products, plan, oracle, 0);
    }

    static Accepted of(Object text, Plan plan, UnaryOperator<float[]> oracle) {
      return new Accepted(
          text, 0, 0, (weights, any) -> plan, (weights, src) -> oracle.apply(src), ROUNDING);
    }
  }

  private Random random;
  private boolean hostile;

  @Example
  @Label("are right or refused")
  void calls() {
    int accepted = 0;
    for (int seed = 0; seed < CALLS; seed++) {
      random = new Random(seed);
      hostile = random.nextInt(3) == 0;
      Accepted description = describe(seed);
      if (description != null) {
        accepted++;
        run(description, seed);
      }
    }
    if (accepted < CALLS / 4) {
      throw new AssertionError("only " + accepted + " of " + CALLS + " are accepted");
    }
  }

  private Accepted describe(int seed) {
    try {
      return switch (random.nextInt(8)) {
        case 0 -> conv1d();
        case 1 -> conv3d();
        case 2 -> transposed();
        case 3 -> fullyConnected();
        case 4 -> pool();
        case 5 -> upsample();
        case 6 -> unfold();
        default -> conv2d();
      };
    } catch (IllegalArgumentException | IllegalStateException refused) {
      requireReason(refused, seed);
      return null;
    } catch (RuntimeException | Error other) {
      throw new AssertionError("seed " + seed + " gives " + other, other);
    }
  }

  /** Such as "strideHeight: 0; must be at least 1". */
  private static void requireReason(RuntimeException refused, int seed) {
    String message = String.valueOf(refused.getMessage());
    if (message.length() < 12 || !Character.isLetterOrDigit(message.charAt(0))) {
      throw new AssertionError("seed " + seed + " is refused without a reason", refused);
    }
  }

  private int number(int least, int most) {
    return hostile && random.nextInt(8) == 0
        ? HOSTILE[random.nextInt(HOSTILE.length)]
        : random.nextInt(least, most + 1);
  }

  private Layout layout() {
    return Layout.values()[random.nextInt(2)];
  }

  private Activation activation() {
    return random.nextBoolean() ? Activation.NONE : Activation.RELU6;
  }

  private Accepted conv2d() {
    int groups = number(1, 3);
    int one = number(1, 9);
    PaddingMode[] modes = PaddingMode.values();
    Conv2d conv =
        Conv2d.builder()
            .input(number(1, 3), groups * one, number(1, 9), number(1, 20))
            .filters(groups * number(1, 20), number(1, 4), number(1, 5))
            .stride(number(1, 3), number(1, 3))
            .dilation(number(1, 2), number(1, 2))
            .padding(number(0, 3), number(0, 3), number(0, 3), number(0, 3))
            .paddingMode(modes[random.nextInt(modes.length)])
            .groups(groups)
            .layout(layout())
            .activation(activation())
            .accuracy(Accuracy.STRICT)
            .build();
    return Accepted.conv(
        conv,
        conv.shape().weightsSize(),
        conv.multiplyAdds(),
        (weights, algorithm) -> conv.plan(weights, null, algorithm));
  }

  private Accepted conv1d() {
    Conv1d conv =
        Conv1d.builder()
            .input(number(1, 3), number(1, 20), number(1, 40))
            .filters(number(1, 20), number(1, 5))
            .stride(number(1, 3))
            .padding(number(0, 3), number(0, 3))
            .layout(layout())
            .accuracy(Accuracy.STRICT)
            .build();
    return Accepted.conv(
        conv,
        conv.shape().weightsSize(),
        conv.shape().multiplyAdds(),
        (weights, algorithm) -> conv.plan(weights, null, algorithm));
  }

  private Accepted conv3d() {
    Conv3d conv =
        Conv3d.builder()
            .input(number(1, 2), number(1, 8), number(1, 5), number(1, 6), number(1, 9))
            .filters(number(1, 9), number(1, 3), number(1, 3), number(1, 3))
            .stride(number(1, 2), number(1, 2), number(1, 2))
            .padding(number(0, 2), number(0, 2), number(0, 2))
            .layout(layout())
            .accuracy(Accuracy.STRICT)
            .build();
    return Accepted.conv(
        conv,
        conv.shape().weightsSize(),
        conv.shape().multiplyAdds(),
        (weights, algorithm) -> conv.plan(weights, null, algorithm));
  }

  private Accepted transposed() {
    ConvTranspose2d conv =
        ConvTranspose2d.builder()
            .input(number(1, 3), number(1, 12), number(1, 7), number(1, 12))
            .filters(number(1, 12), number(1, 4), number(1, 4))
            .stride(number(1, 3), number(1, 3))
            .padding(number(0, 2), number(0, 2), number(0, 2), number(0, 2))
            .layout(layout())
            .accuracy(Accuracy.STRICT)
            .build();
    return Accepted.conv(
        conv,
        conv.shape().weightsSize(),
        conv.shape().multiplyAdds(),
        (weights, algorithm) -> conv.plan(weights, null, algorithm));
  }

  private Accepted fullyConnected() {
    int inputs = number(1, 60);
    int outputs = number(1, 60);
    int batch = number(1, 6);
    FullyConnected layer =
        FullyConnected.builder()
            .input(batch, inputs)
            .outputs(outputs)
            .accuracy(Accuracy.STRICT)
            .build();
    return Accepted.conv(
        layer,
        (long) inputs * outputs,
        (long) batch * inputs * outputs,
        (weights, algorithm) -> layer.plan(weights, null, algorithm));
  }

  private Accepted pool() {
    Pool2d.Builder builder = Pool2d.builder();
    builder = random.nextBoolean() ? builder.max() : builder.average(random.nextBoolean());
    Pool2d pool =
        builder
            .input(number(1, 3), number(1, 20), number(1, 9), number(1, 20))
            .kernel(number(1, 4), number(1, 4))
            .stride(number(1, 3), number(1, 3))
            .padding(number(0, 2))
            .layout(layout())
            .build();
    Plan plan = pool.plan();
    return Accepted.of(
        pool,
        plan,
        src -> {
          float[] dst = new float[plan.outputSize()];
          ReferencePool2d.run(pool, src, 0, dst, 0, null);
          return dst;
        });
  }

  private Accepted upsample() {
    Upsample2d upsample =
        Upsample2d.builder()
            .input(number(1, 3), number(1, 20), number(1, 9), number(1, 20))
            .output(number(1, 20), number(1, 20))
            .bilinear()
            .layout(layout())
            .build();
    Plan plan = upsample.plan();
    return Accepted.of(
        upsample,
        plan,
        src -> {
          float[] dst = new float[plan.outputSize()];
          ReferenceUpsample2d.run(upsample, src, 0, dst, 0);
          return dst;
        });
  }

  private Accepted unfold() {
    int batch = number(1, 3);
    int channels = number(1, 9);
    Unfold unfold =
        Unfold.builder()
            .input(batch, channels, number(1, 9), number(1, 12))
            .kernel(number(1, 3), number(1, 3))
            .padding(number(0, 2))
            .layout(layout())
            .build();
    return Accepted.of(
        unfold, unfold.plan(), src -> ReferenceUnfold.unfold(unfold, batch, channels, src));
  }

  /** With right arguments and with wrong ones. */
  private void run(Accepted of, int seed) {
    if (of.weights > MOST_FLOATS || of.products > MOST_PRODUCTS) {
      return;
    }
    float[] weights = PlanCheck.integers((int) of.weights, seed);
    Plan plan = of.plan.apply(weights, Algorithm.AUTO);
    if (plan.inputSize() > MOST_FLOATS || plan.outputSize() > MOST_FLOATS) {
      return;
    }
    hostile = random.nextBoolean();
    int srcOffset = number(0, 9);
    int dstOffset = number(0, 9);
    int srcLength = Math.clamp(plan.inputSize() + number(9, 30), 0, 2 * MOST_FLOATS);
    int dstLength = Math.clamp(plan.outputSize() + number(9, 30), 0, 2 * MOST_FLOATS);
    float[] src = PlanCheck.integers(srcLength, seed);
    float[] dst = new float[dstLength];
    Arrays.fill(dst, GUARD);
    boolean fits =
        srcOffset >= 0
            && dstOffset >= 0
            && (long) srcOffset + plan.inputSize() <= srcLength
            && (long) dstOffset + plan.outputSize() <= dstLength;
    float[] before = dst.clone();
    try {
      plan.run(src, srcOffset, dst, dstOffset, Execution.common());
    } catch (IllegalArgumentException refused) {
      requireReason(refused, seed);
      if (fits || !CaseArrays.same(dst, before, 0, dstLength)) {
        throw new AssertionError("seed " + seed + ", refused though right or written", refused);
      }
      return;
    } catch (RuntimeException | Error other) {
      throw new AssertionError("seed " + seed + " gives " + other + ": " + of.text, other);
    }
    if (!fits) {
      throw new AssertionError("seed " + seed + " does not fit and is accepted: " + of.text);
    }
    float[] in = Arrays.copyOfRange(src, srcOffset, srcOffset + plan.inputSize());
    int end = dstOffset + plan.outputSize();
    float[] out = Arrays.copyOfRange(dst, dstOffset, end);
    String text = "seed " + seed + ": " + of.text;
    PoolProperties.requireClose(of.oracle.run(weights, in), out, of.tolerance, text);
    if (!CaseArrays.same(dst, before, 0, dstOffset)
        || !CaseArrays.same(dst, before, end, dstLength)) {
      throw new AssertionError(text + " writes beside its output");
    }
  }
}
