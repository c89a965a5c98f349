package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.graph.Shapes;

/**
 * An operand around some neighbouring axes: {@code [outer][length][inner]} as it lies.
 *
 * @param length elements along these axes
 */
record AxisRows(int outer, int length, int inner) {
  /** Around the axes {@code [from, to)}, as they lie in memory. */
  static AxisRows of(Operand x, int from, int to) {
    int[] sizes = x.physical();
    return new AxisRows(
        Shapes.product(sizes, 0, from),
        Shapes.product(sizes, from, to),
        Shapes.product(sizes, to, sizes.length));
  }

  /**
   * Where row {@code i} of {@code outer * inner} begins; its neighbours are {@code inner} apart.
   */
  int start(int i) {
    return i / inner * length * inner + i % inner;
  }
}
