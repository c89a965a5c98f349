package dev.convector.jmh;

import com.fasterxml.jackson.core.type.TypeReference;
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
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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
  /** Where whole networks are written; they take 2 GB. */
  private static final Path NETWORKS = Path.of("jmh/target/race/networks");

  @Mixin private RaceOptions options;

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
    options.applyDefaults();
    Selection selection = selection();
    Files.createDirectories(options.output);
    Meter meter =
        new Meter(options.rounds, options.turnMillis, options.warmupMillis, options.jvmArgs);
    absent = Child.call(meter.flags(), new TypeReference<>() {}, Child.ABSENT);
    absent.forEach((library, why) -> say("without " + library + ", which is not here: " + why));
    Field field = new Field(options.libraries(absent), options.layouts, options.algorithms);
    lanes = Child.call(meter.flags(), new TypeReference<Integer>() {}, Child.LANES);

    collector = Child.call(meter.flags(), new TypeReference<String>() {}, Child.COLLECTOR);
    solo = new Solo(meter.flags());

    say("the machine");
    meter.machine("before", List.copyOf(new TreeSet<>(options.threads)));
    for (int fork = 1; fork <= options.forks; fork++) {
      for (Layer each : selection.layers()) {
        if (fork == 1 || !each.network().equals(LayerSpace.NAME)) {
          say("fork " + fork + " of " + options.forks + ": " + each.name());
          race(meter, field, each);
        }
      }
      for (GemmSize each : selection.gemms()) {
        say("fork " + fork + " of " + options.forks + ": " + each.name());
        race(meter, field, each);
      }
      save(meter);
    }
    for (String alone : selection.solo()) {
      say(alone);
      solo.measure(alone);
    }
    if (options.collectors.isEmpty()) {
      wholeNetworks(meter, selection.wholeNetworks());
    }
    meter.machine("after", List.copyOf(new TreeSet<>(options.threads)));
    save(meter);
    if (options.publish) {
      new Archive(options.output).tidy();
      Report.publish(Path.of(""));
      say("RESULTS.md, docs/results and README's headline are rewritten");
    } else {
      Path page = Report.verdict(options.output, options.name, Path.of(""));
      say("the verdict is in " + page);
    }
    return 0;
  }

  private Selection selection() {
    try {
      return new Selection(options.networks, options.layer, options.ofSpace(), options.batch);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private void race(Meter meter, Field field, Layer each) throws IOException {
    for (int count : options.threads) {
      List<String> entered = field.contenders(each.timesBatch(options.batch), count);
      for (String group : field.groups(entered, count)) {
        if (options.collectors.isEmpty()) {
          meter.layer(each, options.batch, count, "", group);
        }
        for (RaceOptions.Collector other : options.collectors) {
          meter.layer(each, options.batch, count, other.name(), group);
        }
      }
    }
  }

  private void race(Meter meter, Field field, GemmSize each) throws IOException {
    for (int count : options.threads) {
      List<String> entered = field.contenders(each, count);
      for (String group : field.groups(entered, count)) {
        meter.gemm(each, count, group);
      }
    }
  }

  /** Saved one by one, since all of them take long. */
  private void wholeNetworks(Meter meter, List<Network> whole) throws IOException {
    Turns turns =
        new Turns(options.rounds, options.networkTurnMillis(), options.networkWarmupMillis());
    for (Network network : whole) {
      for (int images : options.networkBatches) {
        say(network.name() + (images == 1 ? "" : ", batch " + images));
        Network several = network.ofBatch(images);
        Path file = several.write(NETWORKS);
        for (int count : options.threads) {
          try {
            networkRuns.addAll(
                NetworkRun.inChildren(
                    several,
                    file,
                    count,
                    options.libraries(absent),
                    turns,
                    options.freshSeconds,
                    meter.flags()));
          } catch (IOException e) {
            say("left out, on " + count + " threads: " + e.getMessage());
          }
        }
        save(meter);
      }
    }
  }

  private void save(Meter meter) throws IOException {
    Session session =
        new Session(
            options.name,
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
            options.forks,
            options.rounds,
            options.turnMillis,
            options.warmupMillis,
            options.networkTurnMillis(),
            options.networkWarmupMillis(),
            meter.versions(),
            meter.readings(),
            absent,
            solo.firstUses(),
            solo.roundings(),
            solo.plannings(),
            solo.separables(),
            solo.scalings(),
            networkRuns);
    new Archive(options.output).write(session, meter.timings());
  }

  /** What repeats this run; arguments that a shell would take apart are quoted. */
  private String command() {
    String given =
        Stream.of(args)
            .map(arg -> arg.matches("[\\w./,=:+-]*") ? arg : "'" + arg + "'")
            .collect(Collectors.joining(" "));
    return "mvn -Prace -pl jmh -am verify -Drace.options=\"" + given + "\"";
  }

  private void say(String what) {
    Duration since = Duration.between(start, Instant.now());
    System.out.printf("%4d s  %s%n", since.toSeconds(), what);
  }
}
