package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.execute.VectorMath;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * LayerNormalization over all axes from one on; mean and deviation too, where they are asked for.
 */
final class LayerNormalization implements Operator {
  @Override
  public String refusal(Node node) {
    long type = node.attributes().integer("stash_type", 1);
    return type == 1 ? null : "stash_type " + type;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.in(Order.NATURAL, site.floats(0));
    int axis = Shapes.axis(site.attributes().integer("axis", -1), x.rank());
    AxisRows rows = AxisRows.of(x, axis, x.rank());
    float[] scale = spread(site.constant(1), x, axis, rows.length());
    float[] given = spread(site.constant(2), x, axis, rows.length());
    float[] shift = given == null ? new float[rows.length()] : given;
    Operand y = site.output(0, ElementType.FLOAT, x.shape(), Order.NATURAL);
    int[] statistics = x.shape().clone();
    Arrays.fill(statistics, axis, statistics.length, 1);
    Operand mean = statistic(site, 1, statistics);
    Operand deviation = statistic(site, 2, statistics);
    List<Operand> writes = new ArrayList<>(List.of(y));
    for (Operand further : new Operand[] {mean, deviation}) {
      if (further != null) {
        writes.add(further);
      }
    }
    float epsilon = site.attributes().number("epsilon", 1e-5f);
    Rows step = new Rows(rows, new Normal(epsilon, scale, shift), x, y, mean, deviation);
    site.step("", 0, step, List.of(x), writes);
  }

  private static Operand statistic(Site site, int i, int[] shape) {
    return site.node().output(i) == null
        ? null
        : site.output(i, ElementType.FLOAT, shape, Order.NATURAL);
  }

  /** As many numbers as a row has; null for none. */
  private static float[] spread(Constant given, Operand x, int axis, int count) {
    if (given == null) {
      return null;
    }
    if (given.size() == count) {
      return given.floats();
    }
    int[] row = Arrays.copyOfRange(x.shape(), axis, x.rank());
    int last = x.rank() == 0 ? 1 : x.dimension(x.rank() - 1);
    if (given.size() != 1 && (given.size() != last || row.length == 0)) {
      throw new OnnxException("scale or bias " + given + ": doesn't fit " + x);
    }
    float[] numbers = given.floats();
    float[] all = new float[count];
    for (int i = 0; i < count; i++) {
      all[i] = numbers[i % numbers.length];
    }
    return all;
  }

  /** What a row becomes. */
  private record Normal(float epsilon, float[] scale, float[] shift) {}

  private static final class Rows extends SplitStep {
    private final AxisRows rows;
    private final Normal normal;
    private final Operand x;
    private final Operand y;
    private final Operand mean;
    private final Operand deviation;

    Rows(AxisRows rows, Normal normal, Operand x, Operand y, Operand mean, Operand deviation) {
      super(rows.outer(), 6L * y.size());
      this.rows = rows;
      this.normal = normal;
      this.x = x;
      this.y = y;
      this.mean = mean;
      this.deviation = deviation;
    }

    @Override
    protected void part(Run run, int from, int to) {
      float[] src = run.floats(x);
      float[] dst = run.floats(y);
      int count = rows.length();
      for (int i = from; i < to; i++) {
        int at = run.offset(x) + i * count;
        int dstAt = run.offset(y) + i * count;
        float center = VectorMath.sum(src, at, count) / count;
        float variance = VectorMath.squares(src, at, count, center) / count;
        float factor = (float) (1 / Math.sqrt(variance + normal.epsilon));
        VectorMath.scale(src, at, count, center, factor, 0, dst, dstAt);
        if (normal.scale != null) {
          VectorMath.affine(dst, dstAt, count, normal.scale, normal.shift, dst, dstAt);
        }
        if (mean != null) {
          run.floats(mean)[run.offset(mean) + i] = center;
        }
        if (deviation != null) {
          run.floats(deviation)[run.offset(deviation) + i] = factor;
        }
      }
    }
  }
}
