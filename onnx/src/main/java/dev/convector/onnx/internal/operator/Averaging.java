package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.FloatBinary.Kind;
import dev.convector.onnx.internal.execute.Operand;
import java.util.List;

/** Mean: of operands, element by element. */
final class Averaging implements Operator {
  @Override
  public void compile(Site site) {
    int count = site.node().inputs().size();
    Operand sum = site.floats(0);
    for (int i = 1; i < count; i++) {
      sum = Binary.floats(site, Kind.ADD, sum, site.floats(i), false);
    }
    Operand mean = site.output(0, sum.type(), sum.shape(), sum.order());
    float share = 1f / count;
    site.step(
        new AffineStep(share, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, sum, mean),
        List.of(sum),
        mean);
  }
}
