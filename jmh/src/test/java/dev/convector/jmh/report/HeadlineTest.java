package dev.convector.jmh.report;

import static dev.convector.jmh.report.Measured.disqualified;
import static dev.convector.jmh.report.Measured.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.race.NetworkRun;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeadlineTest {
  private static final Headline.Column NHWC = new Headline.Column("NHWC", 1);
  private static final Headline.Column NCHW = new Headline.Column("NCHW", 1);
  private static final String DATA = "backward-data-resnet50/s1_3x3_64";
  private static final String WEIGHTS = "backward-weights-resnet50/s1_3x3_64";

  @TempDir private Path folder;

  private static double mean(Results results, Headline.Subject subject, Headline.Column column) {
    return new Headline(List.of(results)).cell(subject, column).orElseThrow().mean();
  }

  @Test
  void eachLayerIsInOneRow() throws Exception {
    Results results =
        new Measured()
            .race("resnet50/s1_3x3_64", 1, ours(100), rival(200))
            .race("resnet50/s2_3x3s2_128", 1, ours(100), rival(80))
            .race("resnet50/s1_1x1_64_64", 1, ours(100), rival(180))
            .race("mobilenetv1/dw_32_112", 1, ours(100), rival(50))
            .race("resnext50/g32_3x3_256_28", 1, ours(100), rival(300))
            .race("drawn/1x8x9x9_8x3x3_s1p1d1g8", 1, ours(100), rival(1))
            .race("resnet50/s1_1x1_64_256", 1, ours(100), disqualified("onednn/NHWC", 1))
            .read(folder);
    assertEquals(2, mean(results, Headline.Subject.WINOGRAD, NHWC), 1e-9);
    assertEquals(Math.sqrt(0.8 * 1.8), mean(results, Headline.Subject.DENSE, NHWC), 1e-9);
    assertEquals(0.5, mean(results, Headline.Subject.DEPTHWISE, NHWC), 1e-9, "no drawn layer");
    assertEquals(3, mean(results, Headline.Subject.GROUPED, NHWC), 1e-9);
    Headline headline = new Headline(List.of(results));
    assertEquals(1, headline.cell(Headline.Subject.DENSE, NHWC).orElseThrow().lost());
    assertTrue(headline.cell(Headline.Subject.NETWORKS, NHWC).isEmpty());
  }

  /** A hypervisor may hide the widest vectors of a processor, and a flag does. */
  @Test
  void narrowerVectorsAreAnotherMachine() throws Exception {
    new Measured().write(folder, "wide", "2000-01-01");
    new Measured().lanes(8).write(folder, "narrow", "2000-01-01");
    assertEquals(
        Set.of("Abacus 3000", "Abacus 3000, 256-bit vectors"),
        Overview.byMachine(Results.in(folder)).keySet());
  }

  /** oneDNN takes 300 + 100 of both gradients, libtorch 90 + 500; ours 200 + 100. */
  @Test
  void aTrainingStepIsBothGradientsOfOneLibrary() throws Exception {
    Results results =
        new Measured()
            .race(DATA, 1, ours(200), rival(300), turns("libtorch/NHWC", 90))
            .race(WEIGHTS, 1, ours(100), rival(100), turns("libtorch/NHWC", 500))
            .read(folder);
    assertEquals(4 / 3.0, mean(results, Headline.Subject.TRAINING, NHWC), 1e-9);
  }

  @Test
  void machinesStandInOneTable() throws Exception {
    Results one =
        new Measured()
            .race("resnet50/s1_1x1_64_64", 1, ours(1000), rival(2000))
            .write(folder, "one", "2000-01-01");
    Results two =
        new Measured()
            .race("resnext50/g32_3x3_256_28", 1, ours(1000), rival(500))
            .write(folder, "two", "2000-01-01");
    Map<String, Headline> machines = new LinkedHashMap<>();
    machines.put("A", new Headline(List.of(one)));
    machines.put("none", new Headline(List.of()));
    machines.put("B", new Headline(List.of(two)));
    Markdown text = new Markdown();

    Headline.write(machines, text);

    assertTrue(
        text.toString().contains("| A: NHWC, one thread | B: NHWC, one thread |"), text::toString);
    String grouped = "| grouped | – | **0.50 ▼** (1 of 1 lost) |";
    assertTrue(text.toString().contains(grouped), text::toString);
    Markdown none = new Markdown();
    new Headline(List.of()).write(none);
    assertEquals("", none.toString());
  }

  @Test
  void networksAreChannelsFirst() throws Exception {
    Results results =
        new Measured()
            .network(network("a", "convector", 10))
            .network(network("a", "onnxruntime", 20))
            .network(network("b", "convector", 10))
            .network(network("b", "onnxruntime", 80))
            .network(network("c", "convector", 10))
            .network(eight("a", "convector", 1))
            .network(eight("a", "onnxruntime", 1))
            .read(folder);
    assertEquals(4, mean(results, Headline.Subject.NETWORKS, NCHW), 1e-9);
  }

  @Test
  void theSessionWithMoreLayersCountsThenTheNewer() throws Exception {
    Results many =
        new Measured()
            .race("resnet50/s1_1x1_64_64", 1, ours(1000), rival(2000))
            .race("resnet50/s1_1x1_64_256", 1, ours(1000), rival(2000))
            .write(folder, "many", "2000-01-01");
    Results few =
        new Measured()
            .race("resnet50/s1_1x1_64_64", 1, ours(1000), rival(5000))
            .write(folder, "few", "2000-01-02");
    Results newer =
        new Measured()
            .race("resnet50/s1_1x1_64_64", 1, ours(1000), rival(3000))
            .race("resnet50/s1_1x1_64_256", 1, ours(1000), rival(3000))
            .write(folder, "newer", "2000-01-03");
    Headline headline = new Headline(List.of(many, few, newer));
    assertEquals(3, headline.cell(Headline.Subject.DENSE, NHWC).orElseThrow().mean(), 1e-9);
    Results own =
        new Measured()
            .race("resnet50/s1_1x1_64_64", 1, ours(1000), rival(7000))
            .write(folder, "headline", "1999-01-01");
    Headline with = new Headline(List.of(many, own, newer));
    assertEquals(7, with.cell(Headline.Subject.DENSE, NHWC).orElseThrow().mean(), 1e-9);
  }

  @Test
  void twoDaysAreCompared() throws Exception {
    Measured first = new Measured().race("resnet50/s1_1x1_64_64", 1, ours(1000), rival(2000));
    Measured second = new Measured().race("resnet50/s1_1x1_64_64", 1, ours(1000), rival(2200));
    Results older = first.write(folder, "days", "2000-01-01");
    Results newer = second.write(folder, "days", "2000-01-02");
    assertEquals("2000-01-02", newer.day(), "the newest first");
    List<List<String>> lines = Days.compared(older, newer);
    assertEquals(1, lines.size());
    assertEquals(
        List.of("days, NHWC, one thread", "2.00, 2.20 (**10 %**)"), lines.getFirst().subList(0, 2));
  }

  /** 2 and 8 against 3 and another: 1.5 over the first. */
  @Test
  void sessionsAreComparedByWhatBothMeasured() throws Exception {
    Results one =
        new Measured()
            .race("resnet50/s1_1x1_64_64", 1, ours(1000), rival(2000))
            .race("resnet50/s1_1x1_64_256", 1, ours(1000), rival(8000))
            .write(folder, "one", "2000-01-01");
    Results other =
        new Measured()
            .race("resnet50/s1_1x1_64_64", 1, ours(1000), rival(3000))
            .race("resnet50/s1_1x1_256_64", 1, ours(1000), rival(1000))
            .write(folder, "other", "2000-01-01");
    Results neither =
        new Measured()
            .race("resnet50/s2_1x1_128_512", 1, ours(1000), rival(1000))
            .write(folder, "neither", "2000-01-01");
    Headline.Cell first = dense(one);
    assertEquals(1.5, dense(other).over(first), 1e-9);
    assertTrue(Double.isNaN(dense(neither).over(first)));
  }

  private static Headline.Cell dense(Results results) {
    return new Headline(List.of(results)).cell(Headline.Subject.DENSE, NHWC).orElseThrow();
  }

  private static NetworkRun network(String name, String contender, double millis) {
    return new NetworkRun(name, List.of(1, 3, 8, 8), 1, contender, "1", millis, 0, null);
  }

  private static NetworkRun eight(String name, String contender, double millis) {
    return new NetworkRun(name, List.of(8, 3, 8, 8), 1, contender, "1", millis, 0, null);
  }

  private static Measured.Turns ours(double nanos) {
    return turns("convector/NHWC/AUTO", nanos);
  }

  private static Measured.Turns rival(double nanos) {
    return turns("onednn/NHWC", nanos);
  }
}
