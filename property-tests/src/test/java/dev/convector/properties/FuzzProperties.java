package dev.convector.properties;

import dev.convector.Execution;
import java.util.Arrays;
import java.util.Random;
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

  @Example
  @Label("are right or refused")
  void calls() {
    int accepted = 0;
    for (int seed = 0; seed < CALLS; seed++) {
      Random random = new Random(seed);
      FuzzCase description = describe(random, seed);
      if (description != null) {
        accepted++;
        run(description, new FuzzNumbers(random), seed);
      }
    }
    if (accepted < CALLS / 4) {
      throw new AssertionError("only " + accepted + " of " + CALLS + " are accepted");
    }
  }

  private static FuzzCase describe(Random random, int seed) {
    try {
      return random.nextInt(4) == 0
          ? new FuzzWindows(random).any()
          : new FuzzConvolutions(random).any();
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

  /** An operand of a run: an array, and from where on it is meant to be. */
  private record Part(float[] array, int offset) {
    boolean holds(int size) {
      return offset >= 0 && (long) offset + size <= array.length;
    }

    float[] content(int size) {
      return Arrays.copyOfRange(array, offset, offset + size);
    }
  }

  /** With right arguments and with wrong ones. */
  private static void run(FuzzCase of, FuzzNumbers numbers, int seed) {
    if (of.weights() > MOST_FLOATS || of.products() > MOST_PRODUCTS) {
      return;
    }
    float[] weights = PlanCheck.integers((int) of.weights(), seed);
    FuzzCase.Planned plan = of.plan().apply(weights);
    int size = plan.outputSize();
    if (plan.inputSize() > MOST_FLOATS || size > MOST_FLOATS) {
      return;
    }
    numbers.setHostile(numbers.random.nextBoolean());
    Part src = part(numbers, plan.inputSize(), seed);
    Part dst = part(numbers, size, seed);
    Arrays.fill(dst.array, GUARD);
    Part residual = null;
    boolean fits = src.holds(plan.inputSize()) && dst.holds(size);
    if (plan.residualRun() != null && numbers.random.nextInt(2) == 0) {
      boolean inPlace = numbers.random.nextInt(3) == 0;
      residual = inPlace ? dst : part(numbers, size, seed + 1);
      fits &= residual.holds(size);
      if (inPlace && fits) {
        System.arraycopy(PlanCheck.integers(size, seed), 0, dst.array, dst.offset, size);
      }
    }
    float[] added = residual != null && fits ? residual.content(size) : null;
    float[] before = dst.array.clone();
    try {
      if (residual == null) {
        plan.run().run(src.array, src.offset, dst.array, dst.offset, Execution.common());
      } else {
        plan.residualRun()
            .run(
                src.array,
                src.offset,
                residual.array,
                residual.offset,
                dst.array,
                dst.offset,
                Execution.common());
      }
    } catch (IllegalArgumentException refused) {
      requireReason(refused, seed);
      if (fits || !CaseArrays.same(dst.array, before, 0, before.length)) {
        throw new AssertionError("seed " + seed + ", refused though right or written", refused);
      }
      return;
    } catch (RuntimeException | Error other) {
      throw new AssertionError("seed " + seed + " gives " + other + ": " + of.text(), other);
    }
    String text = "seed " + seed + ": " + of.text();
    if (!fits) {
      throw new AssertionError(text + " does not fit and is accepted");
    }
    float[] expected = of.oracle().run(weights, src.content(plan.inputSize()), added);
    PoolProperties.requireClose(expected, dst.content(size), of.tolerance(), text);
    if (!CaseArrays.same(dst.array, before, 0, dst.offset)
        || !CaseArrays.same(dst.array, before, dst.offset + size, before.length)) {
      throw new AssertionError(text + " writes beside its output");
    }
  }

  private static Part part(FuzzNumbers numbers, int size, int seed) {
    int offset = numbers.number(0, 9);
    int length = Math.clamp(size + numbers.number(9, 30), 0, 2 * MOST_FLOATS);
    return new Part(PlanCheck.integers(length, seed), offset);
  }
}
