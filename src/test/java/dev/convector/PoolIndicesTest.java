package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.convector.internal.simd.Simd;
import dev.convector.reference.ReferencePool2d;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where maxima were, and their gradients, of about a vector of channels and of several. */
class PoolIndicesTest {
  private static final int GUARD = -7;

  private final Random random = new Random(31);

  @Test
  void anyWindows() {
    for (int i = 0; i < 300; i++) {
      int kernel = 1 + random.nextInt(4);
      int dilation = 1 + random.nextInt(2);
      int reach = (kernel - 1) * dilation + 1;
      check(
          builder(1 + random.nextInt(2), reach + random.nextInt(12), reach + random.nextInt(30))
              .kernel(kernel, kernel)
              .stride(1 + random.nextInt(3))
              .dilation(dilation)
              .padding(random.nextInt(1 + kernel / 2)));
    }
  }

  /** Planes that are turned in several bands of rows. */
  @Test
  void largePlanes() {
    for (int stride = 1; stride <= 2; stride++) {
      check(builder(1, 97, 83).kernel(3, 3).stride(stride).padding(1));
    }
  }

  private Pool2d.Builder builder(int batch, int height, int width) {
    int channels = Math.max(1, Simd.LANES - 2 + random.nextInt(2 * Simd.LANES));
    return Pool2d.builder().max().input(batch, channels, height, width);
  }

  private void check(Pool2d.Builder builder) {
    for (Layout layout : Layout.values()) {
      Pool2d pool = builder.layout(layout).build();
      float[] src = values(pool.batch() * pool.channels() * area(pool));
      int size = pool.batch() * pool.channels() * pool.outputHeight() * pool.outputWidth();
      float[] expected = new float[size];
      int[] expectedIndices = new int[size];
      ReferencePool2d.run(pool, src, 0, expected, 0, expectedIndices);
      float[] dst = new float[size];
      int[] indices = new int[size + 2];
      indices[0] = GUARD;
      indices[size + 1] = GUARD;
      Execution execution = random.nextBoolean() ? Execution.serial() : Execution.common();
      pool.plan().run(src, 0, dst, 0, indices, 1, execution);
      assertArrayEquals(expected, dst, pool::toString);
      int[] guarded = new int[size + 2];
      System.arraycopy(expectedIndices, 0, guarded, 1, size);
      guarded[0] = GUARD;
      guarded[size + 1] = GUARD;
      assertArrayEquals(guarded, indices, pool::toString);
      gradient(pool, src.length, expectedIndices, execution);
    }
  }

  /** Also of indices that are no taps of their windows. */
  private void gradient(Pool2d pool, int inputs, int[] indices, Execution execution) {
    for (int i = 0; i < indices.length / 50; i++) {
      indices[random.nextInt(indices.length)] = random.nextInt(area(pool));
    }
    float[] src = new float[indices.length];
    for (int i = 0; i < src.length; i++) {
      src[i] = random.nextInt(9) - 4;
    }
    float[] expected = new float[inputs];
    ReferencePool2d.backward(pool, src, 0, indices, expected, 0);
    float[] dst = new float[inputs + 2];
    dst[0] = GUARD;
    dst[inputs + 1] = GUARD;
    pool.backward().run(src, 0, indices, 0, dst, 1, execution);
    float[] guarded = new float[inputs + 2];
    System.arraycopy(expected, 0, guarded, 1, inputs);
    guarded[0] = GUARD;
    guarded[inputs + 1] = GUARD;
    assertArrayEquals(guarded, dst, pool::toString);
  }

  private static int area(Pool2d pool) {
    return pool.rows().size() * pool.columns().size();
  }

  /** Few different ones, so that windows have equal maxima, and some NaN. */
  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(40) == 0 ? Float.NaN : random.nextInt(5) - 2;
    }
    return values;
  }
}
