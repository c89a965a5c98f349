package dev.convector.jmh;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.machine.Machine;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.race.Archive;
import dev.convector.jmh.race.Child;
import dev.convector.jmh.race.Field;
import dev.convector.jmh.race.Meter;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Selection;
import dev.convector.jmh.race.Session;
import dev.convector.jmh.race.Solo;
import dev.convector.jmh.race.Turns;
import dev.convector.jmh.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The race: every layer that was asked for, fork by fork, then the report.
 *
 * <p>Forks of one layer are spread over the whole run, so that a slow quarter of an hour of the
 * machine meets one of them and not all.
 */
@Command(name = "race", mixinStandardHelpOptions = true, sortOptions = false)
public final class Race implements Callable<Integer> {
  /** Of garbage, as {@code -XX:+Use} has them. */
  private enum Collector {
    G1,
    Serial,
    Parallel,
    Z
  }

  /** Where whole networks are written; they take 2 GB. */
  private static final Path NETWORKS = Path.of("jmh/target/race/networks");

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

  @Spec private CommandSpec spec;

  private final String[] args;
  private final Instant start = Instant.now();

  /** Now: publishing changes files of the project. */
  private final String commit = Machine.commit();

  private final List<NetworkRun> networkRuns = new ArrayList<>();
  private Solo solo;
  private Map<String, String> absent;
  private int lanes;
  private String collector;

  private Race(String[] args) {
    this.args = args.clone();
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> tuning = Machine.tuningVariables();
    System.exit(
        tuning.isEmpty()
            ? new CommandLine(new Race(args)).execute(args)
            : Machine.relaunchWithout(tuning, Race.class, args));
  }

  @Override
  public Integer call() throws IOException, RunnerException {
    applyDefaults();
    Selection selection = selection();
    if (contenders != null) {
      contenders.forEach(Libraries::named);
    }
    Files.createDirectories(output);
    Meter meter = new Meter(rounds, turnMillis, warmupMillis, jvmArgs);
    absent = Child.call(meter.flags(), new TypeReference<>() {}, Child.ABSENT);
    absent.forEach((library, why) -> say("without " + library + ", which is not here: " + why));
    Field field = new Field(libraries(), layouts, algorithms);
    lanes = Child.call(meter.flags(), new TypeReference<Integer>() {}, Child.LANES);

    collector = Child.call(meter.flags(), new TypeReference<String>() {}, Child.COLLECTOR);
    solo = new Solo(meter.flags());

    say("the machine");
    meter.machine("before", List.copyOf(new TreeSet<>(threads)));
    for (int fork = 1; fork <= forks; fork++) {
      for (Layer each : selection.layers()) {
        if (fork == 1 || !each.network().equals(LayerSpace.NAME)) {
          say("fork " + fork + " of " + forks + ": " + each.name());
          race(meter, field, each);
        }
      }
      for (GemmSize each : selection.gemms()) {
        say("fork " + fork + " of " + forks + ": " + each.name());
        race(meter, field, each);
      }
      save(meter);
    }
    for (String alone : selection.solo()) {
      say(alone);
      solo.measure(alone);
    }
    if (collectors.isEmpty()) {
      wholeNetworks(meter, selection.wholeNetworks());
    }
    meter.machine("after", List.copyOf(new TreeSet<>(threads)));
    save(meter);
    if (publish) {
      new Archive(output).tidy(name);
      Report.publish(Path.of(""));
      say("RESULTS.md, docs/results and README's headline are rewritten");
    } else {
      Path page = Report.verdict(output, name, Path.of(""));
      say("the verdict is in " + page);
    }
    return 0;
  }

  private Selection selection() {
    try {
      return new Selection(networks, layer, LayerSpace.draw(draw, seed), batch);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private void race(Meter meter, Field field, Layer each) throws IOException {
    for (int count : threads) {
      List<String> entered = field.contenders(each.timesBatch(batch), count);
      for (String group : field.groups(entered, count)) {
        if (collectors.isEmpty()) {
          meter.layer(each, batch, count, "", group);
        }
        for (Collector other : collectors) {
          meter.layer(each, batch, count, other.name(), group);
        }
      }
    }
  }

  private void race(Meter meter, Field field, GemmSize each) throws IOException {
    for (int count : threads) {
      List<String> entered = field.contenders(each, count);
      for (String group : field.groups(entered, count)) {
        meter.gemm(each, count, group);
      }
    }
  }

  /** Saved one by one, since all of them take long. */
  private void wholeNetworks(Meter meter, List<Network> whole) throws IOException {
    int longer = NetworkRun.TIMES_LONGER;
    int warmup = Math.max(NetworkRun.LEAST_WARMUP_MILLIS, longer * warmupMillis);
    Turns turns = new Turns(rounds, longer * turnMillis, warmup);
    for (Network network : whole) {
      for (int images : networkBatches) {
        say(network.name() + (images == 1 ? "" : ", batch " + images));
        Network several = network.ofBatch(images);
        Path file = several.write(NETWORKS);
        for (int count : threads) {
          try {
            networkRuns.addAll(
                NetworkRun.inChildren(
                    several, file, count, libraries(), turns, freshSeconds, meter.flags()));
          } catch (IOException e) {
            say("left out, on " + count + " threads: " + e.getMessage());
          }
        }
        save(meter);
      }
    }
  }

  private void applyDefaults() {
    if (networks == null && (quick || !collectors.isEmpty())) {
      networks = List.of(Selection.HEADLINE);
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
  }

  /** Those that were asked for and that the platform has. */
  private List<Library> libraries() {
    return Libraries.all().stream()
        .filter(library -> contenders == null || contenders.contains(library.name()))
        .filter(library -> !absent.containsKey(library.name()))
        .toList();
  }

  private void save(Meter meter) throws IOException {
    Session session =
        new Session(
            name,
            command(),
            start.truncatedTo(ChronoUnit.SECONDS).toString(),
            commit,
            Machine.processor(),
            Runtime.getRuntime().availableProcessors(),
            lanes,
            Machine.memoryBytes(),
            Machine.system(),
            Machine.jdk(),
            collector,
            meter.flags(),
            Machine.clearedVariables(),
            forks,
            rounds,
            turnMillis,
            warmupMillis,
            meter.versions(),
            meter.readings(),
            absent,
            solo.firstUses(),
            solo.roundings(),
            solo.plannings(),
            solo.separables(),
            solo.scalings(),
            networkRuns);
    new Archive(output).write(session, meter.timings());
  }

  /** What repeats this run; arguments that a shell would take apart are quoted. */
  private String command() {
    String options =
        Stream.of(args)
            .map(arg -> arg.matches("[\\w./,=:+-]*") ? arg : "'" + arg + "'")
            .collect(Collectors.joining(" "));
    return "mvn -Prace -pl jmh -am verify -Drace.options=\"" + options + "\"";
  }

  private void say(String what) {
    Duration since = Duration.between(start, Instant.now());
    System.out.printf("%4d s  %s%n", since.toSeconds(), what);
  }
}
