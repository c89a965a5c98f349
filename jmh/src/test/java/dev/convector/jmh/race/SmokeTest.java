package dev.convector.jmh.race;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.alone.FirstUse;
import dev.convector.jmh.alone.Planning;
import dev.convector.jmh.alone.Rounding;
import dev.convector.jmh.alone.Scaling;
import dev.convector.jmh.alone.Separable;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.NetworkTask;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.machine.FmaPeak;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.network.Networks;
import dev.convector.jmh.report.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness runs: tiny layers, one fork, no native library. */
public class SmokeTest {
  private static final Turns SHORT = new Turns(1, 1, 1);

  /** Another race on this machine is no reason to fail. */
  @BeforeAll
  static void besideOthers() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  @Test
  void racesATinyLayer(@TempDir Path folder) throws Exception {
    Field field =
        new Field(List.of(Libraries.named("convector")), Set.of("NHWC", "NCHW"), Set.of("AUTO"));
    Layer layer = Tables.layer("trivial/1x1");
    List<String> contenders = field.contenders(layer, 1);
    Meter meter = new Meter(2, 5, 5, List.of());

    meter.layer(layer, 2, 1, "Serial", String.join(",", contenders));

    List<Timing> timings = meter.timings();
    List<String> entered = new ArrayList<>(contenders);
    entered.add(Relay.PEAK);
    assertEquals(entered, timings.stream().map(Timing::contender).toList(), "the peak takes turns");
    for (Timing timing : timings) {
      assertEquals("", timing.failure());
      assertEquals("Serial", timing.collector());
      assertTrue(timing.micros() > 0 && timing.forkMicros().size() == 1, timing.toString());
    }
    assertTrue(contenders.contains("convector/NHWC/AUTO"));
    assertTrue(meter.versions().containsKey("convector"));
  }

  @Test
  void scalesByTwosUpToAllProcessors() {
    assertEquals(List.of(1), Scaling.threads(1));
    assertEquals(List.of(1, 2), Scaling.threads(2));
    assertEquals(List.of(1, 2, 4, 6), Scaling.threads(6));
    Scaling scaling = new Scaling("", false, List.of(1, 2), List.of(6.0, 4.0));
    assertEquals(0.75, scaling.share(1), 1e-9);
  }

  @Test
  void reportsWhatIsMeasuredOfConvectorAlone(@TempDir Path folder) throws Exception {
    Layer layer = Tables.layer("trivial/1x1");
    List<Rounding> roundings = Rounding.measure(List.of(16), 1, SHORT);
    Network leNet = Networks.named("lenet-5");
    FirstUse firstUse = FirstUse.measure(layer, "AUTO", 0.05);
    Session session =
        new Session(
            "smoke",
            "",
            "2000-01-01T00:00:00Z",
            "",
            "",
            1,
            FmaPeak.lanes(),
            0,
            "",
            "",
            "",
            List.of(),
            List.of(),
            1,
            1,
            1,
            1,
            400,
            8000,
            Map.of(),
            List.of(),
            Map.of(),
            List.of(firstUse),
            roundings,
            Planning.measure(List.of(layer), SHORT),
            Separable.measure(List.of(new Separable.Block(3, 5, 4, 1)), SHORT),
            Scaling.measure(List.of(layer), List.of("lenet-5"), List.of(1, 2), SHORT),
            NetworkRun.measure(
                new NetworkTask(leNet, leNet.write(folder)),
                1,
                List.of(Libraries.named("convector")),
                SHORT));
    new Archive(folder.resolve("jmh/results")).write(session, List.of());
    Path pages = Files.createDirectories(folder.resolve("docs/results"));
    Path old = Files.createFile(pages.resolve("smoke-old.md"));

    Report.publish(folder);

    assertTrue(firstUse.secondsToNinety() >= firstUse.planMillis() / 1e3);
    assertTrue(roundings.stream().allMatch(r -> r.error() > 0 && r.error() < 1e-4));
    String page = Files.readString(pages.resolve("smoke-2000-01-01.md"));
    for (String title :
        List.of("First use", "Accuracy", "Planning", "Separable", "Scaling", "Whole networks")) {
      assertTrue(page.contains("### " + title), title);
    }
    assertTrue(
        Files.readString(folder.resolve("RESULTS.md"))
            .contains("docs/results/smoke-2000-01-01.md"));
    assertFalse(Files.exists(old), "the page of a session that is gone");
  }
}
