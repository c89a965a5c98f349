package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
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
}
