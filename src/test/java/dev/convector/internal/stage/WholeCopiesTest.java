package dev.convector.internal.stage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class WholeCopiesTest {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** More than a unit each, and no multiple of one. */
  private static final int LINES = 700;

  private static final int LENGTH = 150;
  private static final int STEP = 157;
  private static final int SIZE = (LINES - 1) * STEP + LENGTH;

  /** With one in the gaps between lines. */
  private static MemorySegment counted(int size) {
    MemorySegment segment = Arena.ofAuto().allocate(4L * size + 1).asSlice(1);
    for (int i = 0; i < size; i++) {
      segment.set(FLOAT, 4L * i, i % STEP < LENGTH ? i : 1);
    }
    return segment;
  }

  @Test
  void bringsAndTakesBackLinesAlone() {
    for (int threads : new int[] {1, 2, 3, 7}) {
      WholeCopies copies =
          new WholeCopies(
              new WholeOperand(SIZE), new WholeOperand(LINES, LENGTH, STEP), new WholeOperand(3));
      MemorySegment all = counted(SIZE);
      MemorySegment lines = counted(SIZE);
      WholeOperand first = copies.operand(0);
      WholeOperand second = copies.operand(1);
      first.tensor().set(all);
      first.use(true, false);
      second.tensor().set(lines);
      second.use(true, true);
      copies.operand(2).use(true, true);
      try (ForkJoinPool pool = new ForkJoinPool(threads)) {
        copies.bring(pool, threads);
        for (int i = 0; i < SIZE; i++) {
          boolean gap = i % STEP >= LENGTH;
          assertEquals(gap ? 1 : i, first.array()[first.offset() + i]);
          assertEquals(gap ? 0 : i, second.array()[second.offset() + i]);
          first.array()[first.offset() + i] = -1;
          second.array()[second.offset() + i] = -i;
        }
        copies.takeBack(pool, threads);
      }
      float[] expected = new float[SIZE];
      for (int i = 0; i < SIZE; i++) {
        expected[i] = i % STEP >= LENGTH ? 1 : -i;
      }
      assertArrayEquals(expected, lines.toArray(FLOAT));
      assertArrayEquals(counted(SIZE).toArray(FLOAT), all.toArray(FLOAT));
      assertNull(copies.operand(2).array());
      copies.clear();
      assertNull(first.array());
    }
  }

  @Test
  void anArrayIsItself() {
    WholeCopies copies = new WholeCopies(new WholeOperand(4));
    float[] array = {1, 2, 3, 4, 5, 6};
    WholeOperand operand = copies.operand(0);
    operand.tensor().set(array, 2);
    operand.use(true, true);
    copies.bring(null, 1);
    assertSame(array, operand.array());
    assertEquals(2, operand.offset());
    copies.takeBack(null, 1);
    assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, array);
  }

  @Test
  void whatIsOnlyWrittenIsNotRead() {
    WholeCopies copies = new WholeCopies(new WholeOperand(STEP));
    WholeOperand operand = copies.operand(0);
    operand.tensor().set(counted(STEP));
    operand.use(false, true);
    operand.array()[operand.offset() + 9] = 77;
    copies.bring(null, 1);
    assertEquals(77, operand.array()[operand.offset() + 9]);
  }
}
