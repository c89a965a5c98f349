package dev.convector.jmh;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Layout;
import dev.convector.reference.ReferenceConv2d;
import java.util.SplittableRandom;

/** A layer with its data, the same for every contender and every run. Arrays are not copied. */
final class ConvTask {
  private final Layer layer;
  private final float[] weights;
  private final float[] bias;
  private final float[] srcNchw;

  ConvTask(Layer layer) {
    this.layer = layer;
    var random = new SplittableRandom(layer.name().hashCode());
    srcNchw = uniform(random, layer.inputElements());
    weights = uniform(random, layer.weightElements());
    bias = uniform(random, layer.filters());
  }

  Layer layer() {
    return layer;
  }

  /** {@code [filters][channels / groups][kernelHeight][kernelWidth]} unless transposed. */
  float[] weights() {
    return weights;
  }

  float[] bias() {
    return bias;
  }

  float[] src(Layout layout) {
    return layout == Layout.NCHW
        ? srcNchw
        : Axes.toNhwc(srcNchw, layer.batch(), layer.channels(), layer.height() * layer.width());
  }

  /** An output as NCHW. */
  float[] toNchw(float[] dst, Layout layout) {
    return layout == Layout.NCHW
        ? dst
        : Axes.toNchw(
            dst, layer.batch(), layer.filters(), layer.outputHeight() * layer.outputWidth());
  }

  /** What the oracle computes, NCHW. */
  float[] expected() {
    float[] dst = new float[layer.outputElements()];
    if (layer.transposed()) {
      TransposedOracle.run(layer, weights, bias, srcNchw, dst);
    } else {
      var shape = layer.conv(Layout.NCHW, Accuracy.STRICT).shape();
      ReferenceConv2d.run(
          shape, Layout.NCHW, false, Activation.NONE, weights, bias, srcNchw, 0, null, 0, dst, 0);
    }
    return dst;
  }

  static float[] uniform(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
