package dev.convector.jmh.report;

import static dev.convector.jmh.report.Measured.disqualified;
import static dev.convector.jmh.report.Measured.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.report.Standings.Row;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two layers of 25,690,112 and 102,760,448 operations, with times that give round speeds. */
class StandingsTest {
  private static final String SMALL = "resnet50/s1_1x1_64_64";
  private static final String LARGE = "resnet50/s1_1x1_64_256";

  @TempDir private Path folder;
  private Results results;
  private Standings standings;

  @BeforeEach
  void read() throws Exception {
    results =
        new Measured()
            .race(
                SMALL,
                1,
                // The median is 200 GFLOP/s, the mean is not.
                turns("convector/NHWC/AUTO", "WINOGRAD_F4X4_3X3", 1e9, 128_450.56, 100_000),
                turns("convector/NHWC/direct", 256_901.12, 256_901.12, 256_901.12),
                turns("convector/NHWC/WINOGRAD_F6X6_3X3", 1, 1, 1),
                turns("convector/NHWC/IM2COL_GEMM", 300_000, 300_000, 300_000),
                turns("convector/NCHW/AUTO", 2, 2, 2),
                turns("onednn/NHWC", 64_225.28, 64_225.28, 64_225.28),
                turns("onnxruntime/NHWC", 256_901.12, 256_901.12, 256_901.12),
                disqualified("ejml/NHWC", 1, 1, 1),
                turns("peak", 1966.08, 1966.08, 1966.08))
            .race(
                LARGE,
                1,
                turns("convector/NHWC/AUTO", 256_901.12),
                turns("onednn/NHWC", 513_802.24),
                turns("onnxruntime/NHWC", 1_027_604.48),
                turns("peak", 1966.08))
            .race(LARGE, 2, turns("convector/NHWC/AUTO", 5))
            .read(folder);
    standings = new Standings(results, "NHWC", 1);
  }

  @Test
  void onlyWhoIsRightAtThisLayoutAndThreadsTakesPart() {
    assertEquals(2, standings.rows().size());
    assertEquals(Set.of("onednn/NHWC", "onnxruntime/NHWC"), standings.rivals());
    assertEquals(Set.of("resnet50"), standings.networks());
    assertFalse(small().timings().containsKey("convector/NCHW/AUTO"));
    assertEquals(256_901.12, standings.ours(large()).orElseThrow().median());
  }

  @Test
  void speedsComeOfTheMedian() {
    assertEquals(25_690_112, small().flops());
    assertEquals(200, small().gflops(standings.ours(small()).orElseThrow()), 1e-9);
    assertEquals(400, large().gflops(standings.ours(large()).orElseThrow()), 1e-9);
    // 4 bytes of 64 x 56 x 56 in, as many out, 64 x 64 weights, 64 biases
    assertEquals(4 * (2 * 200_704 + 4096 + 64), small().bytes());
  }

  @Test
  void bestIsTheFastestOfTheOthers() {
    assertEquals("onednn/NHWC", standings.best(small()).orElseThrow().contender());
    assertEquals("onednn/NHWC", standings.best(large()).orElseThrow().contender());
  }

  /** F(6x6, 3x3) is faster, but AUTO may not choose it. */
  @Test
  void bestForcedIsTheFastestThatAutoMayChoose() {
    assertEquals(
        "convector/NHWC/IM2COL_GEMM", standings.bestForced(small()).orElseThrow().contender());
    assertTrue(standings.bestForced(large()).isEmpty());
  }

  @Test
  void withoutWinogradIsAnEntryOfItsOwnOrAuto() {
    assertEquals("convector/NHWC/direct", standings.direct(small()).orElseThrow().contender());
    assertEquals("convector/NHWC/AUTO", standings.direct(large()).orElseThrow().contender());
  }

  @Test
  void ratioIsHowManyTimesAsFast() {
    Optional<Timing> ours = standings.ours(small());
    assertEquals(0.5, Standings.ratio(ours, standings.best(small())));
    assertEquals(2, Standings.ratio(standings.best(small()), ours));
    assertTrue(Double.isNaN(Standings.ratio(ours, Optional.empty())));
    assertTrue(Double.isNaN(Standings.ratio(Optional.empty(), ours)));
  }

  @Test
  void meansAreGeometricOverWhatIsANumber() {
    List<Row> rows = standings.rows();
    assertEquals(4, Standings.geometricMean(rows, r -> r == small() ? 2 : 8).orElseThrow(), 1e-12);
    assertEquals(
        8, Standings.geometricMean(rows, r -> r == small() ? Double.NaN : 8).orElseThrow(), 1e-12);
    assertTrue(Standings.geometricMean(rows, r -> Double.NaN).isEmpty());
  }

  /**
   * 200 and 400 GFLOP/s of 400; oneDNN's times are a half and twice ours, ONNX Runtime's twice and
   * four times; without Winograd a quarter as fast as the best, and twice.
   */
  @Test
  void headlineHasMeansAndLosses() {
    Markdown text = new Markdown();
    new Sections(results, text).headline();
    String written = text.toString();
    String line = "| resnet50 | 2 | 283 | 71 % | 1.00 | 2.83 | 1.00 | 1 | **0.71 ▼** |";
    assertTrue(written.contains(line), written);
  }

  private Row small() {
    return standings.rows().get(0);
  }

  private Row large() {
    return standings.rows().get(1);
  }
}
