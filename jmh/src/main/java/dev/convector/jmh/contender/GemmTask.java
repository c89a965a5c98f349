package dev.convector.jmh.contender;

import dev.convector.jmh.layer.GemmSize;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A matrix product with its data, row-major. */
public final class GemmTask {
  private final GemmSize size;
  private final float[] a;
  private final float[] b;

  public GemmTask(GemmSize size) {
    this.size = size;
    var random = new SplittableRandom(size.name().hashCode());
    a = ConvTask.uniform(random, size.m() * size.k());
    b = ConvTask.uniform(random, size.k() * size.n());
  }

  GemmSize size() {
    return size;
  }

  float[] a() {
    return a;
  }

  float[] b() {
    return b;
  }

  public float[] expected() {
    float[] c = new float[size.m() * size.n()];
    double[] row = new double[size.n()];
    for (int i = 0; i < size.m(); i++) {
      Arrays.fill(row, 0);
      for (int k = 0; k < size.k(); k++) {
        double scale = a[i * size.k() + k];
        for (int j = 0; j < size.n(); j++) {
          row[j] += scale * b[k * size.n() + j];
        }
      }
      for (int j = 0; j < size.n(); j++) {
        c[i * size.n() + j] = (float) row[j];
      }
    }
    return c;
  }
}
