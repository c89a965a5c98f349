package dev.convector.jmh.cliff;

import dev.convector.jmh.layer.Layer;
import java.util.SplittableRandom;

/** Arrays of a layer. */
record LayerData(float[] weights, float[] bias, float[] src, float[] dst) {
  private static final int PATTERN = 4096;

  static LayerData of(Layer layer) {
    return new LayerData(
        filled(layer.weightElements()),
        filled(layer.filters()),
        filled(layer.inputElements()),
        new float[layer.outputElements()]);
  }

  /** A pattern that repeats: random numbers for all elements would take longer than the runs. */
  private static float[] filled(int size) {
    var random = new SplittableRandom(size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i < PATTERN ? (float) random.nextDouble(-1, 1) : values[i - PATTERN];
    }
    return values;
  }
}
