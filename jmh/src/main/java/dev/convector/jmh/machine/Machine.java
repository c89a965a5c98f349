package dev.convector.jmh.machine;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Where the race takes place, and a clean environment for it. */
public final class Machine {
  /**
   * Variables by which threads, instruction sets and code paths of the native libraries, or the
   * flags of any JVM, are changed from outside.
   */
  private static final Pattern TUNING =
      Pattern.compile(
          "(OMP|GOMP|DNNL|ONEDNN|MKL|OPENBLAS|KMP|GOTO|BLIS|ATEN|TORCH|ORT)_.*|.*JAVA_(TOOL_)?OPTIONS");

  /** What publishing a session rewrites. */
  private static final List<String> PUBLISHED =
      List.of("README.md", "RESULTS.md", "docs/results", "jmh/results");

  /** Told to the relaunched process, whose environment no longer shows what was removed. */
  private static final String CLEARED_PROPERTY = "race.cleared";

  private Machine() {}

  /** Names of tuning variables that are set. */
  public static List<String> tuningVariables() {
    return System.getenv().keySet().stream()
        .filter(name -> TUNING.matcher(name).matches())
        .sorted()
        .toList();
  }

  /** Names that {@link #relaunchWithout} removed for this process. */
  public static List<String> clearedVariables() {
    String cleared = System.getProperty(CLEARED_PROPERTY, "");
    return cleared.isEmpty() ? List.of() : List.of(cleared.split(","));
  }

  /**
   * Starts this program again without some environment variables: a process can't change its own,
   * and the forks inherit them.
   *
   * @return its exit code
   */
  public static int relaunchWithout(List<String> variables, Class<?> main, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-D" + CLEARED_PROPERTY + "=" + String.join(",", variables));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().keySet().removeAll(variables);
    return builder.start().waitFor();
  }

  /** Name, family, model and stepping, since a virtual machine's name may be "AMD EPYC" only. */
  public static String processor() {
    Map<String, String> facts = new HashMap<>();
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      lines
          .map(line -> line.split("\\s*:\\s*", 2))
          .filter(words -> words.length == 2)
          .forEach(words -> facts.putIfAbsent(words[0], words[1].strip()));
    } catch (IOException e) {
      String brand = output("sysctl", "-n", "machdep.cpu.brand_string");
      return brand.isEmpty() ? property("os.arch") : brand;
    }
    return processor(facts);
  }

  /** From the facts of Linux about one processor. */
  static String processor(Map<String, String> facts) {
    if (facts.containsKey("model name")) {
      return facts.get("model name")
          + ", family "
          + facts.get("cpu family")
          + " model "
          + facts.get("model")
          + " stepping "
          + facts.get("stepping");
    }
    return facts.containsKey("CPU part")
        ? "%s, implementer %s part %s variant %s revision %s"
            .formatted(
                property("os.arch"),
                facts.get("CPU implementer"),
                facts.get("CPU part"),
                facts.get("CPU variant"),
                facts.get("CPU revision"))
        : property("os.arch");
  }

  public static long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  public static String system() {
    return property("os.name") + " " + property("os.version") + " " + property("os.arch");
  }

  public static String jdk() {
    return property("java.vm.name")
        + " "
        + property("java.runtime.version")
        + ", "
        + property("java.vendor.version");
  }

  /** Of garbage, in this JVM; by the name that follows {@code -XX:+Use}. */
  public static String collector() {
    String name = ManagementFactory.getGarbageCollectorMXBeans().getFirst().getName();
    return switch (name.split(" ")[0]) {
      case "Copy" -> "Serial";
      case "PS" -> "Parallel";
      case "ZGC" -> "Z";
      default -> name.split(" ")[0];
    };
  }

  /**
   * Of the sources in the working directory; a plus sign says that they were changed, other than by
   * an earlier session's publication.
   */
  public static String commit() {
    return commit(Path.of("."));
  }

  /** The same of the sources that a folder lies in. */
  public static String commit(Path folder) {
    String path = folder.toString();
    String commit = output("git", "-C", path, "rev-parse", "--short=12", "HEAD");
    List<String> status =
        new ArrayList<>(
            List.of("git", "-C", path, "status", "--porcelain", "--untracked-files=no"));
    status.addAll(List.of("--", ":(top)"));
    PUBLISHED.forEach(file -> status.add(":(top,exclude)" + file));
    boolean changed = !output(status.toArray(String[]::new)).isEmpty();
    return commit.isEmpty() ? "unknown" : commit + (changed ? "+" : "");
  }

  private static String property(String name) {
    return System.getProperty(name, "");
  }

  /** What a command prints; empty if it fails or doesn't exist. */
  private static String output(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0 ? text : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
