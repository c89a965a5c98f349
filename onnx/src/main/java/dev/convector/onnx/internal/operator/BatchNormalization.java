package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Step;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import java.util.List;

/** BatchNormalization that is not behind a convolution, with the activation after it. */
public final class BatchNormalization implements Operator {
  /** Before, a network said that it does not learn. */
  private static final int IS_TEST = 7;

  /** From here on a network says that it learns; before, by its further outputs. */
  private static final int SAYS_TRAINING = 14;

  /**
   * What each channel is multiplied with, and then what is added to it.
   *
   * @param node whose statistics are known
   */
  public record Channels(float[] factors, float[] shifts) {
    public static Channels of(Node node, Constant... statistics) {
      int channels = statistics[0].size();
      for (Constant constant : statistics) {
        if (constant.size() != channels) {
          throw new OnnxException("scale, bias, mean and variance: must be equally long");
        }
      }
      float[] factors = new float[channels];
      float[] shifts = new float[channels];
      double epsilon = node.attributes().number("epsilon", 1e-5f);
      float[] scale = statistics[0].floats();
      float[] bias = statistics[1].floats();
      float[] mean = statistics[2].floats();
      float[] variance = statistics[3].floats();
      for (int c = 0; c < channels; c++) {
        double factor = scale[c] / Math.sqrt(variance[c] + epsilon);
        factors[c] = (float) factor;
        shifts[c] = (float) (bias[c] - mean[c] * factor);
      }
      return new Channels(factors, shifts);
    }

    /** So many times one after the other. */
    Channels repeated(int times) {
      float[] allFactors = new float[times * factors.length];
      float[] allShifts = new float[times * shifts.length];
      for (int i = 0; i < allFactors.length; i++) {
        allFactors[i] = factors[i % factors.length];
        allShifts[i] = shifts[i % shifts.length];
      }
      return new Channels(allFactors, allShifts);
    }
  }

  @Override
  public String refusal(Node node) {
    if (node.attributes().integer("spatial", 1) == 0) {
      return "spatial 0";
    }
    if (node.version() < IS_TEST && node.attributes().integer("is_test", 0) == 0) {
      return "training";
    }
    boolean training =
        node.version() < SAYS_TRAINING
            ? node.outputs().stream().skip(1).anyMatch(output -> output != null)
            : node.attributes().integer("training_mode", 0) != 0;
    return training ? "training" : null;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.floatsApart(0);
    Channels channels =
        Channels.of(
            site.node(), site.constant(1), site.constant(2), site.constant(3), site.constant(4));
    if (x.rank() < 2 || x.dimension(1) != channels.factors().length) {
      throw new OnnxException(x + ": has other channels than the statistics");
    }
    add(site, channels, x, site.outputOver(0, x));
  }

  /** Adds the step, with the node's activation. */
  static void add(Site site, Channels channels, Operand x, Operand y) {
    Activation activation = site.node().activation();
    int place = x.place(1);
    AxisRows rows = AxisRows.of(x, place, place + 1);
    boolean pixels = rows.inner() == 1 && x.size() > 0;
    Step step =
        pixels
            ? new PixelAffineStep(channels, activation, x, y)
            : new PlaneAffineStep(channels, activation, rows, x, y);
    site.step(step, List.of(x), y);
  }
}
