package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {

  @ParameterizedTest
  @CsvSource({
    // size, kernel, stride, dilation, before, after; output
    "28, 3, 1, 1, 0, 0, 26",
    "28, 3, 2, 1, 0, 0, 13",
    "28, 3, 2, 1, 1, 1, 14",
    "5, 3, 1, 2, 0, 0, 1",
    "1, 4, 3, 1, 2, 1, 1",
    "2147483647, 1, 1, 1, 0, 0, 2147483647"
  })
  void outputCountsWindows(
      int size, int kernel, int stride, int dilation, int before, int after, int output) {
    Axis axis = new Axis(size, kernel, stride, dilation, before, after);
    assertEquals(output, axis.output());
    assertEquals(before + after > 0, axis.isPadded());
  }

  @Test
  void dilatedKernelSpansItsGaps() {
    assertEquals(7, new Axis(9, 3, 1, 3, 0, 0).effectiveKernel());
    assertFalse(Axis.of(9).isPadded());
    assertEquals(9, Axis.of(9).output());
    assertTrue(new Axis(9, 3, 1, 1, 0, 1).isPadded());
  }

  @Test
  void eachNumberIsCheckedByItsName() {
    refused("size: 0; must be at least 1", 0, 1, 1, 1, 0, 0);
    refused("kernel: 0; must be at least 1", 1, 0, 1, 1, 0, 0);
    refused("stride: -1; must be at least 1", 1, 1, -1, 1, 0, 0);
    refused("dilation: 0; must be at least 1", 1, 1, 1, 0, 0, 0);
    refused("padBefore: -1; must be at least 0", 1, 1, 1, 1, -1, 0);
    refused("padAfter: -2; must be at least 0", 1, 1, 1, 1, 0, -2);
    refused(
        "kernel: 3; with dilation 2 it spans 5 and must fit the padded size (4)", 3, 3, 1, 2, 0, 1);
    refused(
        "padding: 2147483647 + 0; the padded size (2147483648) must be at most 2147483647",
        1,
        1,
        1,
        1,
        Integer.MAX_VALUE,
        0);
  }

  private static void refused(String message, int... a) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class, () -> new Axis(a[0], a[1], a[2], a[3], a[4], a[5]))
            .getMessage());
  }

  @Test
  void namedPaddingFollowsAnotherSize() {
    Conv2d conv =
        Conv2d.builder()
            .input(1, 1, 8, 9)
            .filters(1, 3, 3)
            .stride(2)
            .padding(AutoPad.SAME_UPPER)
            .build();
    assertArrayEquals(new int[] {0, 1, 1, 1}, sides(conv));
    assertArrayEquals(new int[] {1, 0, 1, 1}, sides(conv.withInput(2, 9, 8)));
    assertEquals(2, conv.withInput(2, 9, 8).shape().batch());
    Conv2d numbered =
        Conv2d.builder().input(1, 1, 8, 9).filters(1, 3, 3).stride(2).padding(0, 1, 1, 1).build();
    assertArrayEquals(new int[] {0, 1, 1, 1}, sides(numbered.withInput(1, 9, 8)));
  }

  private static int[] sides(Conv2d conv) {
    ConvShape s = conv.shape();
    return new int[] {s.padTop(), s.padLeft(), s.padBottom(), s.padRight()};
  }
}
