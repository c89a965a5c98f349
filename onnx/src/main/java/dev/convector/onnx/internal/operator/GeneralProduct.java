package dev.convector.onnx.internal.operator;

import dev.convector.Gemm;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;

/** Gemm: {@code alpha * op(A) * op(B) + beta * C}. */
final class GeneralProduct implements Operator {
  @Override
  public void compile(Site site) {
    Operand a = site.in(Order.NATURAL, site.floats(0));
    Operand b = site.in(Order.NATURAL, site.floats(1));
    Operand c = site.has(2) ? site.in(Order.NATURAL, site.floats(2)) : null;
    if (a.rank() != 2 || b.rank() != 2) {
      throw new OnnxException(a + " and " + b + ": must be matrices");
    }
    boolean transposeA = site.attributes().integer("transA", 0) != 0;
    boolean transposeB = site.attributes().integer("transB", 0) != 0;
    int m = a.dimension(transposeA ? 1 : 0);
    int k = a.dimension(transposeA ? 0 : 1);
    int n = b.dimension(transposeB ? 0 : 1);
    if (b.dimension(transposeB ? 1 : 0) != k) {
      throw new OnnxException(a + " and " + b + ": depths differ");
    }
    int[] shape = {m, n};
    float alpha = site.attributes().number("alpha", 1);
    float beta = c == null ? 0 : site.attributes().number("beta", 1);
    boolean biased = c == null || isBias(c, n);
    if (b.isConstant() && !a.isConstant() && !transposeA && biased && m * (long) k > 0) {
      Constant bias = c == null ? null : bias(Operands.constant(c), n, beta);
      Constant weights = Operands.constant(b);
      WeightedProduct.add(site, a, () -> filters(weights, transposeB, alpha), bias, shape);
      return;
    }
    Operand result = site.between(ElementType.FLOAT, shape, Order.NATURAL);
    if (c != null) {
      if (!Arrays.equals(Shapes.broadcast(shape, c.shape()), shape)) {
        throw new OnnxException(c + ": can't be broadcast to the result");
      }
      site.step(new Spread(c, result), List.of(c), result);
    }
    Gemm gemm =
        Gemm.builder()
            .sizes(m, n, k)
            .transposeA(transposeA)
            .transposeB(transposeB)
            .alpha(alpha)
            .beta(beta)
            .build();
    site.step(
        "GEMM",
        (long) m * n * k,
        new ProductStep(gemm, a, b, result),
        List.of(a, b),
        List.of(result));
    Finishing.apply(site, result);
  }

  /** Whether it is the same for every row, and known. */
  private static boolean isBias(Operand c, int columns) {
    return c.isConstant()
        && (c.size() == 1 || c.size() == columns && c.dimension(c.rank() - 1) == columns);
  }

  /** {@code alpha * op(B)} with the columns of the result as rows. */
  private static float[] filters(Constant b, boolean transposed, float alpha) {
    if (transposed && alpha == 1) {
      return b.floats();
    }
    float[] filters = transposed ? b.floats().clone() : WeightedProduct.transposed(b);
    for (int i = 0; i < filters.length; i++) {
      filters[i] *= alpha;
    }
    return filters;
  }

  private static Constant bias(Constant c, int columns, float beta) {
    float[] given = c.floats();
    float[] bias = new float[columns];
    for (int j = 0; j < columns; j++) {
      bias[j] = beta * given[given.length == 1 ? 0 : j];
    }
    return Constant.of(new int[] {columns}, bias);
  }

  /** One product. */
  private record ProductStep(Gemm gemm, Operand a, Operand b, Operand result) implements Step {
    @Override
    public void run(Run run) {
      gemm.run(
          run.floats(a),
          run.offset(a),
          run.floats(b),
          run.offset(b),
          run.floats(result),
          run.offset(result),
          run.execution());
    }
  }
}
