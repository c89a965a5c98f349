package dev.convector.jmh;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convector.jmh.alone.FirstUse;
import dev.convector.jmh.alone.Planning;
import dev.convector.jmh.alone.Rounding;
import dev.convector.jmh.alone.Separable;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.machine.Machine;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.network.Networks;
import dev.convector.jmh.race.Child;
import dev.convector.jmh.race.Field;
import dev.convector.jmh.race.Meter;
import dev.convector.jmh.race.NetworkRun;
import dev.convector.jmh.race.Session;
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
  private static final String GEMM = "gemm";

  /** Where whole networks are written; they take 2 GB. */
  private static final Path NETWORKS = Path.of("jmh/target/race/networks");

  /** Stands for every network of {@link Tables#family()}. */
  private static final String FAMILY = "family";

  @Option(
      names = "--quick",
      description = "under 5 minutes: ResNet-50, one thread, one fork, short turns")
  boolean quick;

  @Option(
      names = "--network",
      split = ",",
      description = {
        "networks of the tables, gemm for matrix products, family for all but convolutions,",
        LayerSpace.NAME + " for layers that no table has,",
        FirstUse.NAME + ", " + Rounding.NAME + ", " + Planning.NAME + ", " + Separable.NAME + ",",
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
      description = "multiplies the tables' batch; default ${DEFAULT-VALUE}")
  int batch;

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

  @Option(names = "--turn", description = "milliseconds of a turn; default 100, quick 60")
  Integer turnMillis;

  @Option(names = "--warmup", description = "milliseconds of warm-up; default 400, quick 200")
  Integer warmupMillis;

  @Option(
      names = "--jvm-args",
      split = ",",
      description = "more flags of every fork, such as -XX:MaxVectorSize=32")
  List<String> jvmArgs = List.of();

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
  private final List<FirstUse> firstUses = new ArrayList<>();
  private final List<Rounding> roundings = new ArrayList<>();
  private final List<Planning> plannings = new ArrayList<>();
  private final List<Separable> separables = new ArrayList<>();
  private final List<NetworkRun> networkRuns = new ArrayList<>();
  private int lanes;

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
    requireKnownNetworks();
    List<Layer> layers =
        Stream.of(
                asked(Tables.convolutions(), networks == null),
                asked(Tables.family(), networks == null || networks.contains(FAMILY)),
                asked(LayerSpace.draw(draw, seed), networks == null))
            .flatMap(each -> each)
            .toList();
    List<GemmSize> gemms =
        Tables.gemms().stream()
            .filter(s -> isAsked(GEMM))
            .filter(s -> layer.matcher(s.name()).find())
            .toList();
    Files.createDirectories(output);
    Field field = new Field(libraries(), layouts, algorithms);
    Meter meter = new Meter(rounds, turnMillis, warmupMillis, jvmArgs);
    lanes = Child.call(meter.flags(), new TypeReference<Integer>() {}, Child.LANES);

    say("the machine");
    meter.machine("before", List.copyOf(new TreeSet<>(threads)));
    for (int fork = 1; fork <= forks; fork++) {
      for (Layer each : layers) {
        say("fork " + fork + " of " + forks + ": " + each.name());
        race(meter, field, each);
      }
      for (GemmSize each : gemms) {
        say("fork " + fork + " of " + forks + ": " + each.name());
        race(meter, field, each);
      }
      save(meter);
    }
    extras(meter);
    wholeNetworks(meter);
    meter.machine("after", List.copyOf(new TreeSet<>(threads)));
    save(meter);
    Report.write(output, publish ? Path.of("") : output, publish);
    say("the report is in " + (publish ? Path.of("RESULTS.md") : output.resolve("RESULTS.md")));
    return 0;
  }

  private Stream<Layer> asked(List<Layer> table, boolean whole) {
    return table.stream()
        .filter(l -> whole || networks.contains(l.network()))
        .filter(l -> layer.matcher(l.name()).find());
  }

  private void requireKnownNetworks() {
    Set<String> known = new TreeSet<>(List.of(GEMM, FAMILY));
    known.addAll(List.of(FirstUse.NAME, Rounding.NAME, Planning.NAME, Separable.NAME));
    known.addAll(List.of(NetworkRun.NAME, LayerSpace.NAME));
    Tables.layers().forEach(l -> known.add(l.network()));
    for (String network : networks == null ? List.<String>of() : networks) {
      if (!known.contains(network)) {
        throw new ParameterException(
            spec.commandLine(), "--network: " + network + "; must be among " + known);
      }
    }
  }

  /** Whether something other than layers is to be measured; it has no batch. */
  private boolean isAsked(String network) {
    return networks == null ? batch == 1 : networks.contains(network);
  }

  private void race(Meter meter, Field field, Layer each) throws IOException {
    for (int count : threads) {
      List<String> entered = field.contenders(each.timesBatch(batch), count);
      for (String group : field.groups(entered, count)) {
        meter.layer(each, batch, count, group);
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

  /** What is measured of Convector alone, in JVMs without JMH. */
  private void extras(Meter meter) throws IOException {
    if (isAsked(FirstUse.NAME) && layer.matcher(FirstUse.NAME).find()) {
      for (int i = 1; i <= FirstUse.STARTS; i++) {
        say(FirstUse.NAME + ", start " + i + " of " + FirstUse.STARTS);
        for (String variant : FirstUse.VARIANTS) {
          var type = new TypeReference<FirstUse>() {};
          firstUses.add(Child.call(meter.flags(), type, FirstUse.NAME, variant));
        }
      }
    }
    if (isAsked(Rounding.NAME) && layer.matcher(Rounding.NAME).find()) {
      say(Rounding.NAME);
      var type = new TypeReference<List<Rounding>>() {};
      roundings.addAll(Child.call(meter.flags(), type, Rounding.NAME));
    }
    if (isAsked(Planning.NAME) && layer.matcher(Planning.NAME).find()) {
      say(Planning.NAME);
      var type = new TypeReference<List<Planning>>() {};
      List<String> flags = new ArrayList<>(meter.flags());
      flags.addAll(Planning.HEAP);
      plannings.addAll(Child.call(flags, type, Planning.NAME));
    }
    if (isAsked(Separable.NAME) && layer.matcher(Separable.NAME).find()) {
      say(Separable.NAME);
      var type = new TypeReference<List<Separable>>() {};
      separables.addAll(Child.call(meter.flags(), type, Separable.NAME));
    }
  }

  /** Saved one by one, since all of them take long. */
  private void wholeNetworks(Meter meter) throws IOException {
    if (!isAsked(NetworkRun.NAME)) {
      return;
    }
    int longer = NetworkRun.TIMES_LONGER;
    Turns turns = new Turns(rounds, longer * turnMillis, longer * warmupMillis);
    for (Network network : Networks.all()) {
      String entry = NetworkRun.NAME + "/" + network.name();
      if (layer.matcher(entry).find()) {
        say(entry);
        Path file = network.write(NETWORKS);
        for (int count : threads) {
          networkRuns.addAll(
              NetworkRun.inChild(network, file, count, libraries(), turns, meter.flags()));
        }
        save(meter);
      }
    }
  }

  private void applyDefaults() {
    if (networks == null && quick) {
      networks = List.of("resnet50");
    }
    int processors = Runtime.getRuntime().availableProcessors();
    if (threads == null) {
      threads = quick || processors == 1 ? List.of(1) : List.of(1, processors);
    }
    forks = forks == null ? (quick ? 1 : 3) : forks;
    rounds = rounds == null ? (quick ? 5 : 7) : rounds;
    turnMillis = turnMillis == null ? (quick ? 60 : 100) : turnMillis;
    warmupMillis = warmupMillis == null ? (quick ? 200 : 400) : warmupMillis;
    name = name == null ? (quick ? "quick" : "race") : name;
    output = publish ? Path.of("jmh/results") : output;
  }

  private List<Library> libraries() {
    return contenders == null
        ? Libraries.all()
        : contenders.stream().map(Libraries::named).toList();
  }

  private void save(Meter meter) throws IOException {
    meter.write(output.resolve(name + ".json"));
    Session session =
        new Session(
            name,
            command(),
            start.truncatedTo(ChronoUnit.SECONDS).toString(),
            Machine.commit(),
            Machine.processor(),
            Runtime.getRuntime().availableProcessors(),
            lanes,
            Machine.memoryBytes(),
            Machine.system(),
            Machine.jdk(),
            meter.flags(),
            Machine.clearedVariables(),
            forks,
            rounds,
            turnMillis,
            warmupMillis,
            meter.facts(),
            firstUses,
            roundings,
            plannings,
            separables,
            networkRuns);
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(output.resolve(name + ".session.json").toFile(), session);
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
