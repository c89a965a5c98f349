package dev.convector.jmh.race;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
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
    assertEquals((50 - 17.5) / 2 / 30, timing(17.5, 30, 50).spread(), 1e-12);
    assertEquals(0, timing(5, 5, 5).spread());
  }

  @Test
  void libraryIsWhatPrecedesTheSlash() {
    assertEquals("convector", timing(1, 1, 1).library());
  }

  private static Timing timing(double low, double micros, double high) {
    String contender = "convector/NHWC/AUTO";
    return new Timing(
        "a/b", 1, 1, "", contender, "DIRECT", micros, low, high, List.of(micros), 0, 0, 0, 0, "");
  }
}
