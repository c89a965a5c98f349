package dev.convector.jmh.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.race.Timing;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
  private static final String LAYER = "resnet50/s1_1x1_64_64";

  @TempDir private Path folder;

  /** Three contenders in turn, two forks, the second of which did one round less. */
  @Test
  void iterationsGoBackToTheirContenders() throws Exception {
    Results results =
        new Measured()
            .forks(
                LAYER,
                1,
                "convector/NHWC/AUTO,onednn/NHWC,ejml/NHWC",
                new double[] {30, 2, 100, 10, 1, 300},
                new double[] {20, 3, 200})
            .read(folder);
    List<Timing> timings = List.copyOf(results.timings());
    assertEquals(3, timings.size());
    assertEquals("convector/NHWC/AUTO", timings.get(0).contender());
    assertEquals(List.of(0.02, 0.02), timings.get(0).forkMicros());
    assertEquals(List.of(0.0015, 0.003), timings.get(1).forkMicros());
    assertEquals(0.002, timings.get(1).micros());
    assertEquals(0.0015, timings.get(1).lowMicros());
    assertEquals(0.25, timings.get(2).highMicros());
    assertEquals("its output was not checked", timings.get(0).failure());
  }

  @Test
  void oneForksFailureDisqualifies() throws Exception {
    Results results =
        new Measured()
            .race(LAYER, 1, Measured.turns("convector/NHWC/AUTO", 1))
            .race(LAYER, 1, Measured.disqualified("convector/NHWC/AUTO", 1))
            .read(folder);
    Timing timing = results.timings().iterator().next();
    assertEquals("wrong", timing.failure());
    assertEquals(5, timing.oracleMillis());
  }

  @Test
  void peakIsTheMeanOfBeforeAndAfter() throws Exception {
    Results results =
        new Measured()
            .machine("FmaPeak", 1, "before", 5)
            .machine("FmaPeak", 1, "after", 7)
            .machine("FmaPeak", 2, "before", 9)
            .machine("ReadBandwidth", 1, "after", 11)
            .read(folder);
    // 16 lanes
    assertEquals(80, results.peak(1, "before"));
    assertEquals(112, results.peak(1, "after"));
    assertEquals(96, results.peak(1));
    assertEquals(144, results.peak(2), "one of the two is missing");
    assertEquals(11, results.reading("ReadBandwidth", 1));
    assertTrue(Double.isNaN(results.reading("MemoryBandwidth", 1)));
    assertEquals(List.of(1, 2), List.copyOf(results.machineThreads()));
  }

  /** A turn is 24 times 2048 operations of each of 16 lanes: 786,432. */
  @Test
  void peakInTurnIsTheFirstQuartile() throws Exception {
    Results results =
        new Measured()
            .race(
                LAYER,
                1,
                Measured.turns("convector/NHWC/AUTO", 1, 1, 1, 1, 1),
                Measured.turns("peak", 9000, 4096, 2048, 1024, 8192))
            .machine("FmaPeak", 1, "before", 5)
            .machine("FmaPeak", 2, "before", 9)
            .read(folder);
    assertEquals(786_432 / 2048.0, results.peak(LAYER, 1));
    assertEquals(80, results.peak("resnet50/s1_3x3_64", 1), "the session's, without turns");
    assertEquals(144, results.peak(LAYER, 2));
    assertEquals(1, results.timings().size(), "the peak is no contender");
  }
}
