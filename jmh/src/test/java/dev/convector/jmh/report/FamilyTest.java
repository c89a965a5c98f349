package dev.convector.jmh.report;

import static dev.convector.jmh.report.Measured.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FamilyTest {
  private static final String FIRST = "backward-data-resnet50/s1_3x3_64";
  private static final String SECOND = "backward-data-resnet50/s1_1x1_64_64";
  private static final String POOL = "pooling/global_2048_7";

  @TempDir private Path folder;

  private String written(Results results, int threads) {
    Markdown text = new Markdown();
    new Family(results, threads).write(text);
    return text.toString();
  }

  /** oneDNN takes twice and eight times our time: four times in the geometric mean. */
  @Test
  void gradientsAreMeansAndOthersAlone() throws Exception {
    Results results =
        new Measured()
            .race(FIRST, 1, turns("convector/NHWC/AUTO", 1000), turns("onednn/NHWC", 2000))
            .race(SECOND, 1, turns("convector/NHWC/AUTO", 4000), turns("onednn/NHWC", 32_000))
            .race(
                POOL,
                1,
                turns("convector/NHWC/AUTO", 500),
                turns("onednn/NHWC", 250),
                turns("convector/NCHW/AUTO", 100),
                turns("onednn/NCHW", 400),
                turns("onnxruntime/NCHW", 300))
            .race("resnet50/s1_3x3_64", 1, turns("convector/NHWC/AUTO", 1))
            .read(folder);

    String text = written(results, 1);

    String backward = "| backward-data-resnet50 | 2 | 2.00 | 4.00 | 4.00 | – | – | – | – |";
    assertTrue(text.contains(backward), text);
    String pool =
        "| " + POOL + " | 1 | 0.50 | **0.50 ▼** | **0.50 ▼** | 0.10 | 4.00 | 3.00 | 3.00 |";
    assertTrue(text.contains(pool), text);
    assertEquals(4, text.lines().filter(line -> line.startsWith("|")).count(), text);
    assertEquals("", written(results, 2));
    assertEquals(3, new Family(results, 1).tasks());
    assertEquals(1, new Standings(results, "NHWC", 1).rows().size(), "the family stands apart");
  }

  @Test
  void severalThreadsAreComparedWithOne() throws Exception {
    Results results =
        new Measured()
            .race(
                FIRST,
                2,
                turns("convector/NHWC/AUTO", 1000),
                turns("convector/NHWC/serial", 1900),
                turns("onednn/NHWC", 500))
            .read(folder);
    String line = "| backward-data-resnet50 | 1 | 1.00 | 1.90 | **0.50 ▼** | **0.50 ▼** |";
    assertTrue(written(results, 2).contains(line), written(results, 2));
  }

  /** A machine that has not measured a layer has dashes there. */
  @Test
  void machinesStandSideBySide() throws Exception {
    Results one =
        new Measured()
            .race(POOL, 1, turns("convector/NHWC/AUTO", 500), turns("onednn/NHWC", 1000))
            .write(folder, "one", "2000-01-01");
    Results two =
        new Measured()
            .race(FIRST, 1, turns("convector/NHWC/AUTO", 4000), turns("onednn/NHWC", 2000))
            .write(folder, "two", "2000-01-01");
    Map<String, Family> machines = new LinkedHashMap<>();
    machines.put("A", new Family(one, 1));
    machines.put("B", new Family(two, 1));
    Markdown text = new Markdown();

    Family.sideBySide(Map.of(1, machines), text);

    String pool = "| pooling | 1 | 1 | 0.50 | 2.00 | 0 | – | – |";
    assertTrue(text.toString().contains(pool), text::toString);
    String data = "| backward-data-resnet50 | 1 | 0 | – | – | 1 | 4.00 | **0.50 ▼** |";
    assertTrue(text.toString().contains(data), text::toString);
  }

  /** Twice and half the best: the mean 1, the least 0.50; what only we do doesn't count. */
  @Test
  void kindsAreMeansWithTheLeast() throws Exception {
    Results results =
        new Measured()
            .race(POOL, 1, turns("convector/NHWC/AUTO", 1000), turns("onednn/NHWC", 2000))
            .race(
                "pooling/max_3x3s2_64_112",
                1,
                turns("convector/NHWC/AUTO", 4000),
                turns("onednn/NHWC", 2000))
            .race("pooling/max_2x2s2_64_224", 1, turns("convector/NHWC/AUTO", 9000))
            .read(folder);
    Markdown text = new Markdown();

    Family.sideBySide(Map.of(1, Map.of("A", new Family(results, 1))), text);

    String pools = "| pooling | 1 | 2 | 2.00 | 1.00 (0.50) |";
    assertTrue(text.toString().contains(pools), text::toString);
  }

  /** A number of threads is a column; what no other library does is no row. */
  @Test
  void threadsStandInOneTable() throws Exception {
    Results results =
        new Measured()
            .race(POOL, 1, turns("convector/NHWC/AUTO", 500), turns("onednn/NHWC", 1000))
            .race(POOL, 2, turns("convector/NHWC/AUTO", 300), turns("onednn/NHWC", 900))
            .race("padding/circular_3x3_128_28", 1, turns("convector/NHWC/AUTO", 500))
            .read(folder);
    Map<Integer, Map<String, Family>> tables = new TreeMap<>();
    for (int threads = 1; threads <= 2; threads++) {
      tables.put(threads, Map.of("A", new Family(results, threads)));
    }
    Markdown text = new Markdown();

    Family.sideBySide(tables, text);

    assertTrue(text.toString().contains("| pooling | 2 | 1 | 0.30 | 3.00 |"), text::toString);
    assertEquals(4, text.toString().lines().filter(line -> line.startsWith("|")).count());
  }
}
