package dev.convector.properties;

import dev.convector.Algorithm;
import dev.convector.Conv2dPlan;
import dev.convector.ConvShape;
import dev.convector.Execution;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("batches of tiny images")
class BatchProperties {

  @Property
  @Label("every algorithm that accepts them agrees with the oracle on integers, to the bit")
  void integers(@ForAll(supplier = ConvCases.TinyImages.class) ConvCase tiny) {
    Oracle oracle = new Oracle(tiny);
    for (Algorithm algorithm : tiny.algorithms()) {
      oracle.check(algorithm);
    }
  }

  @Property
  @Label("the bits of an image are the same as in a batch of its own")
  void bitsDependOnNoOtherImage(@ForAll(supplier = ConvCases.TinyImages.class) ConvCase tiny) {
    ConvCase floats = tiny.with(Values.FLOATS);
    CaseArrays arrays = new CaseArrays(floats);
    ConvShape s = floats.conv().shape();
    int input = s.inputSize() / s.batch();
    int output = s.outputSize() / s.batch();
    for (Algorithm algorithm : floats.exactAlgorithms()) {
      Conv2dPlan plan = floats.conv().plan(arrays.weights, arrays.bias, algorithm);
      Conv2dPlan one = plan.withInput(1, s.height(), s.width());
      if (one.algorithm() != plan.algorithm()) {
        continue;
      }
      float[] together = new float[s.outputSize()];
      plan.run(arrays.src, arrays.srcOffset(), together, 0, floats.threads().execution);
      float[] alone = new float[s.outputSize()];
      for (int image = 0; image < s.batch(); image++) {
        int from = arrays.srcOffset() + image * input;
        one.run(arrays.src, from, alone, image * output, Execution.serial());
      }
      int at = Arrays.mismatch(together, alone);
      if (at >= 0) {
        throw new AssertionError(
            "output "
                + at
                + " is "
                + together[at]
                + ", alone "
                + alone[at]
                + ": Algorithm."
                + algorithm
                + ", "
                + floats);
      }
    }
  }
}
