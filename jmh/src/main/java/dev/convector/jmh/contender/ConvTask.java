package dev.convector.jmh.contender;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import java.util.SplittableRandom;

/** A layer with its data, the same for every contender and every run. Arrays are not copied. */
public final class ConvTask {
  private final Layer layer;
  private final float[] weights;
  private final float[] bias;
  private final float[] srcNchw;
  private final float[] gradientNchw;

  public ConvTask(Layer layer) {
    this.layer = layer;
    var random = new SplittableRandom(layer.name().hashCode());
    srcNchw = uniform(random, layer.inputElements());
    weights = uniform(random, layer.weightElements());
    bias = uniform(random, layer.filters());
    gradientNchw =
        layer.operation().isBackward() ? uniform(random, layer.outputElements()) : new float[0];
  }

  Layer layer() {
    return layer;
  }

  /**
   * {@code [filters][channels / groups][kernelDepth][kernelHeight][kernelWidth]} unless transposed.
   */
  public float[] weights() {
    return weights;
  }

  public float[] bias() {
    return bias;
  }

  public float[] src(Layout layout) {
    return layout == Layout.NCHW
        ? srcNchw
        : Axes.toNhwc(srcNchw, layer.batch(), layer.channels(), layer.pixels());
  }

  /** The gradient of the layer's output; empty unless the operation reads it. */
  float[] outputGradient(Layout layout) {
    return layout == Layout.NCHW || gradientNchw.length == 0
        ? gradientNchw
        : Axes.toNhwc(gradientNchw, layer.batch(), layer.filters(), layer.outputPixels());
  }

  /** A result as NCHW; gradients of weights and bias as they are. */
  float[] toNchw(float[] result, Layout layout) {
    if (layout == Layout.NCHW || layer.operation() == Operation.BACKWARD_WEIGHTS) {
      return result;
    }
    return layer.operation() == Operation.BACKWARD_DATA
        ? Axes.toNchw(result, layer.batch(), layer.channels(), layer.pixels())
        : Axes.toNchw(result, layer.batch(), layer.filters(), layer.outputPixels());
  }

  /** What the oracle computes, as {@link #toNchw} has it. */
  public float[] expected() {
    return Oracle.run(this);
  }

  public static float[] uniform(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
