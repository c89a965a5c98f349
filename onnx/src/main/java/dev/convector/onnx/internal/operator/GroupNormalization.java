package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.execute.VectorMath;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;

/** GroupNormalization, and InstanceNormalization, whose groups are the channels. */
final class GroupNormalization implements Operator {
  @Override
  public String refusal(Node node) {
    long type = node.attributes().integer("stash_type", 1);
    return type == 1 ? null : "stash_type " + type;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.in(Order.NATURAL, site.floats(0));
    if (x.rank() < 2) {
      throw new OnnxException(x + ": has no channels");
    }
    int channels = x.dimension(1);
    boolean instance = site.node().is("InstanceNormalization");
    int groups = instance ? channels : (int) site.attributes().integer("num_groups", 0);
    if (groups < 1 || channels % groups != 0) {
      throw new OnnxException("num_groups " + groups + ": must divide the channels of " + x);
    }
    float[] scale = spread(site.constant(1).floats(), channels);
    float[] shift = spread(site.constant(2).floats(), channels);
    Operand y = site.output(0, ElementType.FLOAT, x.shape(), Order.NATURAL);
    float epsilon = site.attributes().number("epsilon", 1e-5f);
    site.step(new Groups(groups, epsilon, scale, shift, x, y), List.of(x), y);
  }

  /** One number for each channel; before opset 21 they were given for each group. */
  private static float[] spread(float[] given, int channels) {
    if (given.length == 0 || channels % given.length != 0) {
      throw new OnnxException(
          "scale or bias of " + given.length + " for " + channels + " channels");
    }
    float[] all = new float[channels];
    for (int c = 0; c < channels; c++) {
      all[c] = given[c / (channels / given.length)];
    }
    return all;
  }

  private static final class Groups extends SplitStep {
    private final int groups;
    private final float epsilon;
    private final float[] scale;
    private final float[] shift;
    private final Operand x;
    private final Operand y;
    private final int area;

    Groups(int groups, float epsilon, float[] scale, float[] shift, Operand x, Operand y) {
      super(x.dimension(0) * groups, 6L * y.size());
      this.groups = groups;
      this.epsilon = epsilon;
      this.scale = scale;
      this.shift = shift;
      this.x = x;
      this.y = y;
      this.area = Shapes.product(x.shape(), 2, x.rank());
    }

    @Override
    protected void part(Run run, int from, int to) {
      float[] src = run.floats(x);
      float[] dst = run.floats(y);
      int channels = scale.length / groups;
      int count = channels * area;
      for (int i = from; i < to; i++) {
        int at = run.offset(x) + i * count;
        float center = VectorMath.sum(src, at, count) / count;
        float variance = VectorMath.squares(src, at, count, center) / count;
        double factor = 1 / Math.sqrt(variance + epsilon);
        for (int k = 0; k < channels; k++) {
          int c = i % groups * channels + k;
          int dstAt = run.offset(y) + i * count + k * area;
          float scaled = (float) (factor * scale[c]);
          VectorMath.scale(src, at + k * area, area, center, scaled, shift[c], dst, dstAt);
        }
      }
    }
  }
}
