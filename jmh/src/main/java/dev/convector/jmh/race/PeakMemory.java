package dev.convector.jmh.race;

import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.contender.Library;
import dev.convector.jmh.network.Network;
import dev.convector.jmh.network.Networks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a {@link FreshProcess} on one thread takes with heaps of several sizes. */
@Command(name = "peak-memory", mixinStandardHelpOptions = true, sortOptions = false)
public final class PeakMemory implements Callable<Integer> {
  @Option(
      names = "--heap",
      split = ",",
      defaultValue = "0",
      description =
          "the heap's largest sizes in MiB, for one process each; 0, as by default, for the JVM's")
  private List<Integer> heaps;

  @Option(
      names = "--seconds",
      defaultValue = "3",
      description = "that a process runs; default ${DEFAULT-VALUE}")
  private double seconds;

  @Option(
      names = "--networks",
      defaultValue = "jmh/target/race/networks",
      description = "where networks are written")
  private Path folder;

  @Parameters(paramLabel = "NETWORK", defaultValue = "resnet-50", description = "as the race's")
  private List<String> names;

  public static void main(String[] args) {
    System.exit(new CommandLine(new PeakMemory()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    for (String name : names) {
      Network network = Networks.named(name);
      Path file = network.write(folder);
      for (Library library : Libraries.all()) {
        for (int heap : heaps) {
          if (library.runsNetworks()) {
            String said = measure(network, file, library, heap);
            System.out.println(name + " " + library.name() + " " + heap + ": " + said);
          }
        }
      }
    }
    return 0;
  }

  private String measure(Network network, Path file, Library library, int heap) {
    List<String> flags = new ArrayList<>(List.of("--add-modules=jdk.incubator.vector"));
    if (heap > 0) {
      flags.add("-Xmx" + heap + "m");
    }
    try {
      FreshProcess process = FreshProcess.start(network, file, library, 1, seconds, flags);
      return String.format(
          Locale.ROOT,
          "%.0f MiB; first answer after %.0f ms",
          process.peakMebibytes(),
          process.firstMillis());
    } catch (IOException e) {
      return "failed; does it fit the heap?";
    }
  }
}
