package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class FirstCallsTest {
  @Test
  void fourHundredAreShort() {
    FirstCalls calls = new FirstCalls();
    for (int i = 0; i < 400; i++) {
      assertEquals(i % 2 == 0 ? 16 : 8, calls.next(i % 2 == 0 ? 1000 : 8, 16));
    }
    assertEquals(1000, calls.next(1000, 16));
    assertEquals(8, calls.next(8, 16));
  }
}
