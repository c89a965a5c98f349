package dev.convector.jmh.regression;

import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import java.util.SplittableRandom;

/**
 * The data of a case. Both versions read and write the very same arrays, so that neither has the
 * better address.
 *
 * @param src the input; of an input's gradient that of the output
 * @param second weights of the depthwise half of a separable block; of a weights' gradient that of
 *     the output; else empty
 */
public record Operands(float[] src, float[] weights, float[] bias, float[] second, float[] dst) {
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
    boolean back = layer.operation() == Operation.BACKWARD_DATA;
    float[] src = uniform(random, back ? layer.outputElements() : layer.inputElements());
    float[] weights =
        uniform(random, separable ? layer.weightElements() / taps : layer.weightElements());
    float[] bias = uniform(random, layer.filters());
    boolean both = layer.operation() == Operation.BACKWARD_WEIGHTS;
    int more = separable ? layer.channels() * taps : both ? layer.outputElements() : 0;
    float[] second = uniform(random, more);
    between.run();
    return new Operands(src, weights, bias, second, new float[layer.resultElements()]);
  }

  private static float[] uniform(SplittableRandom random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
