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
    Refusals.require(() -> wrong.build(any.conv()), wrong.name(), any, wrong.expected(any.conv()));
  }

  @Property
  @Label("in a plan")
  void plan(@ForAll(supplier = ConvCases.Any.class) ConvCase any) {
    var conv = any.conv();
    CaseArrays arrays = new CaseArrays(any);
    int size = arrays.weights.length;
    int filters = conv.shape().filters();
    Refusals.require(() -> conv.plan(null), "null weights", any, "weights");
    Refusals.require(() -> conv.plan(arrays.weights, null, null), "no algorithm", any, "algorithm");
    Refusals.require(() -> conv.refusal(null), "refusal of no algorithm", any, "algorithm");
    for (int wrong : new int[] {size - 1, size + 1}) {
      Refusals.require(
          () -> conv.plan(new float[wrong]),
          "weights",
          any,
          "weights",
          "" + wrong,
          "must",
          "" + size);
    }
    for (int wrong : new int[] {filters - 1, filters + 1}) {
      Refusals.require(
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
        Refusals.require(
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
      Refusals.require(() -> call.run(plan), wrong.name(), any, call.expected);
      Refusals.requireUntouched(before, call.dst, wrong.name(), any);
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
}
