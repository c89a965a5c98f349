package dev.convector.onnx.internal.operator;

import dev.convector.Gemm;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Broadcast;
import dev.convector.onnx.internal.execute.FloatBinary.Kind;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;

/** MatMul, as NumPy's: the last two axes are matrices, all before them a batch. */
final class MatrixProduct implements Operator {
  /** A bias as a third input is what rewriting makes, not what a model may say. */
  @Override
  public String refusal(Node node) {
    return node.inputs().size() > 2 ? "a third input" : null;
  }

  @Override
  public void compile(Site site) {
    Operand a = site.in(Order.NATURAL, site.floats(0));
    Operand b = site.in(Order.NATURAL, site.floats(1));
    if (a.rank() == 0 || b.rank() == 0) {
      throw new OnnxException(a + " and " + b + ": must be vectors or matrices");
    }
    if (b.isConstant() && b.rank() == 2 && !a.isConstant() && a.size() > 0) {
      int[] shape = a.shape().clone();
      shape[shape.length - 1] = b.dimension(1);
      if (b.dimension(0) != a.dimension(a.rank() - 1)) {
        throw new OnnxException(a + " and " + b + ": depths differ");
      }
      Constant weights = Operands.constant(b);
      WeightedProduct.add(
          site, a, () -> WeightedProduct.transposed(weights), site.constant(2), shape);
      return;
    }
    Operand left = a.rank() == 1 ? a.reshaped(new int[] {1, a.size()}) : a;
    Operand right = b.rank() == 1 ? b.reshaped(new int[] {b.size(), 1}) : b;
    int[] batch =
        Shapes.broadcast(
            Arrays.copyOf(left.shape(), left.rank() - 2),
            Arrays.copyOf(right.shape(), right.rank() - 2));
    int m = left.dimension(left.rank() - 2);
    int k = left.dimension(left.rank() - 1);
    int n = right.dimension(right.rank() - 1);
    if (right.dimension(right.rank() - 2) != k) {
      throw new OnnxException(a + " and " + b + ": depths differ");
    }
    int[] shape = Arrays.copyOf(batch, batch.length + 2);
    shape[batch.length] = m;
    shape[batch.length + 1] = n;
    Operand full = site.between(ElementType.FLOAT, shape, Order.NATURAL);
    Step step =
        k == 0 || full.size() == 0
            ? run ->
                Arrays.fill(run.floats(full), run.offset(full), run.offset(full) + full.size(), 0)
            : new BatchStep(
                Gemm.builder().sizes(m, n, k).build(),
                batches(batch, left, right),
                left,
                right,
                full);
    site.step("GEMM", (long) full.size() * k, step, List.of(left, right), List.of(full));
    Operand result = full.reshaped(squeezed(shape, a.rank() == 1, b.rank() == 1));
    Constant bias = site.constant(2);
    if (bias != null) {
      result = Binary.floats(site, Kind.ADD, result, Operands.of(bias), false);
    }
    Finishing.apply(site, result);
  }

  /** Without the axes that vectors had been given. */
  private static int[] squeezed(int[] shape, boolean row, boolean column) {
    int count = shape.length - (row ? 1 : 0) - (column ? 1 : 0);
    int[] squeezed = Arrays.copyOf(shape, count);
    if (row && !column) {
      squeezed[count - 1] = shape[shape.length - 1];
    }
    return squeezed;
  }

  private static Broadcast batches(int[] batch, Operand left, Operand right) {
    // A last axis of rows of one matrix each, so that each row is one product.
    int[] result = Arrays.copyOf(batch, batch.length + 1);
    result[batch.length] = 1;
    return new Broadcast(result, ones(left), ones(right));
  }

  private static int[] ones(Operand operand) {
    int[] shape = Arrays.copyOf(operand.shape(), operand.rank() - 1);
    shape[operand.rank() - 2] = 1;
    return shape;
  }

  /** Product after product. */
  private record BatchStep(
      Gemm gemm, Broadcast batches, Operand left, Operand right, Operand result) implements Step {
    @Override
    public void run(Run run) {
      int leftSize = matrix(left);
      int rightSize = matrix(right);
      int size = matrix(result);
      int count = result.size() / size;
      for (int i = 0; i < count; i++) {
        int row = i / batches.rowSize();
        int column = i % batches.rowSize();
        int leftIndex = batches.start(0, row) + column * batches.stride(0);
        int rightIndex = batches.start(1, row) + column * batches.stride(1);
        gemm.run(
            run.floats(left),
            run.offset(left) + leftIndex * leftSize,
            run.floats(right),
            run.offset(right) + rightIndex * rightSize,
            run.floats(result),
            run.offset(result) + i * size,
            run.execution());
      }
    }

    private static int matrix(Operand operand) {
      int rank = operand.rank();
      return operand.dimension(rank - 2) * operand.dimension(rank - 1);
    }
  }
}
