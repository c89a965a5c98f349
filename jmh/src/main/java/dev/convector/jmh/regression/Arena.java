package dev.convector.jmh.regression;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convector.jmh.race.Child;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A JVM in which versions meet: a few cases, so that code is compiled as in a program. */
public final class Arena {
  /**
   * How often a case is made anew. Where arrays lie to each other in pages and caches moves the
   * ratio of two equal versions by up to 9 % in the depthwise layers that take 10 to 60 us.
   */
  private static final int PLACEMENTS = 4;

  /** Longest array that pushes the next ones to other places: two pages. */
  private static final int LONGEST_PAD = 8192;

  /** What a placement needs to be warm again, as a share of what the first needs. */
  private static final double WARM_AGAIN = 0.1;

  private Arena() {}

  /** Of the child: reads a {@link Job} and prints a {@link Measurement} a line, each as JSON. */
  public static void main(String[] args) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Job job = json.readValue(System.in.readAllBytes(), Job.class);
    run(
        job,
        measurement -> {
          try {
            System.out.println(json.writeValueAsString(measurement));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Runs a job in this JVM; gives a measurement for each case, in order. */
  static void run(Job job, Consumer<Measurement> reader) throws IOException {
    try (VersionLoader old = new VersionLoader("old", Path.of(job.old()));
        VersionLoader young = new VersionLoader("new", Path.of(job.young()))) {
      for (Case each : job.cases()) {
        List<Measurement> placements = new ArrayList<>();
        for (int i = 0; i < PLACEMENTS; i++) {
          placements.add(compare(each, job, i, old, young));
        }
        reader.accept(Measurement.together(placements));
      }
    }
  }

  /**
   * Runs a job in a JVM of its own.
   *
   * @param reader is given each measurement when it is there
   * @throws IOException if the JVM fails
   */
  static void call(List<String> flags, Job job, Consumer<Measurement> reader) throws IOException {
    ObjectMapper json = new ObjectMapper();
    Process process =
        new ProcessBuilder(Child.command(flags, Arena.class, List.of()))
            .redirectErrorStream(true)
            .start();
    StringBuilder said = new StringBuilder();
    try (var from =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      json.writeValue(process.getOutputStream(), job);
      for (String line = from.readLine(); line != null; line = from.readLine()) {
        if (line.startsWith("{")) {
          reader.accept(json.readValue(line, Measurement.class));
        } else {
          said.append(line).append(System.lineSeparator());
        }
      }
      if (process.waitFor() != 0) {
        throw new IOException("a JVM that compares failed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.destroy();
    }
  }

  private static Measurement compare(
      Case task, Job job, int placement, VersionLoader old, VersionLoader young) {
    var random = new SplittableRandom(placement);
    List<byte[]> pads = new ArrayList<>();
    Operands data = Operands.of(task, () -> pads.add(new byte[random.nextInt(LONGEST_PAD)]));
    List<Subject> subjects = new ArrayList<>();
    String side = "";
    try {
      boolean youngFirst = job.youngFirst() ^ placement % 2 == 1;
      for (boolean isOld : new boolean[] {!youngFirst, youngFirst}) {
        pads.add(new byte[random.nextInt(LONGEST_PAD)]);
        side = isOld ? "old" : "new";
        Subject subject = (isOld ? old : young).prepare(task, data, job.threads());
        subjects.add(isOld ? 0 : subjects.size(), subject);
      }
      Subject first = subjects.get(0);
      Subject second = subjects.get(1);
      side = "old";
      float[] expected = Duel.output(first, data.dst());
      side = "new";
      double difference = Statistics.difference(expected, Duel.output(second, data.dst()));
      System.gc();
      double warmup = placement == 0 ? 1 : WARM_AGAIN;
      return new Duel(first, second, job.turnMicros())
          .measure(warmup * job.warmupSeconds(), job.seconds() / PLACEMENTS, difference);
    } catch (InvocationTargetException e) {
      return Measurement.failed(side + " " + e.getCause());
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      return Measurement.failed(side + " " + e);
    } finally {
      subjects.forEach(Subject::close);
      Reference.reachabilityFence(pads);
    }
  }
}
