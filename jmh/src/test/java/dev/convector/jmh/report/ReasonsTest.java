package dev.convector.jmh.report;

import static dev.convector.jmh.report.Measured.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReasonsTest {
  private static final String JSON =
      """
      [{"machine": "Abacus", "layout": "NHWC", "tasks": "64_256$", "why": "Beads stick."},
       {"machine": "Abacus", "layout": "NHWC", "tasks": "64_", "why": "Too few rods."},
       {"machine": "Abacus", "layout": "NHWC", "tasks": "3x3", "why": "Never said."},
       {"machine": "Abacus", "layout": "NCHW", "tasks": ".", "why": "Another layout."},
       {"machine": "Abacus", "tasks": "1x1_256_", "why": "In both layouts."},
       {"machine": "Slide rule", "layout": "NHWC", "tasks": ".", "why": "Another processor."}]
      """;

  @TempDir private Path folder;

  /** Beside the best's 90 us: 0.9 with 100, a little less with 101, a half with 180. */
  @Test
  void whatIsLostByMoreThanATenthHasTheFirstReasonThatFits() throws Exception {
    Measured measured =
        new Measured()
            .race("resnet50/s1_3x3_64", 1, ours(100_000), rival(90_000))
            .race("resnet50/s1_1x1_64_64", 1, ours(101_000), rival(90_000))
            .race("resnet50/s1_1x1_64_256", 1, ours(180_000), rival(90_000))
            .race("resnet50/s1_1x1_256_64", 1, ours(450_000), rival(90_000))
            .race("resnet50/s3_1x1_1024_256", 1, ours(120_000), rival(90_000))
            .race("resnet50/s2_1x1_128_512", 1, ours(90_000), rival(180_000))
            .race(
                "vgg16/3x3_64_128_112",
                1,
                turns("convector/NHWC/AUTO", "WINOGRAD_F4X4_3X3", 10_000),
                turns("convector/NHWC/direct", 900_000),
                rival(90_000));
    String text = write(measured);
    assertContains(text, "| Beads stick. | resnet50/s1_1x1_64_256 NHWC 0.50 |");
    assertContains(
        text,
        "| Too few rods. | resnet50/s1_1x1_64_64 NHWC 0.89, vgg16/3x3_64_128_112 NHWC 0.10 |");
    assertContains(text, "| In both layouts. | resnet50/s1_1x1_256_64 NHWC 0.20 |");
    assertContains(text, "| No reason was found. | resnet50/s3_1x1_1024_256 NHWC 0.75 |");
    assertFalse(text.contains("resnet50/s1_3x3_64 "), text);
    assertFalse(text.contains("s2_1x1_128_512"), text);
    assertFalse(text.contains("Another"), text);
  }

  @Test
  void nothingWhereNothingIsLost() throws Exception {
    assertEquals("", write(new Measured().race("resnet50/s1_3x3_64", 1, ours(1), rival(1))));
  }

  private static Measured.Turns ours(double nanos) {
    return turns("convector/NHWC/AUTO", nanos);
  }

  private static Measured.Turns rival(double nanos) {
    return turns("onednn/NHWC", nanos);
  }

  private String write(Measured measured) throws Exception {
    Markdown text = new Markdown();
    Results results = measured.read(folder);
    Standings standings = new Standings(results, "NHWC", 1);
    Map<String, List<String>> lost = new LinkedHashMap<>();
    reasons().collect(standings, results.session().machine(), lost);
    Reasons.write(lost, text);
    return text.toString();
  }

  private static Reasons reasons() throws Exception {
    return new Reasons(new ByteArrayInputStream(JSON.getBytes(StandardCharsets.UTF_8)));
  }

  private static void assertContains(String text, String line) {
    assertTrue(text.contains(line), () -> "no " + line + " in\n" + text);
  }
}
