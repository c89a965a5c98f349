package dev.convector.onnx.internal.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.onnx.internal.execute.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BufferPlanTest {
  private static Storage storage(int size, int first, int last) {
    Storage storage = Storage.arena(false, size);
    storage.touch(first, 0);
    storage.touch(last, 0);
    return storage;
  }

  /** The largest first, on cache lines behind a header of 12 elements. */
  @Test
  void gapsAreFilled() {
    Storage large = storage(100, 0, 9);
    Storage early = storage(40, 0, 3);
    Storage late = storage(50, 4, 9);
    Storage small = storage(16, 2, 5);
    assertEquals(12 + 112 + 64 + 16, BufferPlan.place(List.of(small, early, late, large)));
    assertEquals(12, large.position());
    assertEquals(12 + 112, late.position());
    assertEquals(12 + 112, early.position());
    assertEquals(12 + 112 + 64, small.position());
  }

  /** What just fits below another one takes the place. */
  @Test
  void anExactGapIsTaken() {
    Storage former = storage(48, 0, 1);
    Storage between = storage(48, 1, 2);
    Storage latter = storage(48, 2, 3);
    assertEquals(12 + 48 + 48, BufferPlan.place(List.of(former, between, latter)));
    assertEquals(12, former.position());
    assertEquals(12 + 48, between.position());
    assertEquals(12, latter.position());
  }

  @Test
  void nothingIsInUseTwice() {
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      List<Storage> all = new ArrayList<>();
      long sum = 12;
      for (int n = random.nextInt(20); n >= 0; n--) {
        int first = random.nextInt(20);
        int size = 1 + random.nextInt(60);
        all.add(storage(size, first, first + random.nextInt(8)));
        sum += (size + 15) / 16 * 16;
      }
      int length = BufferPlan.place(all);
      assertTrue(length <= sum);
      for (Storage a : all) {
        assertEquals(12, a.position() % 16);
        assertTrue(a.position() >= 12 && a.position() + a.size() <= length);
        for (Storage b : all) {
          boolean together = a.first() <= b.last() && b.first() <= a.last();
          boolean apart =
              a.position() + a.size() <= b.position() || b.position() + b.size() <= a.position();
          assertTrue(a == b || apart || !together);
        }
      }
    }
  }
}
