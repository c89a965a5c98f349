package dev.convector.jmh.contender;

import dev.convector.Accuracy;
import dev.convector.BackwardWeightsPlan;
import dev.convector.BackwardWeightsPlan.Offsets;
import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;

/** Convector's gradients of weights and bias, in one array. */
public final class ConvectorBackwardWeights extends ConvectorContender {
  private final BackwardWeightsPlan plan;
  private final Offsets offsets;
  private final float[] src;
  private final float[] outputGradient;
  private final float[] gradients;

  ConvectorBackwardWeights(ConvTask task, Layout layout, int threads) {
    super(threads);
    Layer layer = task.layer();
    plan = layer.conv(layout, Accuracy.STANDARD).backwardWeights();
    offsets = new Offsets(0, 0, 0, layer.weightElements());
    src = task.src(layout);
    outputGradient = task.outputGradient(layout);
    gradients = new float[layer.resultElements()];
  }

  @Override
  public void run() {
    plan.run(src, outputGradient, gradients, gradients, offsets, execution);
  }

  @Override
  public long workspaceBytes() {
    return plan.workspaceBytes() * execution.threads();
  }

  @Override
  public float[] output() {
    return gradients.clone();
  }
}
