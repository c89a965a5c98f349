package dev.convector.internal.gradient;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convector.internal.simd.Simd;
import org.junit.jupiter.api.Test;

/** Each kernel of weights' gradients has a small call that fits it. */
final class GradientWarmUpTest {
  private static void run(Runnable call) {
    for (int turn = 0; turn < 16; turn++) {
      call.run();
    }
  }

  @Test
  void everyTileOfOuterProductsHasASmallCall() {
    int most = Simd.REGISTERS >= 32 ? 4 : 2;
    for (int vectors = 1; vectors <= most; vectors++) {
      for (int rows = 1; rows <= (vectors > 2 ? 6 : vectors == 1 ? 8 : 4); rows++) {
        run(GradientWarmUp.outer(rows, vectors, false));
        run(GradientWarmUp.outer(rows, vectors, true));
      }
    }
    assertThrows(AssertionError.class, () -> GradientWarmUp.outer(9, 1, false).run());
  }

  @Test
  void everyTileOfDotsHasASmallCall() {
    for (int filters = 1; filters <= 4; filters++) {
      for (int rows = 1; rows <= 5; rows++) {
        run(GradientWarmUp.dot(false, rows, filters));
        if (filters % 2 == 0) {
          run(GradientWarmUp.dot(true, rows, filters));
        }
      }
    }
    assertThrows(AssertionError.class, () -> GradientWarmUp.dot(true, 1, 3).run());
  }
}
