package dev.convector.jmh.regression;

import dev.convector.jmh.layer.Layer;
import java.util.SplittableRandom;

/**
 * The data of a case. Both versions read and write the very same arrays, so that neither has the
 * better address.
 *
 * @param depthwise weights of the depthwise half of a separable block, else empty
 */
public record Operands(float[] src, float[] weights, float[] bias, float[] depthwise, float[] dst) {
  /**
   * Random data, the same for the same case.
   *
   * @param between is run before the output's array is made, to move it
   */
  static Operands of(Case task, Runnable between) {
    Layer layer = task.layer();
    boolean separable = task.kind() == Case.Kind.SEPARABLE;
    var random = new SplittableRandom(layer.name().hashCode());
    int taps = layer.kernelHeight() * layer.kernelWidth();
    float[] src = uniform(random, layer.inputElements());
    float[] weights =
        uniform(random, separable ? layer.weightElements() / taps : layer.weightElements());
    float[] bias = uniform(random, layer.filters());
    float[] depthwise = uniform(random, separable ? layer.channels() * taps : 0);
    between.run();
    return new Operands(src, weights, bias, depthwise, new float[layer.outputElements()]);
  }

  private static float[] uniform(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
