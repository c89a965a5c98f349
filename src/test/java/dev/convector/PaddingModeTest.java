package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PaddingModeTest {
  /** The table of the enum's documentation. */
  @ParameterizedTest
  @EnumSource(PaddingMode.class)
  void fillsAsDocumented(PaddingMode mode) {
    String padded =
        switch (mode) {
          case ZEROS -> "00abcd00";
          case CIRCULAR -> "cdabcdab";
          case REFLECT -> "cbabcdcb";
          case REPLICATE -> "aaabcddd";
        };
    int[] expected = padded.chars().map(letter -> letter == '0' ? -1 : letter - 'a').toArray();
    assertArrayEquals(expected, IntStream.range(-2, 6).map(i -> mode.source(i, 4)).toArray());
  }

  @Test
  void sumsOfNeighboursOnARing() {
    float[] dst = new float[5];
    Conv2d.builder()
        .input(1, 1, 1, 5)
        .filters(1, 1, 3)
        .padding(0, 1)
        .paddingMode(PaddingMode.CIRCULAR)
        .build()
        .plan(new float[] {1, 0, 1})
        .run(new float[] {1, 2, 4, 8, 16}, dst);
    assertArrayEquals(new float[] {18, 5, 10, 20, 9}, dst);
  }

  /** What zero padding would cut off wraps round. */
  @Test
  void transposedOnARing() {
    float[] dst = new float[4];
    ConvTranspose2d.builder()
        .input(1, 1, 1, 4)
        .filters(1, 1, 3)
        .padding(0, 1)
        .paddingMode(PaddingMode.CIRCULAR)
        .build()
        .plan(new float[] {100, 10, 1})
        .run(new float[] {1, 2, 3, 4}, dst);
    assertArrayEquals(new float[] {10 + 4 + 200, 20 + 1 + 300, 30 + 2 + 400, 40 + 3 + 100}, dst);
  }

  @Test
  void namedPaddingHoldsWhatTheModeSays() {
    Conv1d.Builder builder =
        Conv1d.builder().input(1, 1, 5).filters(1, 3).paddingMode(PaddingMode.REFLECT);
    float[] dst = new float[5];
    builder
        .padding(AutoPad.SAME)
        .build()
        .plan(new float[] {1, 0, 1})
        .run(new float[] {1, 2, 4, 8, 16}, dst);
    assertArrayEquals(new float[] {4, 5, 10, 20, 16}, dst);
  }

  @Test
  void modeWithoutPaddingCostsNothing() {
    Conv2d.Builder builder = Conv2d.builder().input(4, 8, 9, 9).filters(8, 3, 3);
    Conv2dPlan zeros = builder.build().plan(new float[8 * 8 * 9]);
    Conv2dPlan circular =
        builder.paddingMode(PaddingMode.CIRCULAR).build().plan(new float[8 * 8 * 9]);
    assertEquals(zeros.workspaceBytes(), circular.workspaceBytes());
  }

  /** One image of 40 MB at a time, not the batch. */
  @Test
  void largeImagesArePaddedOneByOne() {
    Conv2dPlan plan =
        Conv2d.builder()
            .input(3, 1, 1022, 10_238)
            .filters(1, 3, 3)
            .padding(1)
            .paddingMode(PaddingMode.REFLECT)
            .build()
            .plan(new float[9]);
    long image = 1024L * 10_240 * Float.BYTES;
    assertTrue(plan.workspaceBytes() >= image, plan.workspaceBytes() + " bytes");
    assertTrue(plan.workspaceBytes() <= image + (4 << 20), plan.workspaceBytes() + " bytes");
  }

  @Test
  void noMorePaddingThanTheImageCanFill() {
    Axis axis = new Axis(4, 9, 1, 1, 4, 3);
    PaddingMode.CIRCULAR.require(AxisWords.PLAIN, axis);
    PaddingMode.REPLICATE.require(AxisWords.PLAIN, axis);
    PaddingMode.ZEROS.require(AxisWords.PLAIN, 1, 99, 99);
    PaddingMode.REFLECT.require(AxisWords.PLAIN, 4, 3, 3);
    String most = "paddingMode: CIRCULAR; needs padTop (5) of at most height (4)";
    refused(most, () -> PaddingMode.CIRCULAR.require(AxisWords.HEIGHT, 4, 5, 0));
    String less = "paddingMode: REFLECT; needs padRight (4) less than width (4)";
    refused(less, () -> PaddingMode.REFLECT.require(AxisWords.WIDTH, 4, 0, 4));
    refused(
        "paddingMode: REFLECT; needs padBefore (4) less than size (4)",
        () -> PaddingMode.REFLECT.require(AxisWords.PLAIN, axis));
  }

  @Test
  void onlyImagesThatAreKeptMustBeIndexable() {
    PaddingMode.ZEROS.requireIndexable("padded", 1 << 30, 4);
    PaddingMode.REFLECT.requireIndexable("padded", 1 << 20, 4);
    refused(
        "padded: 1073741824 x 4; must have at most 2147483647 elements, what an array can index",
        () -> PaddingMode.REFLECT.requireIndexable("padded", 1 << 30, 4));
  }

  private static void refused(String message, Executable check) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, check).getMessage());
  }

  /** A mirror image ends; all else goes on. */
  @Test
  void farFromTheImage() {
    assertEquals(3, PaddingMode.REFLECT.source(-3, 4));
    assertEquals(-1, PaddingMode.REFLECT.source(-4, 4));
    assertEquals(0, PaddingMode.REFLECT.source(6, 4));
    assertEquals(-1, PaddingMode.REFLECT.source(7, 4));
    assertEquals(-1, PaddingMode.REFLECT.source(1, 1));
    assertEquals(2, PaddingMode.CIRCULAR.source(-6, 4));
    assertEquals(0, PaddingMode.REPLICATE.source(-9, 4));
    assertEquals(3, PaddingMode.REPLICATE.source(99, 4));
  }
}
