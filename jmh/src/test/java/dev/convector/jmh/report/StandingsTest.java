package dev.convector.jmh.report;

import static dev.convector.jmh.report.Measured.disqualified;
import static dev.convector.jmh.report.Measured.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.race.Timing;
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
    assertEquals(256.9, standings.ours(large()).orElseThrow().micros());
  }

  @Test
  void speedsComeOfTheMedian() {
    assertEquals(25_690_112, small().flops());
    assertEquals(200, small().gflops(standings.ours(small()).orElseThrow()), 0.01);
    assertEquals(400, large().gflops(standings.ours(large()).orElseThrow()), 0.01);
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
    assertEquals(0.5, Standings.ratio(ours, standings.best(small())), 1e-4);
    assertEquals(2, Standings.ratio(standings.best(small()), ours), 1e-4);
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

  /** oneDNN's times are a half and twice ours: 1 in the mean, one layer lost, of the headline. */
  @Test
  void headlineHasMeansAndLosses() {
    Markdown text = new Markdown();
    new Headline(List.of(results)).write(text);
    String written = text.toString();
    assertTrue(written.contains("| 1.00 (1 of 2 lost) |"), written);
  }

  /** Two forks: the ratio to oneDNN is 2 and 1.5, so that they differ by a third. */
  @Test
  void forksThatDifferSaySo(@TempDir Path other) throws Exception {
    Results forks =
        new Measured()
            .race(SMALL, 1, turns("convector/NHWC/AUTO", 100), turns("onednn/NHWC", 200))
            .race(SMALL, 1, turns("convector/NHWC/AUTO", 100), turns("onednn/NHWC", 150))
            .read(other);
    Standings both = new Standings(forks, "NHWC", 1);
    assertEquals(1 / 3.0, both.forkSpread(both.rows().getFirst()), 1e-12);
    Markdown page = new Markdown();
    new SessionPage(forks, page).write();
    assertTrue(page.toString().contains("**differ 33 %**"), page.toString());
    assertTrue(Double.isNaN(standings.forkSpread(large())), "one fork");
  }

  /** Neither a library's failure nor its absence is a win; Convector's own failure is a loss. */
  @Test
  void failuresAreNoWins(@TempDir Path other) throws Exception {
    Results failing =
        new Measured()
            .race(SMALL, 1, turns("convector/NHWC/AUTO", 100), disqualified("onednn/NHWC", 200))
            .race(LARGE, 1, disqualified("convector/NHWC/AUTO", 100), turns("onednn/NHWC", 200))
            .read(other);
    Standings all = new Standings(failing, "NHWC", 1);
    Row rivalFailed = all.rows().get(0);
    assertTrue(Double.isNaN(all.vsBest(rivalFailed)));
    assertFalse(all.lost(rivalFailed));
    assertEquals(Set.of("onednn/NHWC"), rivalFailed.failed());
    assertTrue(all.lost(all.rows().get(1)));
  }

  /** oneDNN is faster in the other layout. */
  @Test
  void theBestInAnyLayout(@TempDir Path other) throws Exception {
    Results layouts =
        new Measured()
            .race(
                SMALL,
                1,
                turns("convector/NHWC/AUTO", 100),
                turns("onednn/NHWC", 200),
                turns("onednn/NCHW", 50))
            .read(other);
    Standings nhwc = new Standings(layouts, "NHWC", 1);
    assertEquals(2, nhwc.vsBest(nhwc.rows().getFirst()));
    assertEquals(
        "onednn/NCHW", nhwc.bestAnywhere(nhwc.rows().getFirst()).orElseThrow().contender());
  }

  private Row small() {
    return standings.rows().get(0);
  }

  private Row large() {
    return standings.rows().get(1);
  }
}
