package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Operand;
import java.util.List;

/** Not ONNX's: {@code x * factor + shift} with single numbers, what the rewriting makes of both. */
public final class Affine implements Operator {
  /** In a domain of its own, which no model has. */
  public static final String NAME = "dev.convector.Affine";

  public static final String FACTOR = "factor";
  public static final String SHIFT = "shift";

  /** Dimensions that the result has at least, as the numbers had. */
  public static final String RANK = "rank";

  @Override
  public void compile(Site site) {
    Operand x = site.floatsApart(0);
    Operand y;
    if (x.rank() >= site.attributes().integer(RANK, 0)) {
      y = site.outputOver(0, x);
    } else {
      y = site.output(0, x.type(), new int[] {1}, x.order());
    }
    float factor = site.attributes().number(FACTOR, 1);
    float shift = site.attributes().number(SHIFT, 0);
    site.step(
        new AffineStep(factor, shift, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, x, y),
        List.of(x),
        y);
  }
}
