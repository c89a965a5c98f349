package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convector.reference.ReferencePool2d;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Examples small enough to be checked by hand. */
class Pool2dTest {
  private static final float[] RAMP = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

  private static float[] run(Pool2d pool, float... src) {
    float[] dst = new float[pool.plan().outputSize()];
    pool.plan().run(src, dst);
    return dst;
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void maximaOfRamp(Layout layout) {
    Pool2d pool =
        Pool2d.builder().max().input(1, 1, 4, 4).kernel(2, 2).stride(2).layout(layout).build();
    float[] dst = new float[4];
    int[] indices = new int[4];
    pool.plan().run(RAMP, dst, indices);
    assertArrayEquals(new float[] {6, 8, 14, 16}, dst);
    assertArrayEquals(new float[] {6, 8, 14, 16}, run(pool, RAMP));
    assertArrayEquals(new int[] {5, 7, 13, 15}, indices);
    float[] gradient = new float[16];
    pool.backward().run(new float[] {1, 2, 3, 4}, indices, gradient);
    assertArrayEquals(new float[] {0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4}, gradient);
  }

  @Test
  void averagesOfRamp() {
    Pool2d.Builder builder = Pool2d.builder().input(1, 1, 4, 4).kernel(2, 2).stride(2);
    assertArrayEquals(
        new float[] {3.5f, 5.5f, 11.5f, 13.5f}, run(builder.average(true).build(), RAMP));
    builder.padding(1);
    assertArrayEquals(
        new float[] {1 / 4f, 5 / 4f, 1, 14 / 4f, 34 / 4f, 20 / 4f, 13 / 4f, 29 / 4f, 4},
        run(builder.average(true).build(), RAMP));
    assertArrayEquals(
        new float[] {1, 2.5f, 4, 7, 8.5f, 10, 13, 14.5f, 16},
        run(builder.average(false).build(), RAMP));
  }

  @Test
  void globalAndAdaptiveAverages() {
    Pool2d.Builder builder = Pool2d.builder().average(false).input(1, 1, 4, 4);
    assertArrayEquals(new float[] {8.5f}, run(builder.global().build(), RAMP));
    // Rows 0 to 1, 1 to 2 and 2 to 3.
    assertArrayEquals(new float[] {4.5f, 8.5f, 12.5f}, run(builder.adaptive(3, 1).build(), RAMP));
  }

  /** Windows that have kernels of their own, of images wide enough for these. */
  @ParameterizedTest
  @CsvSource({"2, 2, 0", "3, 2, 0", "3, 2, 1", "3, 1, 1"})
  void usualWindows(int kernel, int stride, int padding) {
    for (int kind = 0; kind < 12; kind++) {
      Pool2d.Builder builder =
          Pool2d.builder()
              .input(2, new int[] {2, 20, 70}[kind % 3], 6, 41)
              .kernel(kernel, kernel)
              .stride(stride)
              .padding(padding)
              .layout(kind % 2 == 0 ? Layout.NCHW : Layout.NHWC);
      Pool2d pool = kind < 6 ? builder.max().build() : builder.average(false).build();
      float[] src = new float[pool.plan().inputSize()];
      for (int i = 0; i < src.length; i++) {
        src[i] = i * 37 % 121 - 60;
      }
      float[] expected = new float[pool.plan().outputSize()];
      ReferencePool2d.run(pool, src, 0, expected, 0, null);
      assertArrayEquals(expected, run(pool, src), 1e-5f, pool.toString());
    }
  }

  /** So many channels that all pixels are folded as rows. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void globalOfManyChannels(boolean max) {
    Pool2d.Builder builder = Pool2d.builder().input(2, 1030, 3, 5).layout(Layout.NHWC).global();
    Pool2d pool = max ? builder.max().build() : builder.average(false).build();
    float[] src = new float[2 * 3 * 5 * 1030];
    for (int i = 0; i < src.length; i++) {
      src[i] = i * 7 % 120 - 60;
    }
    src[1030 + 17] = max ? Float.NaN : 1;
    float[] expected = new float[2 * 1030];
    ReferencePool2d.run(pool, src, 0, expected, 0, null);
    assertArrayEquals(expected, run(pool, src));
  }

  @Test
  void ceilModeAddsWindowsThatStartInside() {
    Pool2d.Builder builder = Pool2d.builder().max().input(1, 1, 1, 5).kernel(1, 2).stride(1, 2);
    assertArrayEquals(new float[] {2, 4}, run(builder.build(), 1, 2, 3, 4, 5));
    assertArrayEquals(new float[] {2, 4, 5}, run(builder.ceilMode(true).build(), 1, 2, 3, 4, 5));
    // The fourth would start behind the input.
    builder.padding(0, 1).input(1, 1, 1, 4);
    assertArrayEquals(new float[] {1, 3, 4}, run(builder.build(), 1, 2, 3, 4));
    // Two of the last window's three taps are the input's and the padding's.
    builder.input(1, 1, 1, 4).kernel(1, 3).stride(1, 3).padding(0, 0, 0, 1).average(true);
    assertArrayEquals(new float[] {2, 2}, run(builder.build(), 1, 2, 3, 4));
    assertArrayEquals(new float[] {2, 4}, run(builder.average(false).build(), 1, 2, 3, 4));
  }

  @Test
  void ceilModeAllowsKernelsBeyondTheInput() {
    Pool2d pool =
        Pool2d.builder().max().input(1, 1, 2, 2).kernel(3, 3).stride(2).ceilMode(true).build();
    assertArrayEquals(new float[] {4}, run(pool, 1, 4, 3, 2));
  }

  @Test
  void nanIsLargest() {
    float nan = Float.NaN;
    Pool2d pool = Pool2d.builder().max().input(1, 1, 1, 4).kernel(1, 2).stride(1, 2).build();
    assertArrayEquals(new float[] {nan, 2}, run(pool, nan, 1, 2, 2));
    int[] indices = new int[2];
    float[] dst = new float[2];
    pool.plan().run(new float[] {nan, nan, 2, 2}, dst, indices);
    assertArrayEquals(new int[] {1, 2}, indices);
  }

  @Test
  void refusesWindowsOfPadding() {
    Pool2d.Builder builder = Pool2d.builder().max().input(1, 1, 4, 4).kernel(2, 2).padding(2);
    assertEquals(
        "padding: 2 and 2; every window must have a tap inside the input, and that of output row 0"
            + " has none",
        assertThrows(IllegalArgumentException.class, builder::build).getMessage());
  }

  @Test
  void refusesIndicesWhereTheyDoNotBelong() {
    Pool2d.Builder builder = Pool2d.builder().input(1, 1, 4, 4).kernel(2, 2);
    Pool2d average = builder.average(true).build();
    Pool2d max = builder.max().build();
    float[] outputs = new float[9];
    int[] indices = new int[9];
    assertThrows(IllegalArgumentException.class, () -> average.plan().run(RAMP, outputs, indices));
    assertThrows(
        IllegalArgumentException.class, () -> average.backward().run(outputs, indices, RAMP));
    assertThrows(IllegalArgumentException.class, () -> max.backward().run(outputs, RAMP));
    indices[3] = 16;
    assertEquals(
        "indices[3]: 16; must be at least 0 and less than 16",
        assertThrows(
                IllegalArgumentException.class,
                () -> max.backward().run(outputs, indices, new float[16]))
            .getMessage());
  }
}
