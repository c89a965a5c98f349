package dev.convector.jmh.race;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/** Gives JMH's iterations back to their contenders, fork by fork. */
public final class Tally {
  /** What is kept of a time or an error. */
  private static final MathContext DIGITS = new MathContext(5);

  private final Map<Key, Entry> entries = new LinkedHashMap<>();

  /**
   * @param collector of garbage, if it was asked for; else empty
   */
  public record Key(String task, int threads, int batch, String collector, String contender) {}

  private static final class Entry {
    final List<double[]> forks = new ArrayList<>();
    final List<Fact> facts = new ArrayList<>();
  }

  /**
   * A fork of a task; iteration i belongs to contender i modulo their number.
   *
   * @param place of all contenders, whose own name doesn't matter
   * @param nanos of the iterations
   */
  public void fork(Key place, String[] contenders, double[] nanos) {
    int rounds = nanos.length / contenders.length;
    for (int i = 0; i < contenders.length; i++) {
      double[] own = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        own[round] = nanos[round * contenders.length + i];
      }
      entry(place, contenders[i]).forks.add(own);
    }
  }

  void fork(Key place, String[] contenders, Collection<RunResult> results) {
    for (RunResult result : results) {
      for (BenchmarkResult fork : result.getBenchmarkResults()) {
        double[] nanos =
            fork.getIterationResults().stream()
                .map(IterationResult::getPrimaryResult)
                .mapToDouble(primary -> primary.getScore())
                .toArray();
        fork(place, contenders, nanos);
      }
    }
  }

  public void facts(Key place, List<Fact> facts) {
    facts.forEach(fact -> entry(place, fact.contender()).facts.add(fact));
  }

  private Entry entry(Key place, String contender) {
    Key key = new Key(place.task, place.threads, place.batch, place.collector, contender);
    return entries.computeIfAbsent(key, k -> new Entry());
  }

  /** Of all contenders of all tasks, {@link Relay#PEAK} among them. */
  public List<Timing> timings() {
    List<Timing> timings = new ArrayList<>();
    entries.forEach((key, entry) -> timings.add(timing(key, entry)));
    return timings;
  }

  private static Timing timing(Key key, Entry entry) {
    List<Fact> facts = entry.facts;
    double[] all = entry.forks.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    boolean unchecked = facts.isEmpty() && !key.contender.equals(Relay.PEAK);
    String failure =
        unchecked
            ? "its output was not checked"
            : facts.stream()
                .map(fact -> fact.failure().lines().findFirst().orElse(""))
                .filter(line -> !line.isEmpty())
                .findAny()
                .orElse("");
    return new Timing(
        key.task,
        key.threads,
        key.batch,
        key.collector,
        key.contender,
        facts.isEmpty() ? "" : facts.getFirst().algorithm(),
        micros(all, 0.5),
        micros(all, 0.25),
        micros(all, 0.75),
        entry.forks.stream().map(fork -> micros(fork, 0.5)).toList(),
        rounded(facts.stream().mapToDouble(Fact::allocatedBytes).average().orElse(Double.NaN)),
        facts.stream().mapToLong(Fact::workspaceBytes).max().orElse(-1),
        rounded(facts.stream().map(Fact::error).max(Comparator.naturalOrder()).orElse(Double.NaN)),
        rounded(facts.stream().mapToLong(Fact::oracleNanos).average().orElse(Double.NaN) / 1e6),
        failure);
  }

  private static double micros(double[] nanos, double part) {
    double[] ascending = nanos.clone();
    Arrays.sort(ascending);
    return ascending.length == 0 ? Double.NaN : rounded(Timing.quantile(ascending, part) / 1000);
  }

  private static double rounded(double value) {
    return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value;
  }
}
