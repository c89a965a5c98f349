package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class ColdLoopsTest {
  private static final int WORK = 1000;

  private final ColdLoops loops = new ColdLoops(2, true, 100);
  private int calls;

  private boolean areDue(int kernel, long floats) {
    return loops.isCold(kernel) && loops.areDue(kernel, floats, () -> () -> calls++, WORK);
  }

  /** Calls that do nothing are as fast as what C2 compiled. */
  @Test
  @Timeout(30)
  void workUntilTheirFloatsAreDoneAndTheKernelIsCompiled() {
    for (int i = 0; i < 10; i++) {
      assertTrue(areDue(1, 10));
      assertEquals(0, calls);
    }
    while (areDue(1, 10)) {
      Thread.onSpinWait();
    }
    assertTrue(calls > 0);
    assertFalse(loops.isCold(1));
    assertTrue(loops.isCold(0));
    assertTrue(areDue(0, 1));
  }
}
