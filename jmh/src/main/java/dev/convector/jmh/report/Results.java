package dev.convector.jmh.report;

import dev.convector.jmh.machine.FmaPeak;
import dev.convector.jmh.race.Archive;
import dev.convector.jmh.race.Reading;
import dev.convector.jmh.race.Relay;
import dev.convector.jmh.race.Session;
import dev.convector.jmh.race.Timing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** One session: its timings, and the machine's speed while they were taken. */
final class Results {
  private final Session session;
  private final List<Timing> timings = new ArrayList<>();
  private final List<Timing> underCollectors = new ArrayList<>();

  /** GFLOP/s of the multiply-adds that took turns with a task's contenders. */
  private final Map<String, Double> peaks = new HashMap<>();

  Results(Archive.Entry entry) {
    session = entry.session();
    for (Timing timing : entry.timings()) {
      if (timing.contender().equals(Relay.PEAK)) {
        peaks.put(peakKey(timing.task(), timing.collector()), peak(timing));
      } else if (timing.collector().isEmpty()) {
        timings.add(timing);
      } else {
        underCollectors.add(timing);
      }
    }
  }

  /** All sessions of a folder, by subject, the newest of a subject first. */
  static List<Results> in(Path folder) throws IOException {
    return new Archive(folder).read().stream().map(Results::new).toList();
  }

  Session session() {
    return session;
  }

  /** What days are compared of: a name, on a kind of machine. */
  List<String> subject() {
    return List.of(session.name(), session.machine());
  }

  /** Name and day, as in the files' names. */
  String title() {
    return session.name() + "-" + day();
  }

  String day() {
    return session.date().substring(0, 10);
  }

  /** Under the collector of the session. */
  List<Timing> timings() {
    return timings;
  }

  /** Those for which a collector was named. */
  List<Timing> underCollectors() {
    return underCollectors;
  }

  TreeSet<Integer> threadCounts() {
    TreeSet<Integer> counts = new TreeSet<>();
    timings.forEach(timing -> counts.add(timing.threads()));
    return counts;
  }

  /** GFLOP/s that FMA can reach; NaN if it was not measured. */
  double peak(int threads, String when) {
    return session.lanes() * reading("FmaPeak", threads, when);
  }

  /** The mean of before and after, of which either may be missing. */
  double peak(int threads) {
    return session.lanes() * reading("FmaPeak", threads);
  }

  /** What FMA reached in turn with a task's contenders; the session's mean if it took none. */
  double peak(String task, int threads) {
    return threads == 1 ? peaks.getOrDefault(peakKey(task, ""), peak(1)) : peak(threads);
  }

  /** The same under a collector that was named; NaN if it took no turns. */
  double peakUnder(String collector, String task) {
    return peaks.getOrDefault(peakKey(task, collector), Double.NaN);
  }

  private static String peakKey(String task, String collector) {
    return task + " " + collector;
  }

  /** The first quartile: where C2 is busy with the contenders, some turns are not compiled yet. */
  private double peak(Timing turns) {
    return session.lanes() * FmaPeak.FLOPS_PER_LANE / (1000 * turns.lowMicros());
  }

  /** Those that the machine was measured with. */
  TreeSet<Integer> machineThreads() {
    TreeSet<Integer> counts = new TreeSet<>();
    session.readings().stream()
        .filter(reading -> reading.what().equals("FmaPeak"))
        .forEach(reading -> counts.add(reading.threads()));
    return counts;
  }

  /** GHz; NaN where it was not measured. */
  double clock() {
    return reading("ClockSpeed", 1);
  }

  /** Multiply-adds of a vector that a cycle completes, as measured; NaN without a clock. */
  double multiplyAddsPerCycle() {
    return reading("FmaPeak", 1) / (2 * clock());
  }

  /** GFLOP/s of whole multiply-adds a cycle at the measured clock; NaN without a clock. */
  double derivedPeak() {
    return Double.isNaN(clock())
        ? Double.NaN
        : 2 * session.lanes() * clock() * Math.max(1, Math.round(multiplyAddsPerCycle()));
  }

  /** What the tables' batch was multiplied by; products of matrices have none. */
  int batch() {
    return timings.stream().mapToInt(Timing::batch).max().orElse(1);
  }

  /** Of a benchmark of the machine, the mean of before and after; NaN if it was not run. */
  double reading(String what, int threads) {
    double before = reading(what, threads, "before");
    double after = reading(what, threads, "after");
    return Double.isNaN(before) ? after : Double.isNaN(after) ? before : (before + after) / 2;
  }

  /** Of a benchmark of the machine; NaN if it was not run. */
  double reading(String what, int threads, String when) {
    return session.readings().stream()
        .filter(r -> r.what().equals(what) && r.threads() == threads && r.when().equals(when))
        .mapToDouble(Reading::score)
        .findFirst()
        .orElse(Double.NaN);
  }
}
