package dev.convector.jmh.race;

import dev.convector.jmh.contender.Contender;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.contender.NetworkTask;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.network.Networks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The largest resident set of a fresh process that runs one network in one library on one thread,
 * as Linux knows it. Of that the JVM takes some 44 MiB before anything is loaded.
 */
@Command(name = "peak-memory", mixinStandardHelpOptions = true, sortOptions = false)
public final class PeakMemory implements Callable<Integer> {
  private static final int RUNS = 20;
  private static final String CHILD = "--child";
  private static final Path STATUS = Path.of("/proc/self/status");

  @Option(
      names = "--heap",
      split = ",",
      defaultValue = "0",
      description =
          "the heap's largest sizes in MiB, for one process each; 0, as by default, for the JVM's")
  private List<Integer> heaps;

  @Option(
      names = "--networks",
      defaultValue = "jmh/target/race/networks",
      description = "where networks are written")
  private Path folder;

  @Parameters(paramLabel = "NETWORK", defaultValue = "resnet-50", description = "as the race's")
  private List<String> names;

  public static void main(String[] args) throws Exception {
    if (args.length == 3 && args[0].equals(CHILD)) {
      measure(args[1], Path.of(args[2]));
      return;
    }
    System.exit(new CommandLine(new PeakMemory()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    for (String name : names) {
      Path file = Networks.named(name).write(folder);
      for (Library library : Libraries.all()) {
        for (int heap : heaps) {
          if (library.runsNetworks()) {
            child(name + " " + library.name() + " " + heap, library, file, heap);
          }
        }
      }
    }
    return 0;
  }

  private static void child(String what, Library library, Path file, int heap)
      throws IOException, InterruptedException {
    List<String> flags = new ArrayList<>(List.of("--add-modules=jdk.incubator.vector"));
    if (heap > 0) {
      flags.add("-Xmx" + heap + "m");
    }
    List<String> command =
        Child.command(flags, PeakMemory.class, List.of(CHILD, library.name(), file.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes()).strip();
    boolean failed = process.waitFor() != 0;
    System.out.println(what + ": " + (failed ? "failed; does it fit the heap?" : said));
  }

  /** In the child. */
  private static void measure(String library, Path file) throws Exception {
    Network network = Networks.named(file.getFileName().toString().replace(".onnx", ""));
    long began = System.nanoTime();
    try (Contender contender =
        Libraries.named(library).prepare(new NetworkTask(network, file), 1)) {
      long prepared = peakMebibytes();
      contender.run();
      double first = (System.nanoTime() - began) / 1e9;
      for (int i = 0; i < RUNS; i++) {
        contender.run();
      }
      System.out.printf(
          Locale.ROOT,
          "%d MiB, %d until it was prepared; first answer after %.2f s%n",
          peakMebibytes(),
          prepared,
          first);
    }
  }

  private static long peakMebibytes() throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow(() -> new IOException(STATUS + ": without VmHWM"));
  }
}
