package dev.convector.jmh.regression;

import dev.convector.jmh.Layer;
import java.util.SplittableRandom;

/**
 * The data of a case. Both versions read and write the very same arrays, so that neither has the
 * better address.
 *
 * @param depthwise weights of the depthwise half of a separable block, else empty
 */
public record Operands(float[] src, float[] weights, float[] bias, float[] depthwise, float[] dst) {
  static Operands of(Case task) {
    Layer layer = task.layer();
    boolean separable = task.kind() == Case.Kind.SEPARABLE;
    var random = new SplittableRandom(layer.name().hashCode());
    int taps = layer.kernelHeight() * layer.kernelWidth();
    return new Operands(
        uniform(random, layer.inputElements()),
        uniform(random, separable ? layer.weightElements() / taps : layer.weightElements()),
        uniform(random, layer.filters()),
        uniform(random, separable ? layer.channels() * taps : 0),
        new float[layer.outputElements()]);
  }

  private static float[] uniform(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
