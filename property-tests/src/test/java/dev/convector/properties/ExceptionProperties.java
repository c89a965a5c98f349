package dev.convector.properties;

import dev.convector.Algorithm;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("a wrong argument is refused with its name, its value and the rule, and nothing is written")
class ExceptionProperties {

  @Property
  @Label("in a description")
  void description(@ForAll(supplier = ConvCases.Any.class) ConvCase any, @ForAll WrongShape wrong) {
    requireRefused(() -> wrong.build(any.conv()), wrong.name(), any, wrong.expected(any.conv()));
  }

  @Property
  @Label("in a plan")
  void plan(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    var conv = any.conv();
    CaseArrays arrays = new CaseArrays(any);
    int size = arrays.weights.length;
    int filters = conv.shape().filters();
    requireRefused(() -> conv.plan(null), "null weights", any, "weights");
    requireRefused(() -> conv.plan(arrays.weights, null, null), "no algorithm", any, "algorithm");
    requireRefused(() -> conv.refusal(null), "refusal of no algorithm", any, "algorithm");
    for (int wrong : new int[] {size - 1, size + 1}) {
      requireRefused(
          () -> conv.plan(new float[wrong]),
          "weights",
          any,
          "weights",
          "" + wrong,
          "must",
          "" + size);
    }
    for (int wrong : new int[] {filters - 1, filters + 1}) {
      requireRefused(
          () -> conv.plan(arrays.weights, new float[wrong]),
          "bias",
          any,
          "bias",
          "" + wrong,
          "must",
          "" + filters);
    }
    for (Algorithm algorithm : Algorithm.values()) {
      if (conv.refusal(algorithm).isPresent()) {
        requireRefused(
            () -> conv.plan(arrays.weights, arrays.bias, algorithm),
            "an algorithm that refuses",
            any,
            "algorithm",
            algorithm.name(),
            conv.refusal(algorithm).get());
      }
    }
  }

  @Property
  @Label("in a run")
  void run(@ForAll(supplier = ConvCases.Any.class) ConvCase any, @ForAll WrongRun wrong) {
    for (Algorithm algorithm : any.algorithms()) {
      CaseArrays arrays = new CaseArrays(any);
      Conv2dPlan plan = any.conv().plan(arrays.weights, arrays.bias, algorithm);
      WrongRun.Call call = new WrongRun.Call(any, arrays);
      wrong.change(call);
      float[] before = call.dst == null ? null : call.dst.clone();
      requireRefused(() -> call.run(plan), wrong.name(), any, call.expected);
      requireUntouched(before, call.dst, wrong, any);
    }
  }

  @Property(tries = 1)
  @Label("in an execution")
  void nullPool() {
    try {
      Execution.on(null);
      throw new AssertionError("Execution.on(null) is accepted");
    } catch (NullPointerException refused) {
      if (!refused.getMessage().contains("pool")) {
        throw new AssertionError("doesn't name the pool: " + refused, refused);
      }
    }
  }

  private static void requireUntouched(float[] before, float[] dst, WrongRun wrong, ConvCase of) {
    for (int i = 0; before != null && i < dst.length; i++) {
      if (Float.floatToRawIntBits(before[i]) != Float.floatToRawIntBits(dst[i])) {
        throw new AssertionError("WrongRun." + wrong + " wrote to dst[" + i + "]: " + of);
      }
    }
  }

  /** One expected word means a null argument, several an illegal one. */
  private static void requireRefused(
      Runnable action, String what, ConvCase of, String... expected) {
    Class<?> kind =
        expected.length == 1 ? NullPointerException.class : IllegalArgumentException.class;
    try {
      action.run();
    } catch (IllegalArgumentException | NullPointerException refused) {
      String message = String.valueOf(refused.getMessage());
      if (refused.getClass() != kind) {
        throw new AssertionError(
            what + " gives " + refused + ", not a " + kind + ": " + of, refused);
      }
      for (String word : expected) {
        if (!message.contains(word)) {
          throw new AssertionError(
              what + ": '" + message + "' doesn't say '" + word + "': " + of, refused);
        }
      }
      return;
    } catch (RuntimeException | Error other) {
      throw new AssertionError(what + " gives " + other + ": " + of, other);
    }
    throw new AssertionError(what + " is accepted: " + of);
  }
}
