package dev.convector.internal.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SplitTest {
  @Test
  void partsCoverAllPieces() {
    for (int pieces = 0; pieces < 40; pieces++) {
      for (int parts = 1; parts < 10; parts++) {
        assertEquals(0, Split.start(pieces, 0, parts));
        assertEquals(pieces, Split.start(pieces, parts, parts));
        for (int part = 0; part < parts; part++) {
          int size = Split.start(pieces, part + 1, parts) - Split.start(pieces, part, parts);
          assertTrue(size >= pieces / parts && size <= Math.ceilDiv(pieces, parts));
        }
      }
    }
  }

  @Test
  void littleWorkStaysOnTheCaller() {
    assertEquals(1, Split.threads(1_000, 1_000, 8));
    assertEquals(8, Split.threads(1L << 40, 0, 8));
    assertEquals(8, Split.threads(0, 1L << 40, 8));
  }

  @Test
  void oneThreadCutsNothing() {
    assertEquals(1, Split.parts(1, 100, 1));
    assertEquals(8, Split.parts(1, 100, 2));
    assertEquals(3, Split.parts(1, 3, 2));
    assertEquals(1, Split.parts(100, 100, 8));
  }

  @Test
  void repeatedWorkIsWeighedAgainstIdleThreads() {
    assertEquals(1, Split.parts(1, 8, 1, 0.1));
    assertEquals(2, Split.parts(1, 8, 2, 0.1));
    assertEquals(1, Split.parts(4, 8, 2, 0.1));
    assertEquals(2, Split.parts(3, 8, 2, 0.1));
    assertEquals(1, Split.parts(3, 1, 2, 0.1));
    assertEquals(1, Split.parts(1, 8, 2, 1));
  }

  @Test
  void eachThreadHasWorkOf20Microseconds() {
    assertEquals(1, Split.threads(999_999, 0, 8));
    assertEquals(2, Split.threads(1_000_000, 0, 8));
    assertEquals(1, Split.threads(0, 159_999, 8));
    assertEquals(2, Split.threads(0, 160_000, 8));
    assertEquals(4, Split.threads(3_000_000, 160_000, 8));
  }

  @Test
  void asManyPartsAsFinishFirst() {
    assertEquals(2, Split.parts(1, 2, 2, 0));
    assertEquals(3, Split.parts(1, 8, 3, 0));
    assertEquals(1, Split.parts(2, 8, 2, 0));
  }

  @Test
  void noMoreUnitsThanPieces() {
    assertEquals(7, Split.atLeast(3, 5, 7));
    assertEquals(3, Split.atLeast(3, 5, 2));
    assertEquals(5, Split.atLeast(9, 5, 2));
  }
}
