package dev.convector.jmh.race;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convector.jmh.alone.FirstUse;
import dev.convector.jmh.alone.Planning;
import dev.convector.jmh.alone.Rounding;
import dev.convector.jmh.alone.Scaling;
import dev.convector.jmh.alone.Separable;
import dev.convector.jmh.contender.Libraries;
import dev.convector.jmh.machine.FmaPeak;
import dev.convector.jmh.machine.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measurements that JMH doesn't make, each in a JVM of its own with the flags of the forks. */
public final class Child {
  /** Asks which libraries the platform lacks: their names, with the reason. */
  public static final String ABSENT = "absent";

  public static final String COLLECTOR = "collector";
  public static final String LANES = "lanes";

  private Child() {}

  /** Of the child: what to measure, the file for the result, a variant or more. */
  public static void main(String[] args) throws Exception {
    Object result =
        switch (args[0]) {
          case ABSENT -> Libraries.absent();
          case COLLECTOR -> Machine.collector();
          case LANES -> FmaPeak.lanes();
          case FirstUse.NAME -> FirstUse.measure(FirstUse.LAYER, args[2], FirstUse.SECONDS);
          case Rounding.NAME -> Rounding.measure(Rounding.CHANNELS, Rounding.SEEDS, new Turns());
          case Planning.NAME -> Planning.measure(Planning.LAYERS, new Turns());
          case Separable.NAME -> Separable.measure(Separable.BLOCKS, new Turns());
          case Scaling.NAME ->
              Scaling.measure(
                  Scaling.LAYERS,
                  Scaling.NETWORKS,
                  Scaling.threads(Runtime.getRuntime().availableProcessors()),
                  new Turns());
          case NetworkRun.NAME -> NetworkRun.measure(List.of(args).subList(2, args.length));
          case FreshProcess.NAME -> FreshProcess.measure(List.of(args).subList(2, args.length));
          default -> throw new IllegalArgumentException("no such measurement: " + args[0]);
        };
    new ObjectMapper().writeValue(Path.of(args[1]).toFile(), result);
  }

  /** What starts a program in another JVM of this kind, with the class path of this one. */
  public static List<String> command(List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** Starts a JVM and reads what it measured. */
  public static <T> T call(
      List<String> flags, TypeReference<T> type, String what, String... variant)
      throws IOException {
    Path result = Files.createTempFile("race", ".json");
    try {
      List<String> arguments = new ArrayList<>(List.of(what, result.toString()));
      arguments.addAll(List.of(variant));
      List<String> command = command(flags, Child.class, arguments);
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException("the JVM that measured " + what + " failed: " + said);
      }
      return new ObjectMapper().readValue(result.toFile(), type);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.deleteIfExists(result);
    }
  }
}
