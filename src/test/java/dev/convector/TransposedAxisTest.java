package dev.convector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransposedAxisTest {
  private static final int MOST = Integer.MAX_VALUE;

  @Test
  void eachNumberIsCheckedByItsName() {
    refused("size: 0; must be at least 1", 0, 1, 1, 1, 0, 0, 0);
    refused("kernel: 0; must be at least 1", 1, 0, 1, 1, 0, 0, 0);
    refused("stride: 0; must be at least 1", 1, 1, 0, 1, 0, 0, 0);
    refused("dilation: -1; must be at least 1", 1, 1, 1, -1, 0, 0, 0);
    refused("padBefore: -1; must be at least 0", 1, 1, 1, 1, -1, 0, 0);
    refused("padAfter: -2; must be at least 0", 1, 1, 1, 1, 0, -2, 0);
    refused("outputPadding: -1; must be at least 0", 1, 1, 1, 1, 0, 0, -1);
    String less = "outputPadding: 3; must be less than stride (3) or dilation (2)";
    refused(less, 4, 3, 3, 2, 0, 0, 3);
    String cut = "padBefore: 3; with padAfter 2 it cuts off all of the output (5) and must leave";
    refused(cut + " at least 1", 3, 3, 1, 1, 3, 2, 0);
    String beyond = " must be at most 2147483647";
    String spans = " and a kernel that spans ";
    String before = " the output before padding is cut off (";
    refused(
        "size: 2147483647; with stride 1" + spans + "2" + before + "2147483648)" + beyond,
        new int[] {MOST, 2, 1, 1, 0, 0, 0});
    refused(
        "size: 1; with stride 1" + spans + "2147483648" + before + "2147483648)" + beyond,
        new int[] {1, 2, 1, MOST, 0, 0, 0});
  }

  private static void refused(String message, int... a) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> new TransposedAxis(a[0], a[1], a[2], a[3], a[4], a[5], a[6]))
            .getMessage());
  }

  @Test
  void namesAreThoseOfTheAxis() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> TransposedAxis.named(AxisWords.WIDTH, 3, 3, 1, 1, 0, 0, 1))
            .getMessage();
    assertEquals(
        "outputPaddingWidth: 1; must be less than strideWidth (1) or dilationWidth (1)", message);
  }

  @Test
  void whatJustFitsIsTaken() {
    assertEquals(MOST, new TransposedAxis(MOST, 1, 1, 1, 0, 0, 0).output());
    assertEquals(MOST, new TransposedAxis(1, 2, 1, MOST - 1, 0, 0, 0).output());
    assertEquals(1, new TransposedAxis(3, 3, 1, 1, 2, 2, 0).output());
    assertEquals(12, new TransposedAxis(4, 3, 3, 1, 1, 1, 2).output());
  }

  @Test
  void paddingOnOneSideIsPadding() {
    TransposedAxis plain = new TransposedAxis(4, 3, 2, 1, 0, 0, 1);
    assertFalse(plain.isPadded());
    assertTrue(new TransposedAxis(4, 3, 2, 1, 1, 0, 1).isPadded());
    TransposedAxis after = new TransposedAxis(4, 3, 2, 1, 0, 1, 1);
    assertTrue(after.isPadded());
    assertEquals(new TransposedAxis(4, 3, 2, 1, 0, 0, 0), after.uncut());
  }

  /** There and back: the windows are as many as the elements that they were spread from. */
  @ParameterizedTest
  @CsvSource({
    // size, kernel, stride, dilation, before, after, output padding
    "3, 3, 1, 1, 0, 0, 0",
    "6, 3, 2, 1, 1, 1, 1",
    "6, 3, 2, 1, 1, 2, 1",
    "4, 2, 3, 1, 0, 0, 2",
    "3, 2, 2, 5, 0, 0, 1",
    "3, 2, 2, 5, 0, 0, 2",
    "3, 2, 2, 5, 1, 0, 4",
    "3, 2, 2, 5, 1, 1, 4"
  })
  void theConvolutionBack(
      int size, int kernel, int stride, int dilation, int before, int after, int more) {
    TransposedAxis axis = new TransposedAxis(size, kernel, stride, dilation, before, after, more);
    Axis back = axis.back();
    assertEquals(axis.output(), back.size());
    assertEquals(size, back.output());
    assertEquals(stride, back.stride());
    assertEquals(dilation, back.dilation());
    assertEquals(before, back.padBefore());
    assertEquals(more - after >= stride ? kernel + 1 : kernel, back.kernel());
  }

  @ParameterizedTest
  @CsvSource({
    // size, kernel, stride, dilation, before, after; output padding
    "28, 3, 2, 1, 1, 1, 1",
    "28, 3, 2, 1, 0, 0, 1",
    "29, 3, 2, 1, 1, 1, 0",
    "30, 5, 4, 2, 2, 3, 2"
  })
  void theTransposedConvolutionBack(
      int size, int kernel, int stride, int dilation, int before, int after, int more) {
    Axis axis = new Axis(size, kernel, stride, dilation, before, after);
    TransposedAxis back = TransposedAxis.back(axis);
    assertEquals(
        new TransposedAxis(axis.output(), kernel, stride, dilation, before, after, more), back);
    assertEquals(size, back.output());
  }

  @Test
  void anOutputOutOfReachIsRefused() {
    TransposedAxis natural = new TransposedAxis(4, 3, 2, 5, 0, 0, 1);
    // 17 elements and one of output padding, of which the dilation allows four.
    assertEquals(18, natural.output());
    assertEquals(
        new TransposedAxis(4, 3, 2, 5, 0, 0, 4),
        TransposedAxis.withOutput(AxisWords.PLAIN, natural, null, 21));
    assertEquals(
        "output: 22; must be at most 21, which size (4) and stride (2) give without padding",
        assertThrows(
                IllegalArgumentException.class,
                () -> TransposedAxis.withOutput(AxisWords.PLAIN, natural, null, 22))
            .getMessage());
    assertEquals(
        "output: 0; must be at least 1",
        assertThrows(
                IllegalArgumentException.class,
                () -> TransposedAxis.withOutput(AxisWords.PLAIN, natural, null, 0))
            .getMessage());
  }
}
