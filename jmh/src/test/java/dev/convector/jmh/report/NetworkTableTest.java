package dev.convector.jmh.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.race.NetworkRun;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTableTest {
  @TempDir private Path folder;

  private static NetworkRun run(
      String network, int threads, String contender, double millis, double difference) {
    List<Integer> input = List.of(1, 3, 8, 8);
    return new NetworkRun(network, input, threads, contender, "1", millis, 50, difference);
  }

  private String written(Measured measured) throws Exception {
    Markdown text = new Markdown();
    new NetworkTable(measured.read(folder).session()).write(text);
    return text.toString();
  }

  @Test
  void comparesWithOnnxRuntimeOnEachNumberOfThreads() throws Exception {
    String text =
        written(
            new Measured()
                .network(run("vgg-16", 1, "convector", 100, 1e-5))
                .network(run("vgg-16", 1, "onnxruntime", 150, 0))
                .network(run("vgg-16", 2, "convector", 60, 2e-5))
                .network(run("vgg-16", 2, "onnxruntime", 30, 0)));
    String line = "| vgg-16 | 1x3x8x8 | 100 | 1.50 | 60.0 | **0.50 ▼** | 50.0 | 50.0 | 2.0e-05 |";
    assertTrue(text.contains(line), text);
  }

  @Test
  void marksOutputsThatDiffer() throws Exception {
    String text =
        written(
            new Measured()
                .network(run("wrong", 1, "convector", 1, 2e-3))
                .network(run("wrong", 1, "onnxruntime", 1, 0))
                .network(run("nan", 1, "convector", 1, Double.NaN))
                .network(run("nan", 1, "onnxruntime", 1, 0)));
    assertTrue(text.contains("| **2.0e-03 ▼** |"), text);
    assertTrue(text.contains("| **– ▼** |"), text);
  }

  @Test
  void standsAlone() throws Exception {
    String text = written(new Measured().network(run("lenet-5", 1, "convector", 1, Double.NaN)));
    assertTrue(text.contains("| lenet-5 | 1x3x8x8 | 1.00 | 50.0 | – |"), text);
    assertEquals("", written(new Measured()));
  }
}
