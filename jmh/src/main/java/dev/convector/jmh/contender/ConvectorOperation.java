package dev.convector.jmh.contender;

import dev.convector.Accuracy;
import dev.convector.Layout;
import dev.convector.Plan;
import dev.convector.jmh.layer.Layer;

/**
 * Convector's operations that have one plan and no forced algorithms, as a user gets them: all but
 * the convolution itself and the gradient of its weights.
 */
public final class ConvectorOperation extends ConvectorContender {
  private final ConvTask task;
  private final Layout layout;
  private final Plan plan;
  private final String algorithm;
  private final float[] src;
  private final float[] dst;

  ConvectorOperation(ConvTask task, Layout layout, int threads) {
    super(threads);
    this.task = task;
    this.layout = layout;
    Layer layer = task.layer();
    switch (layer.operation()) {
      case VOLUME -> {
        var volume = layer.conv3d(layout).plan(task.weights(), task.bias());
        plan = volume;
        algorithm = volume.algorithm().name();
      }
      case TRANSPOSED -> {
        var transposed = layer.convTranspose(layout).plan(task.weights(), task.bias());
        plan = transposed;
        algorithm = transposed.algorithm().name();
      }
      case BACKWARD_DATA -> {
        var backward = layer.conv(layout, Accuracy.STANDARD).backwardData(task.weights());
        plan = backward;
        algorithm = backward.algorithm().name();
      }
      case MAX_POOL, AVERAGE_POOL -> {
        plan = layer.pool(layout).plan();
        algorithm = "";
      }
      case NEAREST, BILINEAR -> {
        plan = layer.upsample(layout).plan();
        algorithm = "";
      }
      default -> throw new IllegalArgumentException("operation: " + layer.operation());
    }
    src = layer.operation().isBackward() ? task.outputGradient(layout) : task.src(layout);
    dst = new float[plan.outputSize()];
  }

  @Override
  public void run() {
    plan.run(src, dst, execution);
  }

  @Override
  public float[] output() {
    return task.toNchw(dst, layout);
  }

  @Override
  public String algorithm() {
    return algorithm;
  }

  @Override
  public long workspaceBytes() {
    return plan.workspaceBytes() * execution.threads();
  }
}
