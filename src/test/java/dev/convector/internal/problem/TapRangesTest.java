package dev.convector.internal.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TapRangesTest {
  @Test
  void kernel3Padding1HasThreeRanges() {
    TapRanges ranges = new TapRanges(8, 8, 3, 1, 1, 1);
    assertEquals(3, ranges.count());
    assertRange(ranges, 0, 0, 1, 1, 3);
    assertRange(ranges, 1, 1, 7, 0, 3);
    assertRange(ranges, 2, 7, 8, 0, 2);
  }

  private static void assertRange(
      TapRanges ranges, int range, int start, int end, int firstTap, int endTap) {
    assertEquals(start, ranges.start(range));
    assertEquals(end, ranges.end(range));
    assertEquals(firstTap, ranges.firstTap(range));
    assertEquals(endTap, ranges.endTap(range));
  }

  /** All small axes, tap by tap. */
  @Test
  void rangesHoldTheTapsInsideTheInput() {
    for (int input = 1; input <= 5; input++) {
      for (int kernel = 1; kernel <= 4; kernel++) {
        for (int stride = 1; stride <= 3; stride++) {
          for (int dilation = 1; dilation <= 3; dilation++) {
            for (int padding = 0; padding <= 6; padding++) {
              check(input, kernel, stride, dilation, padding);
            }
          }
        }
      }
    }
  }

  private static void check(int input, int kernel, int stride, int dilation, int padding) {
    int effective = (kernel - 1) * dilation + 1;
    int output = (input + 2 * padding - effective) / stride + 1;
    if (input + 2 * padding < effective) {
      return;
    }
    TapRanges ranges = new TapRanges(output, input, kernel, stride, dilation, padding);
    int next = 0;
    int taps = 0;
    for (int range = 0; range < ranges.count(); range++) {
      assertEquals(next, ranges.start(range));
      assertTrue(ranges.end(range) > next);
      for (; next < ranges.end(range); next++) {
        for (int tap = 0; tap < kernel; tap++) {
          int at = next * stride + tap * dilation - padding;
          boolean inside = at >= 0 && at < input;
          boolean listed = tap >= ranges.firstTap(range) && tap < ranges.endTap(range);
          assertEquals(inside, listed, "output " + next + ", tap " + tap);
          taps += inside ? 1 : 0;
        }
      }
    }
    assertEquals(output, next);
    assertEquals(taps, ranges.taps());
    for (int tap = 0; tap < kernel; tap++) {
      for (int o = 0; o < output; o++) {
        int at = o * stride + tap * dilation - padding;
        boolean listed = o >= ranges.firstOutput(tap) && o < ranges.endOutput(tap);
        assertEquals(at >= 0 && at < input, listed, "output " + o + ", tap " + tap);
      }
    }
  }
}
