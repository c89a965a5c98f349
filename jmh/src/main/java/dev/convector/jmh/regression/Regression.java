package dev.convector.jmh.regression;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Old against new: two versions of the library, in two class loaders of one JVM, layer by layer.
 *
 * <p>Exit codes: 0, 1 if a layer is slower than the limit allows or its output is wrong, 2 if
 * nothing could be compared.
 */
@Command(
    name = "regression",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeOnExecutionException = Verdict.UNUSABLE)
public final class Regression implements Callable<Integer> {
  /** Cases of a JVM: enough that profiles are mixed as in a network, few enough to restart. */
  private static final int CHUNK = 10;

  private static final int QUICK = 4;

  @Option(
      names = "--old",
      required = true,
      description = "a jar, a folder of classes, or a git revision, which is then built")
  String old;

  @Option(
      names = "--new",
      defaultValue = "src/target/classes",
      description = "the same; default ${DEFAULT-VALUE}, the working tree's")
  String young;

  @Option(
      names = "--layers",
      split = ",",
      defaultValue = Layers.REGRESSION,
      description = {
        Layers.REGRESSION + ", " + Layers.RACE + " (all layers of the race),",
        Layers.DRAWN + ":60:1 (60 that no table has, seed 1), or files with lines",
        "such as theirs; default ${DEFAULT-VALUE}"
      })
  List<String> layers;

  @Option(names = "--layer", description = "a regular expression, found in a layer's name")
  Pattern layer = Pattern.compile("");

  @Option(names = "--quick", description = "every fourth layer")
  boolean quick;

  @Option(
      names = "--layout",
      defaultValue = "both",
      description = "NHWC, NCHW or both; default ${DEFAULT-VALUE}")
  String layout;

  @Option(
      names = "--algorithm",
      description = "forced for every convolution; the lists force some by themselves")
  String algorithm;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "that run a layer; default ${DEFAULT-VALUE}")
  int threads;

  @Option(
      names = "--limit",
      defaultValue = "0.97",
      description = "least old time over new time that passes; default ${DEFAULT-VALUE}")
  double limit;

  @Option(
      names = "--forks",
      defaultValue = "1",
      description = "JVMs for each layer, of whose ratios the median counts; default 1")
  int forks;

  @Option(
      names = "--confirm",
      defaultValue = "2",
      description = "JVMs more for what is below the limit; default ${DEFAULT-VALUE}")
  int confirm;

  @Option(
      names = "--turn-ms",
      defaultValue = "2",
      description = "milliseconds of a turn, or a call if that takes longer; default 2")
  double turnMillis;

  @Option(
      names = "--seconds",
      defaultValue = "1",
      description = "of turns for each layer; default ${DEFAULT-VALUE}")
  double seconds;

  @Option(
      names = "--warmup",
      defaultValue = "1.4",
      description = "seconds of turns before, at least; default ${DEFAULT-VALUE}")
  double warmup;

  @Option(
      names = "--jvm-args",
      split = ",",
      description = "more flags of every JVM, such as -XX:MaxVectorSize=32")
  List<String> jvmArgs = List.of();

  @Option(names = "--csv", description = "file for the table")
  Path csv;

  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** The whole program but its end; returns the exit code. */
  static int run(String... args) {
    return new CommandLine(new Regression()).execute(args);
  }

  @Override
  public Integer call() throws IOException {
    List<Comparison> comparisons = cases().stream().map(Comparison::new).toList();
    Path oldPlace = place("--old", old);
    Path newPlace = place("--new", young);
    System.out.println("old " + oldPlace);
    System.out.println("new " + newPlace);
    System.out.println();
    System.out.println(Verdict.HEADER);
    for (int fork = 0; fork < forks; fork++) {
      compare(comparisons, oldPlace, newPlace, fork % 2 == 1);
    }
    for (int i = 0; i < confirm; i++) {
      List<Comparison> suspects = comparisons.stream().filter(c -> isSuspect(c)).toList();
      if (!suspects.isEmpty()) {
        System.out.printf("%nonce more, %d below the limit%n", suspects.size());
        compare(suspects, oldPlace, newPlace, (forks + i) % 2 == 1);
      }
    }
    Verdict verdict = new Verdict(comparisons, limit);
    System.out.println();
    verdict.summary().forEach(System.out::println);
    if (csv != null) {
      Files.write(
          csv,
          Stream.concat(Stream.of(Verdict.CSV_HEADER), comparisons.stream().map(Verdict::csv))
              .toList());
    }
    return verdict.exitCode();
  }

  /** What was once below the limit gets all the JVMs, lest the second alone acquits it. */
  private boolean isSuspect(Comparison c) {
    return !c.failed() && (c.isSlower(limit) || c.forks() > forks);
  }

  private void compare(List<Comparison> all, Path oldPlace, Path newPlace, boolean youngFirst)
      throws IOException {
    List<String> flags = new ArrayList<>(List.of("--add-modules=jdk.incubator.vector"));
    flags.addAll(jvmArgs);
    for (int start = 0; start < all.size(); start += CHUNK) {
      List<Comparison> chunk = all.subList(start, Math.min(start + CHUNK, all.size()));
      Job job =
          new Job(
              oldPlace.toString(),
              newPlace.toString(),
              youngFirst,
              threads,
              (int) (1e3 * turnMillis),
              seconds,
              warmup,
              chunk.stream().map(Comparison::task).toList());
      Arena.call(flags, job, new Receiver(chunk));
    }
  }

  /** Gives each measurement to its comparison, and prints it. */
  private static final class Receiver implements Consumer<Measurement> {
    private final List<Comparison> chunk;
    private int next;

    Receiver(List<Comparison> chunk) {
      this.chunk = chunk;
    }

    @Override
    public void accept(Measurement measurement) {
      Comparison one = new Comparison(chunk.get(next).task());
      one.add(measurement);
      System.out.println(Verdict.line(one));
      chunk.get(next++).add(measurement);
    }
  }

  private List<Case> cases() throws IOException {
    List<String> layouts =
        switch (layout) {
          case "both" -> List.of("NHWC", "NCHW");
          case "NHWC", "NCHW" -> List.of(layout);
          default -> throw wrong("--layout: " + layout + "; must be NHWC, NCHW or both");
        };
    if (threads < 1 || forks < 1 || confirm < 0) {
      throw wrong("--threads and --forks must be at least 1, --confirm at least 0");
    }
    List<Case> cases = new ArrayList<>();
    try {
      for (String list : layers) {
        cases.addAll(Layers.cases(list, layouts));
      }
    } catch (IllegalArgumentException e) {
      throw wrong("--" + e.getMessage());
    }
    if (quick) {
      List<String> names = cases.stream().map(Case::name).distinct().toList();
      cases.removeIf(c -> names.indexOf(c.name()) % QUICK != 0);
    }
    cases.removeIf(c -> !layer.matcher(c.name()).find());
    if (cases.isEmpty()) {
      throw wrong("--layer: " + layer + "; is in no name of " + layers);
    }
    if (algorithm == null) {
      return cases;
    }
    return cases.stream()
        .filter(c -> c.kind() == Case.Kind.CONVOLUTION)
        .map(c -> new Case(c.layer(), c.layout(), algorithm))
        .distinct()
        .toList();
  }

  private Path place(String option, String version) {
    try {
      return new Version(Path.of("jmh/target/regression")).resolve(version);
    } catch (IOException e) {
      throw wrong(option + ": " + version + "; " + e.getMessage());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
