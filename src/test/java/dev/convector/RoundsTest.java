package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Batches of which not all images are within what a run keeps between its steps: each image comes
 * out as it does alone, and is kept alone.
 */
class RoundsTest {
  private static final int BATCH = 2;
  private static final int CHANNELS = 256;
  private static final int SIDE = 47;

  private interface Maker {
    Plan of(int batch);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void convolution(Layout layout) {
    each(batch -> conv(layout, batch).plan(numbers(CHANNELS * 9)));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void gradient(Layout layout) {
    each(batch -> conv(layout, batch).backwardData(numbers(CHANNELS * 9)));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void volumes(Layout layout) {
    each(batch -> volume(layout, batch).plan(numbers(CHANNELS / 4 * 8)));
    each(batch -> volume(layout, batch).backwardData(numbers(CHANNELS / 4 * 8)));
  }

  private static Conv2d conv(Layout layout, int batch) {
    return Conv2d.builder()
        .input(batch, CHANNELS, SIDE, SIDE)
        .filters(CHANNELS, 3, 3)
        .groups(CHANNELS)
        .padding(1)
        .paddingMode(PaddingMode.REFLECT)
        .layout(layout)
        .build();
  }

  private static Conv3d volume(Layout layout, int batch) {
    return Conv3d.builder()
        .input(batch, CHANNELS / 4, 4, SIDE, SIDE)
        .filters(CHANNELS / 4, 2, 2, 2)
        .groups(CHANNELS / 4)
        .padding(0, 0, 0, 1, 1, 1)
        .paddingMode(PaddingMode.CIRCULAR)
        .layout(layout)
        .build();
  }

  private static float[] numbers(int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i % 17;
    }
    return numbers;
  }

  private static void each(Maker maker) {
    Plan all = maker.of(BATCH);
    Plan one = maker.of(1);
    assertTrue(all.workspaceBytes() <= one.workspaceBytes() + (4 << 20), all.toString());
    float[] src = numbers(all.inputSize());
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
