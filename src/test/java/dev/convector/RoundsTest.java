package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Batches of which not all images are within what a run keeps between its steps: each image comes
 * out as it does alone, and is kept alone.
 */
class RoundsTest {
  private static final int BATCH = 2;
  private static final int SIDE = 740;

  private interface Maker {
    Plan of(int batch);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void convolution(Layout layout) {
    each(batch -> conv(layout, batch).plan(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void gradient(Layout layout) {
    each(batch -> conv(layout, batch).backwardData(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void volumes(Layout layout) {
    float[] weights = {1, 2, 3, 4, 5, 6, 7, 8};
    each(batch -> volume(layout, batch).plan(weights));
    each(batch -> volume(layout, batch).backwardData(weights));
  }

  private static Conv2d conv(Layout layout, int batch) {
    return Conv2d.builder()
        .input(batch, 1, SIDE, SIDE)
        .filters(1, 3, 3)
        .padding(1)
        .paddingMode(PaddingMode.REFLECT)
        .layout(layout)
        .build();
  }

  private static Conv3d volume(Layout layout, int batch) {
    return Conv3d.builder()
        .input(batch, 1, 4, SIDE / 2, SIDE / 2)
        .filters(1, 2, 2, 2)
        .padding(0, 0, 0, 1, 1, 1)
        .paddingMode(PaddingMode.CIRCULAR)
        .layout(layout)
        .build();
  }

  private static void each(Maker maker) {
    Plan all = maker.of(BATCH);
    Plan one = maker.of(1);
    assertTrue(all.workspaceBytes() <= one.workspaceBytes() + (4 << 20), all.toString());
    Random random = new Random(5);
    float[] src = new float[all.inputSize()];
    for (int i = 0; i < src.length; i++) {
      src[i] = random.nextFloat();
    }
    float[] dst = new float[all.outputSize()];
    all.run(src, dst);
    for (int i = 0; i < BATCH; i++) {
      float[] expected = new float[one.outputSize()];
      one.run(src, i * one.inputSize(), expected, 0, Execution.serial());
      assertArrayEquals(
          expected, Arrays.copyOfRange(dst, i * expected.length, (i + 1) * expected.length));
    }
  }
}
