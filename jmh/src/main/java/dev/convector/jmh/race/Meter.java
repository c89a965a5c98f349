package dev.convector.jmh.race;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.machine.CoreRoundTrip;
import dev.convector.jmh.machine.FmaPeak;
import dev.convector.jmh.machine.MemoryBandwidth;
import dev.convector.jmh.machine.ReadBandwidth;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Calls JMH, one fork at a time, and collects results and facts. */
public final class Meter {
  /**
   * Of every fork. The last two change no result: native memory is freed at once rather than
   * through the collector, which suits the natives, and JMH's use of Unsafe is not warned of.
   */
  static final List<String> JVM_FLAGS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "-Dorg.bytedeco.javacpp.nopointergc=true",
          "--sun-misc-unsafe-memory-access=allow");

  private final List<String> flags = new ArrayList<>(JVM_FLAGS);
  private final int rounds;
  private final int turnMillis;
  private final int warmupMillis;
  private final List<RunResult> results = new ArrayList<>();
  private final List<Fact> facts = new ArrayList<>();

  /**
   * @param moreFlags of every fork, after {@link #JVM_FLAGS}
   */
  public Meter(int rounds, int turnMillis, int warmupMillis, List<String> moreFlags) {
    flags.addAll(moreFlags);
    this.rounds = rounds;
    this.turnMillis = turnMillis;
    this.warmupMillis = warmupMillis;
  }

  public List<String> flags() {
    return flags;
  }

  public List<Fact> facts() {
    return facts;
  }

  /** The machine itself: the peak and memory's speed on one thread and on all that are used. */
  public void machine(String when, List<Integer> threadCounts) throws RunnerException {
    for (Class<?> benchmark : List.of(FmaPeak.class, MemoryBandwidth.class, ReadBandwidth.class)) {
      for (int threads : threadCounts) {
        results.addAll(run(machineOptions(benchmark, when).threads(threads)));
      }
    }
    if (Runtime.getRuntime().availableProcessors() > 1) {
      results.addAll(run(machineOptions(CoreRoundTrip.class, when)));
    }
  }

  /** One fork of a layer, with contenders that share it. */
  public void layer(Layer layer, int batch, int threads, String contenders) throws IOException {
    fork(
        layer.name(),
        threads,
        contenders,
        options(ConvRace.class)
            .param("layer", layer.name())
            .param("batch", Integer.toString(batch))
            .param("threads", Integer.toString(threads)));
  }

  /** One fork of a matrix product. */
  public void gemm(GemmSize size, int threads, String contenders) throws IOException {
    fork(
        size.name(),
        threads,
        contenders,
        options(GemmRace.class)
            .param("size", size.name())
            .param("threads", Integer.toString(threads)));
  }

  /** Writes all results so far, as JMH writes them. */
  public void write(Path json) throws IOException {
    try (var out = new PrintStream(Files.newOutputStream(json), false, "UTF-8")) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
    }
  }

  /** A fork that dies disqualifies its contenders, not the race. */
  private void fork(String task, int threads, String contenders, ChainedOptionsBuilder options)
      throws IOException {
    String[] names = contenders.split(",");
    String turns = threads == 1 ? contenders + "," + Relay.PEAK : contenders;
    int count = turns.split(",").length;
    Path report = Files.createTempFile("race", ".json");
    try {
      results.addAll(
          run(
              options
                  .param("contenders", turns)
                  .jvmArgsAppend("-D" + Relay.FACTS_PROPERTY + "=" + report)
                  .warmupIterations(count)
                  .warmupTime(TimeValue.milliseconds(warmupMillis))
                  .measurementIterations(count * rounds)
                  .measurementTime(TimeValue.milliseconds(turnMillis))
                  .addProfiler(GCProfiler.class)));
      facts.addAll(
          new ObjectMapper().readValue(report.toFile(), new TypeReference<List<Fact>>() {}));
    } catch (RunnerException e) {
      for (String name : names) {
        facts.add(
            new Fact(
                task,
                threads,
                name,
                "",
                "",
                -1,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                "its JVM failed: " + e,
                0));
      }
    } finally {
      Files.deleteIfExists(report);
    }
  }

  private ChainedOptionsBuilder machineOptions(Class<?> benchmark, String when) {
    return options(benchmark)
        .param("when", when)
        .warmupIterations(2)
        .warmupTime(TimeValue.milliseconds(400))
        .measurementIterations(5)
        .measurementTime(TimeValue.milliseconds(200));
  }

  private ChainedOptionsBuilder options(Class<?> benchmark) {
    return new OptionsBuilder()
        .include("\\Q" + benchmark.getName() + ".\\E.*")
        .forks(1)
        .jvmArgs(flags.toArray(String[]::new))
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
  }

  private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
    return new Runner(options.build()).run();
  }
}
