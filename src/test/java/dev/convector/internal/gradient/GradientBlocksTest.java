package dev.convector.internal.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.internal.kernel.Blocking;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GradientBlocksTest {
  @Test
  void tapsAStrideApartShareASlot() {
    TapSlots slots =
        new TapSlots(GradientAxis.of(new Axis(20, 3, 2, 1, 1, 1), PaddingMode.ZEROS), 10);
    assertEquals(2, slots.count());
    assertEquals(slots.slot(0), slots.slot(2));
    assertEquals(1, slots.shift(2));
    assertEquals(1, slots.offset(slots.slot(1)));
    assertEquals(1, slots.span());
  }

  @Test
  void tapsWithNothingInCommonHaveSlotsOfTheirOwn() {
    GradientAxis far = GradientAxis.of(new Axis(100, 3, 1, 40, 0, 0), PaddingMode.ZEROS);
    assertEquals(3, new TapSlots(far, 20).count());
    assertEquals(1, new TapSlots(far, 41).count());
    assertEquals(
        3,
        new TapSlots(GradientAxis.of(new Axis(20, 3, 1, 1, 1, 1), PaddingMode.ZEROS), 0).count());
  }

  /** So each pixel is summed once, in blocks that a pass of the kernels takes at once. */
  @Test
  void blocksCoverEachPixelOnce() {
    Random random = new Random(3);
    for (int i = 0; i < 100; i++) {
      ConvShape shape =
          new ConvShape(
              1 + random.nextInt(40),
              1 + random.nextInt(30),
              axis(random, 1 + random.nextInt(30)),
              axis(random, 1 + random.nextInt(i % 10 == 0 ? 5000 : 60)),
              1 + random.nextInt(20),
              1);
      GradientProblem problem = GradientProblem.of(shape, PaddingMode.ZEROS, Layout.NCHW, false);
      GradientBlocks blocks =
          GradientBlocks.of(problem, shape.channels(), 3, random.nextBoolean(), 1 << 17);
      int[] seen = new int[problem.batch() * problem.y().height() * problem.y().width()];
      GradientBlock block = new GradientBlock();
      for (int b = 0; b < blocks.count(); b++) {
        blocks.at(b, block);
        assertTrue(block.depth() <= Blocking.KC, () -> shape + ": depth " + block.depth());
        count(block, problem.y(), seen);
      }
      for (int times : seen) {
        assertEquals(1, times, shape::toString);
      }
    }
  }

  private static void count(GradientBlock block, GradientImage y, int[] seen) {
    for (int n = 0; n < block.images; n++) {
      for (int p = 0; p < block.rows; p++) {
        int line = ((block.image + n) * y.height() + block.row + p) * y.width() + block.column;
        for (int q = 0; q < block.columns; q++) {
          seen[line + q]++;
        }
      }
    }
  }

  private static Axis axis(Random random, int size) {
    int kernel = 1 + random.nextInt(3);
    return new Axis(size + 9, kernel, 1 + random.nextInt(3), 1 + random.nextInt(4), 1, 0);
  }
}
