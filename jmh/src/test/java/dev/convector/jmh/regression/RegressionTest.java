package dev.convector.jmh.regression;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import dev.convector.jmh.layer.Tables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The comparison of two versions: its arithmetic by hand, and a run of a version on itself. */
class RegressionTest {
  private static final double LIMIT = 0.97;

  /** The library as the test sees it: a folder of classes or a jar. */
  private static Path library() throws Exception {
    return Path.of(Conv2d.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @Test
  void quantilesAndMeans() {
    assertEquals(2, Statistics.median(3, 1, 2));
    assertEquals(2.5, Statistics.median(4, 1, 3, 2));
    assertEquals(1.75, Statistics.quantile(new double[] {4, 3, 2, 1}, 0.25));
    assertEquals(7, Statistics.quantile(new double[] {7}, 0.75));
    assertEquals(4, Statistics.geometricMean(2, 8), 1e-12);
  }

  @Test
  void differenceIsInUnitsOfTheRootMeanSquare() {
    // The root mean square of 3 and 4 is sqrt(12.5).
    assertEquals(
        1 / Math.sqrt(12.5), Statistics.difference(new float[] {3, 4}, new float[] {3, 5}), 1e-12);
    assertEquals(0, Statistics.difference(new float[2], new float[2]));
    assertEquals(
        Double.POSITIVE_INFINITY,
        Statistics.difference(new float[] {3, 4}, new float[] {3, Float.NaN}));
  }

  @Test
  void ratioIsThatWithinARound() {
    // Rounds have ratios 1, 2 and 0.5; the medians, 20 and 10, would make 2.
    Measurement m =
        Measurement.of(new double[] {10, 20, 30}, new double[] {10, 10, 60}, 0, "A", "B");

    assertEquals(1, m.ratio());
    assertEquals(0.75, m.lowRatio());
    assertEquals(1.5, m.highRatio());
    assertEquals(20, m.oldNanos());
    assertEquals(10, m.newNanos());
    // 0.75 between the quartiles: 1.25 / 1.35 * 0.75 / sqrt(3).
    assertEquals(0.40094, m.standardError(), 1e-5);
  }

  @Test
  void medianOfThePlacementsCounts() {
    Measurement m =
        Measurement.together(
            List.of(measurement(0.75, 1e-6), measurement(1, 1e-5), measurement(1.5, 0)));

    assertEquals(1, m.ratio());
    assertEquals(0.75, m.lowRatio());
    assertEquals(1.5, m.highRatio());
    assertEquals(1e-5, m.difference());
    Measurement failed = Measurement.failed("new broke");
    assertEquals(failed, Measurement.together(List.of(measurement(1, 0), failed)));
  }

  @Test
  void exitCodeFollowsTheLimit() {
    assertEquals(0, exitCode(comparison(0.97, 0), comparison(2, 0)));
    assertEquals(1, exitCode(comparison(0.9699, 0), comparison(2, 0)));
  }

  @Test
  void medianOfTheForksCounts() {
    Comparison c = comparison(0.9, 0);
    assertEquals(1, exitCode(c));
    c.add(measurement(1.02, 0));
    c.add(measurement(0.98, 0));
    assertEquals(0.98, c.ratio());
    assertEquals(0, exitCode(c));
  }

  @Test
  void wrongOutputAndFailureOfTheNewVersionCount() {
    assertEquals(0, exitCode(comparison(1, 2e-4)));
    assertEquals(1, exitCode(comparison(1, 2e-3)));
    assertEquals(1, exitCode(comparison(1, 0), failed("new broke")));
    assertEquals(0, exitCode(comparison(1, 0), failed("old hadn't it")));
    assertEquals(2, exitCode(failed("old hadn't it")));
  }

  @Test
  void lastLinesNameWhatIsSlower() {
    List<String> lines =
        new Verdict(List.of(comparison(0.5, 0), comparison(2, 0)), LIMIT).summary();

    assertTrue(lines.stream().anyMatch(l -> l.matches("all +2 +1\\.000 +0\\.500 +2\\.000")));
    assertEquals(1, lines.stream().filter(l -> l.startsWith("SLOWER trivial/1x1")).count());
    assertEquals("1 of 2 below 0.97", lines.getLast());
  }

  /** The new one takes twice as long whatever else the machine does. */
  @Test
  void slowerVersionIsFound() {
    Measurement m =
        new Duel(new Spinning(20_000), new Spinning(40_000), 200).measure(0.02, 0.05, 0);

    assertEquals(0.5, m.ratio(), 0.1);
    assertEquals(1, exitCode(comparisonOf(m)));
  }

  @Test
  void versionsShareOnlyTheTool() throws Exception {
    try (VersionLoader old = new VersionLoader("old", library());
        VersionLoader young = new VersionLoader("new", library())) {
      String name = Conv2d.class.getName();
      assertNotSame(old.loadClass(name), young.loadClass(name));
      assertNotSame(Conv2d.class, old.loadClass(name));
      Case task = new Case(Tables.layer("trivial/1x1"), "NHWC", Case.AUTO);
      try (Subject subject = old.prepare(task, Operands.of(task, () -> {}), 2)) {
        assertNotSame(ConvSubject.class, subject.getClass());
        assertInstanceOf(Subject.class, subject);
      }
    }
  }

  @Test
  void onlyOfConvolutionsAlgorithmsAreForced(@TempDir Path folder) throws Exception {
    Path list = Files.writeString(folder.resolve("list.csv"), "pooling/global_2048_7,DIRECT");
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> Layers.cases(list.toString(), List.of("NHWC")));
    assertTrue(refused.getMessage().contains("must be a plain convolution"), refused.getMessage());
  }

  /** Each operation in each layout: what it needs exists, and both versions write the same. */
  @ParameterizedTest
  @EnumSource
  void theWholeFamilyIsCompared(Operation operation, @TempDir Path folder) throws Exception {
    String layer = "tiny/3x3,1,4,5,5,4,3,3,1,1,1,1";
    Path list = Files.writeString(folder.resolve("list.csv"), layer + "," + operation);
    for (Case each : Layers.cases(list.toString(), List.of("NHWC", "NCHW"))) {
      assertEquals(operation, each.layer().operation());
      Operands data = Operands.of(each, () -> {});
      try (VersionLoader version = new VersionLoader("old", library());
          Subject subject = version.prepare(each, data, 1)) {
        float[] output = Duel.output(subject, data.dst());
        assertEquals(each.layer().resultElements(), output.length);
        double sum = 0;
        for (float value : output) {
          sum += value;
        }
        assertTrue(sum != 0 && Double.isFinite(sum), "all is written");
      }
    }
  }

  @Test
  void listIsComputable() throws Exception {
    List<Case> cases = Layers.cases(Layers.REGRESSION, List.of("NHWC", "NCHW"));

    assertEquals(cases.size(), cases.stream().distinct().count());
    assertTrue(cases.size() > 100);
    for (Case c : cases) {
      if (!c.algorithm().equals(Case.AUTO)) {
        Layer l = c.layer();
        Conv2d conv =
            Conv2d.builder()
                .input(l.batch(), l.channels(), l.height(), l.width())
                .filters(l.filters(), l.kernelHeight(), l.kernelWidth())
                .stride(l.stride())
                .padding(l.padding())
                .layout(Layout.valueOf(c.layout()))
                .accuracy(Accuracy.RELAXED)
                .build();
        assertTrue(conv.refusal(Algorithm.valueOf(c.algorithm())).isEmpty(), c.name());
      }
    }
  }

  @Test
  void comparesAVersionWithItself(@TempDir Path folder) throws Exception {
    Path list = folder.resolve("tiny.csv");
    Files.write(
        list,
        List.of(
            "trivial/1x1",
            "trivial/3x3,1,3,5,5,4,3,3,1,1,1,1,DIRECT",
            "separable/3_5_4,1,3,5,5,4,3,3,1,1,1,1",
            "gemm/2_3_4,2,4,1,1,3,1,1,1,0,1,1"));
    Path table = folder.resolve("table.csv");

    int code =
        Regression.run(
            ("--old " + library() + " --new " + library() + " --layers " + list)
                .concat(" --limit 0.01 --turn-ms 0.1 --seconds 0.01 --warmup 0.01 --csv " + table)
                .split(" "));

    assertEquals(0, code);
    List<String> lines = Files.readAllLines(table);
    assertEquals(8, lines.size());
    assertTrue(lines.get(3).startsWith("\"trivial/3x3,DIRECT\",NHWC,DIRECT,1,"), lines.get(3));
    assertTrue(lines.get(7).startsWith("\"gemm/2_3_4\",,GEMM,1,"), lines.get(7));
    assertTrue(lines.stream().skip(1).allMatch(l -> l.endsWith(",0.00e+00,\"\"")), "same bits");
  }

  @Test
  void wrongUsageIsTold() throws Exception {
    assertEquals(2, Regression.run());
    assertEquals(2, Regression.run("--old", library().toString(), "--layers", "no such file"));
    assertEquals(2, Regression.run("--old", "no such revision"));
  }

  private static int exitCode(Comparison... comparisons) {
    return new Verdict(List.of(comparisons), LIMIT).exitCode();
  }

  private static Comparison comparison(double ratio, double difference) {
    return comparisonOf(measurement(ratio, difference));
  }

  private static Comparison failed(String failure) {
    return comparisonOf(Measurement.failed(failure));
  }

  private static Comparison comparisonOf(Measurement measurement) {
    Comparison c = new Comparison(new Case(Tables.layer("trivial/1x1"), "NHWC", Case.AUTO));
    c.add(measurement);
    return c;
  }

  private static Measurement measurement(double ratio, double difference) {
    return new Measurement(ratio, 1, ratio, ratio, ratio, 1, difference, "A", "A", "");
  }

  /** Works for a set time. */
  private record Spinning(long nanos) implements Subject {
    @Override
    public void run(int calls) {
      long end = System.nanoTime() + calls * nanos;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }

    @Override
    public String algorithm() {
      return "A";
    }

    @Override
    public void close() {}
  }
}
