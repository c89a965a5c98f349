package dev.convector.jmh.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TimingTest {
  @Test
  void quantilesLieBetweenNeighbours() {
    double[] four = {10, 20, 40, 80};
    assertEquals(10, Timing.quantile(four, 0));
    // A quarter of three steps: 0.75 of the first.
    assertEquals(17.5, Timing.quantile(four, 0.25));
    assertEquals(30, Timing.quantile(four, 0.5));
    // 2.25 steps.
    assertEquals(50, Timing.quantile(four, 0.75));
    assertEquals(80, Timing.quantile(four, 1));
    assertEquals(7, Timing.quantile(new double[] {7}, 0.75));
  }

  @Test
  void spreadIsHalfTheQuartilesDistanceOverTheMedian() {
    Timing timing = timing(10, 20, 40, 80);
    assertEquals(30, timing.median());
    assertEquals((50 - 17.5) / 2 / 30, timing.spread(), 1e-12);
    assertEquals(0, timing(5, 5, 5).spread());
  }

  @Test
  void libraryIsWhatPrecedesTheSlash() {
    assertEquals("convector", timing(1).library());
  }

  private static Timing timing(double... nanos) {
    return new Timing("a/b", 1, 1, "convector/NHWC/AUTO", nanos, 0, "DIRECT", 0, "", 0);
  }
}
