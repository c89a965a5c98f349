package dev.convector.jmh;

import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Selection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** What the race is asked for. */
final class RaceOptions {
  /** Of garbage, as {@code -XX:+Use} has them. */
  enum Collector {
    G1,
    Serial,
    Parallel,
    Z
  }

  @Option(
      names = "--quick",
      description = "a verdict in ten minutes: README's layers, one thread, one fork, short turns")
  boolean quick;

  @Option(
      names = "--network",
      split = ",",
      description = {
        "networks of the tables, gemm for matrix products, family for all but convolutions,",
        LayerSpace.NAME + " for layers that no table has,",
        Selection.HEADLINE
            + " for what README shows, first-use, accuracy, planning, separable, scaling,",
        NetworkRun.NAME + " for whole ones;",
        "default all"
      })
  List<String> networks;

  @Option(
      names = "--draw",
      defaultValue = "200",
      description = "how many layers are drawn; default ${DEFAULT-VALUE}")
  int draw;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "of the layers that are drawn; default ${DEFAULT-VALUE}")
  long seed;

  @Option(
      names = "--layers",
      split = ";",
      description = "layers by their names, separated by semicolons, instead of drawn ones")
  List<String> named;

  @Option(names = "--layer", description = "a regular expression, found in a layer's name")
  Pattern layer = Pattern.compile("");

  @Option(
      names = "--layout",
      split = ",",
      defaultValue = "NHWC,NCHW",
      description = "of input and output; default ${DEFAULT-VALUE}")
  Set<String> layouts;

  @Option(
      names = "--threads",
      split = ",",
      description = "thread counts; default 1 and the number of processors")
  List<Integer> threads;

  @Option(
      names = "--batch",
      defaultValue = "1",
      description = "multiplies the tables' batch of layers; default ${DEFAULT-VALUE}")
  int batch;

  @Option(
      names = "--network-batches",
      split = ",",
      defaultValue = "1",
      description = "images of a run of whole networks, a row for each; default ${DEFAULT-VALUE}")
  List<Integer> networkBatches;

  @Option(
      names = "--fresh",
      defaultValue = "6",
      description = {
        "seconds of the fresh process in which Convector runs each whole network alone, for its",
        "first answer, how soon it is steady, and its memory; native libraries a third;",
        "0 for none; default ${DEFAULT-VALUE}"
      })
  double freshSeconds;

  @Option(
      names = "--contenders",
      split = ",",
      description = "libraries; default all that the build has")
  List<String> contenders;

  @Option(
      names = "--algorithms",
      split = ",",
      defaultValue = "AUTO,direct,serial",
      description = {
        "Convector's: AUTO, direct or relaxed (AUTO without any or with every Winograd,",
        "where that differs), serial (AUTO on one thread, beside AUTO on several),",
        "names of dev.convector.Algorithm, or ALL but REFERENCE; default ${DEFAULT-VALUE}"
      })
  Set<String> algorithms;

  @Option(
      names = "--forks",
      description = "JVM starts of each layer; default 3, quick 1; a whole network has one")
  Integer forks;

  @Option(names = "--rounds", description = "turns of a contender in a fork; default 7, quick 5")
  Integer rounds;

  @Option(names = "--turn", description = "milliseconds of a turn; default 100, quick 40")
  Integer turnMillis;

  @Option(names = "--warmup", description = "milliseconds of warm-up; default 400, quick 100")
  Integer warmupMillis;

  @Option(
      names = "--jvm-args",
      split = ",",
      description = "more flags of every fork, such as -XX:MaxVectorSize=32")
  List<String> jvmArgs = List.of();

  @Option(
      names = "--collectors",
      split = ",",
      description = {
        "Convector alone under each, on the layers of the headline unless others are named:",
        "${COMPLETION-CANDIDATES}"
      })
  List<Collector> collectors = List.of();

  @Option(names = "--name", description = "of the session and its files; default race or quick")
  String name;

  @Option(
      names = "--output",
      defaultValue = "jmh/target/race/results",
      description = "folder for results and report; default ${DEFAULT-VALUE}")
  Path output;

  @Option(
      names = "--publish",
      description = "keep the results in jmh/results and rewrite RESULTS.md and README.md")
  boolean publish;

  /** What wasn't given, and what follows from what was. */
  void applyDefaults() {
    if (networks == null && (quick || !collectors.isEmpty())) {
      networks = List.of(Selection.HEADLINE);
    }
    if (networks == null && named != null) {
      networks = List.of(LayerSpace.NAME);
    }
    if (!collectors.isEmpty()) {
      contenders = List.of("convector");
      algorithms = Set.of("AUTO");
    }
    int processors = Runtime.getRuntime().availableProcessors();
    if (threads == null) {
      threads = quick || processors == 1 ? List.of(1) : List.of(1, processors);
    }
    forks = forks == null ? (quick ? 1 : 3) : forks;
    rounds = rounds == null ? (quick ? 5 : 7) : rounds;
    turnMillis = turnMillis == null ? (quick ? 40 : 100) : turnMillis;
    warmupMillis = warmupMillis == null ? (quick ? 100 : 400) : warmupMillis;
    name = name == null ? (quick ? "quick" : "race") : name;
    output = publish ? Path.of("jmh/results") : output;
    if (contenders != null) {
      contenders.forEach(Libraries::named);
    }
  }

  /**
   * Layers that no table has.
   *
   * @throws IllegalArgumentException if a name is none
   */
  List<Layer> ofSpace() {
    return named == null
        ? LayerSpace.draw(draw, seed)
        : named.stream().map(LayerSpace::named).toList();
  }

  int networkTurnMillis() {
    return NetworkRun.TIMES_LONGER * turnMillis;
  }

  int networkWarmupMillis() {
    return Math.max(NetworkRun.LEAST_WARMUP_MILLIS, NetworkRun.TIMES_LONGER * warmupMillis);
  }

  /** Those that were asked for and that the platform has. */
  List<Library> libraries(Map<String, String> absent) {
    return Libraries.all().stream()
        .filter(library -> contenders == null || contenders.contains(library.name()))
        .filter(library -> !absent.containsKey(library.name()))
        .toList();
  }
}
