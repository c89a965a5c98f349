package dev.convector.jmh.report;

import static dev.convector.jmh.report.Measured.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawnTableTest {
  @TempDir private Path folder;

  /** Ratios 0.5, 1, 2 and 4 of one class, 8 of another. */
  @Test
  void quartilesAndTheWorst() throws Exception {
    Measured measured = new Measured();
    double ratio = 0.5;
    for (int channels = 8; channels < 12; channels++) {
      measured.race("drawn/1x%dx9x9_8x1x1_s1p0d1g1".formatted(channels), 1, ours(), rival(ratio));
      ratio *= 2;
    }
    measured.race("drawn/1x8x9x9_8x3x3_s1p1d1g8", 1, ours(), rival(8));
    measured.race("resnet50/s1_1x1_64_64", 1, ours(), rival(100));
    DrawnTable table = new DrawnTable(measured.read(folder), "NHWC", 1);

    Markdown text = new Markdown();
    DrawnTable.write(Map.of("here", table), text);

    String line =
        "| here | 5 | 2.00 | 0.50 | 1.00 | 2.00 | 4.00 | 8.00 | 1 | 1.41 (0.50) | 8.00 (8.00) |";
    assertTrue(text.toString().contains(line), text::toString);
    assertTrue(table.worst().startsWith("1x8x9x9_8x1x1_s1p0d1g1 0.50, "), table.worst());
    assertEquals(
        "5 layers: geometric mean 2.00, quartiles 1.00, 2.00 and 4.00, least 0.50",
        table.sentence());
  }

  /** The machine was twice as fast under the second collector; Convector only 1.8 times. */
  @Test
  void collectorsAreComparedByTheShareOfThePeak() throws Exception {
    String layer = "resnet50/s1_1x1_64_64";
    Results results =
        new Measured()
            .under("G1", layer, 1, turns("convector/NHWC/AUTO", 9000), turns("peak", 2000))
            .under("Z", layer, 1, turns("convector/NHWC/AUTO", 5000), turns("peak", 1000))
            .read(folder);
    assertTrue(results.timings().isEmpty(), "no contenders of the session's tables");
    Markdown text = new Markdown();
    new CollectorTable(results).write(text);
    assertTrue(
        text.toString().contains("| " + layer + ", NHWC | 1.00 | **0.90 ▼** |"), text::toString);
    assertTrue(text.toString().contains("| geometric mean | 1.00 | **0.90 ▼** |"), text::toString);
    assertEquals("collectors: G1, Z (1)", SessionPage.subject(results));
  }

  /** 0.9 and 0.4 of G1's, 0.6 in the geometric mean; and 1.5. */
  @Test
  void collectorsByKindOfLayer() throws Exception {
    Results results =
        new Measured()
            .under("G1", "resnet50/s1_1x1_64_64", 1, ours(), turns("peak", 1000))
            .under("Z", "resnet50/s1_1x1_64_64", 1, ours(), turns("peak", 900))
            .under("G1", "resnet50/s1_1x1_64_256", 1, ours(), turns("peak", 1000))
            .under("Z", "resnet50/s1_1x1_64_256", 1, ours(), turns("peak", 400))
            .under("G1", "mobilenetv1/dw_32_112", 1, ours(), turns("peak", 1000))
            .under("Z", "mobilenetv1/dw_32_112", 1, ours(), turns("peak", 1500))
            .read(folder);
    Markdown text = new Markdown();
    new CollectorTable(results).kinds(text);
    assertTrue(text.toString().contains("fully connected | 1.00 | **0.60 ▼** |"), text::toString);
    assertTrue(text.toString().contains("| depthwise | 1.00 | 1.50 |"), text::toString);
    assertTrue(text.toString().contains("| geometric mean | 1.00 | **0.81 ▼** |"), text::toString);
  }

  @Test
  void theMachineOfAClockAndAPeak() throws Exception {
    Results results =
        new Measured()
            .machine("ClockSpeed", 1, "before", 4)
            .machine("FmaPeak", 1, "before", 15)
            .read(folder);
    assertEquals(15 / 8.0, results.multiplyAddsPerCycle());
    assertEquals(2 * 16 * 4 * 2, results.derivedPeak(), "two whole multiply-adds a cycle");
    assertTrue(Double.isNaN(new Measured().write(folder, "no", "2000-01-01").derivedPeak()));
  }

  @Test
  void aTableOfAllocationsIsASentence() throws Exception {
    Results results =
        new Measured().race("resnet50/s1_1x1_64_64", 1, ours(), rival(1)).read(folder);
    assertTrue(
        Allocation.sentence(results.timings())
            .startsWith("Of 1 measurements of Convector none allocated"));
    assertEquals("Allocation was not counted.", Allocation.sentence(List.of()));
  }

  private static Measured.Turns ours() {
    return turns("convector/NHWC/AUTO", 1000);
  }

  private static Measured.Turns rival(double times) {
    return turns("onednn/NHWC", 1000 * times);
  }
}
