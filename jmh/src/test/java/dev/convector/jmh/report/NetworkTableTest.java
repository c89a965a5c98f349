package dev.convector.jmh.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.race.FreshProcess;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Session;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTableTest {
  @TempDir private Path folder;

  private static NetworkRun run(
      String network, int batch, int threads, String contender, double millis, double difference) {
    List<Integer> input = List.of(batch, 3, 8, 8);
    return new NetworkRun(network, input, threads, contender, "1", millis, difference, null);
  }

  private static NetworkRun alone(NetworkRun run, FreshProcess process) {
    return new NetworkRun(
        run.network(),
        run.input(),
        run.threads(),
        run.contender(),
        run.version(),
        run.millis(),
        run.difference(),
        process);
  }

  private String written(Measured... sessions) throws Exception {
    Markdown text = new Markdown();
    int day = 0;
    Stream.Builder<Results> all = Stream.builder();
    for (Measured measured : sessions) {
      all.add(measured.write(folder, "session" + ++day, "2000-01-01"));
    }
    new NetworkTable(all.build().map(Results::session).toList()).table(text);
    return text.toString();
  }

  @Test
  void eachBatchAndNumberOfThreadsIsARow() throws Exception {
    String text =
        written(
            new Measured()
                .network(run("vgg-16", 1, 1, "convector", 100, 1e-5))
                .network(run("vgg-16", 1, 1, "onnxruntime", 150, 0))
                .network(run("vgg-16", 8, 2, "convector", 480, 2e-5))
                .network(run("vgg-16", 8, 2, "onnxruntime", 240, 0)));
    String none = " – | – | – | – | – | – |";
    String one = "| vgg-16 | 3x8x8 | 1 | 1 | 100 | 1.50 |" + none + " 1.0e-05 |";
    assertTrue(text.contains(one), text);
    String eight = "| vgg-16 | 3x8x8 | 8 | 2 | 60.0 | **0.50 ▼** |" + none + " 2.0e-05 |";
    assertTrue(text.contains(eight), text);
  }

  @Test
  void freshProcessesStandBesideEachOther() throws Exception {
    String text =
        written(
            new Measured()
                .network(
                    alone(
                        run("vgg-16", 1, 1, "convector", 100, 1e-5),
                        new FreshProcess(1500, 4000, 700.4)))
                .network(
                    alone(
                        run("vgg-16", 1, 1, "onnxruntime", 150, 0),
                        new FreshProcess(250, 260, Double.NaN))));
    assertTrue(text.contains("| 1.50 | 1.50 | 0.25 | 4.00 | 0.26 | 700 | – | 1.0e-05 |"), text);
  }

  @Test
  void ofWhatSeveralSessionsMeasuredTheFirstCounts() throws Exception {
    String text =
        written(
            new Measured()
                .network(run("vgg-16", 1, 1, "convector", 100, 1e-5))
                .network(run("vgg-16", 1, 1, "onnxruntime", 150, 0)),
            new Measured()
                .network(run("vgg-16", 1, 1, "convector", 300, 1e-5))
                .network(run("vgg-16", 1, 1, "onnxruntime", 150, 0))
                .network(run("yolo", 1, 1, "convector", 7, 1e-5)));
    assertTrue(text.contains("| vgg-16 | 3x8x8 | 1 | 1 | 100 | 1.50 |"), text);
    assertFalse(text.contains("300"), text);
    assertTrue(text.contains("| yolo | 3x8x8 | 1 | 1 | 7.00 | – |"), text);
  }

  @Test
  void marksOutputsThatDiffer() throws Exception {
    String text =
        written(
            new Measured()
                .network(run("wrong", 1, 1, "convector", 1, 2e-3))
                .network(run("wrong", 1, 1, "onnxruntime", 1, 0))
                .network(run("nan", 1, 1, "convector", 1, Double.NaN))
                .network(run("nan", 1, 1, "onnxruntime", 1, 0)));
    assertTrue(text.contains("| **2.0e-03 ▼** |"), text);
    assertTrue(text.contains("| **– ▼** |"), text);
  }

  @Test
  void standsAlone() throws Exception {
    String text = written(new Measured().network(run("lenet-5", 1, 1, "convector", 1, Double.NaN)));
    assertTrue(text.contains("| lenet-5 | 3x8x8 | 1 | 1 | 1.00 | – | – | – | – |"), text);
  }

  @Test
  void aSessionSaysItsOwnTurns() throws Exception {
    Measured measured = new Measured().network(run("lenet-5", 1, 1, "convector", 1, 0));
    Markdown text = new Markdown();
    NetworkTable.write(measured.write(folder, "turns", "2000-01-01").session(), text);
    assertTrue(
        text.toString().contains("turns of 0.40 s; Convector warms up for 8.00 s"), "" + text);
    Markdown none = new Markdown();
    NetworkTable.write(new Measured().write(folder, "none", "2000-01-01").session(), none);
    assertEquals("", none.toString());
  }

  @Test
  void machinesStandInOneTable() throws Exception {
    Markdown text = new Markdown();
    Results one =
        new Measured()
            .network(run("vgg-16", 1, 1, "convector", 100, 1e-5))
            .write(folder, "one", "2000-01-01");
    Results two =
        new Measured()
            .network(
                alone(
                    run("vgg-16", 1, 1, "convector", 200, 1e-5),
                    new FreshProcess(1500, 4000, 700.4)))
            .network(
                alone(
                    run("vgg-16", 1, 1, "onnxruntime", 300, 0),
                    new FreshProcess(250, 260, Double.NaN)))
            .network(run("lenet-5", 1, 1, "convector", 50, 1e-5))
            .write(folder, "two", "2000-01-01");
    Map<String, List<Session>> machines = new LinkedHashMap<>();
    machines.put("A", List.of(one.session()));
    machines.put("B", List.of(two.session()));

    NetworkTable.machines(machines, text);

    String vgg = "| vgg-16 | 3x8x8 | 100 | – | – | – | 200 | 1.50 | 1.50 (0.25) | 700 (–) |";
    assertTrue(text.toString().contains(vgg), text::toString);
    String lenet = "| lenet-5 | 3x8x8 | – | – | – | – | 50.0 | – | – | – |";
    assertTrue(text.toString().contains(lenet), text::toString);
  }

  @Test
  void batchesAndThreadsOfMachinesAreMeans() throws Exception {
    Results one =
        new Measured()
            .network(run("vgg-16", 1, 1, "convector", 100, 1e-5))
            .network(run("vgg-16", 8, 2, "convector", 200, 1e-5))
            .network(run("vgg-16", 8, 2, "onnxruntime", 800, 0))
            .network(run("lenet-5", 8, 2, "convector", 100, 1e-5))
            .network(run("lenet-5", 8, 2, "onnxruntime", 90, 0))
            .network(run("alone", 8, 2, "convector", 100, 1e-5))
            .network(run("vgg-16", 8, 1, "convector", 300, 1e-5))
            .network(run("vgg-16", 8, 1, "onnxruntime", 600, 0))
            .network(run("vgg-16", 1, 2, "convector", 50, 1e-5))
            .network(run("vgg-16", 1, 2, "onnxruntime", 150, 0))
            .write(folder, "one", "2000-01-01");
    Markdown text = new Markdown();

    NetworkTable.machines(Map.of("A", List.of(one.session())), text);

    assertFalse(text.toString().contains("| 8 |"), text::toString);
    String threads = "A, one image, 2 threads: 3.00 times as fast as ONNX Runtime (0 of 1 lost).";
    assertTrue(text.toString().contains(threads), text::toString);
    String two = "A, 8 images, 2 threads: 1.90 times as fast as ONNX Runtime (1 of 2 lost).";
    assertTrue(text.toString().contains(two), text::toString);
    String single = "A, 8 images, one thread: 2.00 times as fast as ONNX Runtime (0 of 1 lost).";
    assertTrue(text.toString().contains(single), text::toString);
  }
}
