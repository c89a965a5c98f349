package dev.convector.jmh.report;

import dev.convector.Algorithm;
import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerClass;
import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.layer.Operation;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.race.Timing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The comparison at one layout and one number of threads: Convector's entry, the same without
 * Winograd, and the others, task by task. Disqualified contenders are not in it.
 */
final class Standings {
  private static final String AUTO = "/AUTO";
  private static final String DIRECT = "/direct";
  private static final String SERIAL = "/serial";
  private static final String FORCED = "convector/";

  /** What standard accuracy forbids. */
  private static final Set<Algorithm> RELAXED =
      EnumSet.of(Algorithm.WINOGRAD_F6X6_3X3, Algorithm.WINOGRAD_F4X4_5X5);

  private static final Set<String> FORCIBLE =
      Arrays.stream(Algorithm.values())
          .filter(a -> a != Algorithm.AUTO && !RELAXED.contains(a))
          .map(Algorithm::name)
          .collect(Collectors.toSet());

  /**
   * @param task layer or matrix product
   * @param network it belongs to, depthwise layers apart
   * @param flops of the direct method
   * @param bytes that must move at least
   * @param timings of this layout by contender, none disqualified
   * @param elsewhere of contenders in any layout, none disqualified
   * @param failed contenders of this layout that were disqualified
   */
  record Row(
      String task,
      String network,
      double flops,
      double bytes,
      Map<String, Timing> timings,
      List<Timing> elsewhere,
      Set<String> failed) {
    Optional<Timing> of(String contender) {
      return Optional.ofNullable(timings.get(contender));
    }

    double gflops(Timing timing) {
      return flops / (1000 * timing.micros());
    }
  }

  private final String layout;
  private final List<Row> rows = new ArrayList<>();

  /** Of convolutions or matrix products. */
  Standings(Results results, String layout, int threads) {
    this(results, layout, threads, convolutions(results));
  }

  /** Of the rest of the family. */
  static Standings ofFamily(Results results, String layout, int threads) {
    return new Standings(results, layout, threads, Tables.family());
  }

  private Standings(Results results, String layout, int threads, List<Layer> layers) {
    this.layout = layout;
    Map<String, Map<String, Timing>> byTask = new LinkedHashMap<>();
    Map<String, List<Timing>> elsewhere = new LinkedHashMap<>();
    Map<String, Set<String>> failed = new LinkedHashMap<>();
    int batch = 1;
    for (Timing timing : results.timings()) {
      if (timing.threads() != threads) {
        continue;
      }
      String task = timing.task();
      boolean fails = !timing.failure().isEmpty();
      if (!fails) {
        elsewhere.computeIfAbsent(task, t -> new ArrayList<>()).add(timing);
      }
      if (takesPart(timing)) {
        var here = byTask.computeIfAbsent(task, t -> new LinkedHashMap<>());
        batch = timing.batch();
        if (fails) {
          failed.computeIfAbsent(task, t -> new LinkedHashSet<>()).add(timing.contender());
        } else {
          here.put(timing.contender(), timing);
        }
      }
    }
    for (Layer layer : layers) {
      String name = layer.name();
      if (byTask.containsKey(name)) {
        rows.add(
            new Row(
                name,
                group(layer),
                (double) layer.flops() * batch,
                layer.timesBatch(batch).bytes(),
                byTask.get(name),
                elsewhere.getOrDefault(name, List.of()),
                failed.getOrDefault(name, Set.of())));
      }
    }
    for (GemmSize size : Tables.gemms()) {
      String name = size.name();
      if (byTask.containsKey(name)) {
        rows.add(
            new Row(
                name,
                "gemm",
                size.flops(),
                size.bytes(),
                byTask.get(name),
                List.of(),
                failed.getOrDefault(name, Set.of())));
      }
    }
  }

  /** Of drawn layers the class, of others the network, in both depthwise layers apart. */
  private static String group(Layer layer) {
    if (layer.network().equals(LayerSpace.NAME)) {
      return LayerSpace.NAME + ", " + LayerClass.of(layer).title();
    }
    boolean apart = layer.operation() == Operation.FORWARD && layer.depthwise();
    return layer.network() + (apart ? ", depthwise" : "");
  }

  /** The tables' layers, then those that were drawn, class by class. */
  private static List<Layer> convolutions(Results results) {
    List<Layer> all = new ArrayList<>(Tables.convolutions());
    results.timings().stream()
        .map(Timing::task)
        .filter(task -> task.startsWith(LayerSpace.NAME + "/"))
        .distinct()
        .map(LayerSpace::named)
        .sorted(Comparator.comparing(LayerClass::of))
        .forEach(all::add);
    return all;
  }

  private boolean takesPart(Timing timing) {
    String variant = timing.contender().substring(timing.contender().indexOf('/') + 1);
    boolean product = timing.task().startsWith("gemm/");
    return layout.equals("gemm") ? product : !product && variant.startsWith(layout);
  }

  String layout() {
    return layout;
  }

  List<Row> rows() {
    return rows;
  }

  List<Row> rows(String network) {
    return rows.stream().filter(row -> row.network.equals(network)).toList();
  }

  Set<String> networks() {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.add(row.network));
    return names;
  }

  /** Names of those that are not Convector's. */
  Set<String> rivals() {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> row.timings.keySet().stream().filter(this::rival).forEach(names::add));
    return names;
  }

  /** Libraries that are not Convector, in the order of their appearance. */
  Set<String> libraries(List<Row> some) {
    Set<String> names = new LinkedHashSet<>();
    for (Row row : some) {
      row.timings.values().stream()
          .filter(t -> rival(t.contender()))
          .forEach(t -> names.add(t.library()));
      row.failed.stream().filter(this::rival).forEach(c -> names.add(Names.library(c)));
    }
    return names;
  }

  /** The fastest of a library's ways to compute a task. */
  Optional<Timing> of(Row row, String library) {
    return row.timings.values().stream()
        .filter(t -> t.library().equals(library))
        .min(Comparator.comparingDouble(Timing::micros));
  }

  /** Names of Convector's entries that no column of the comparison shows. */
  Set<String> others() {
    Set<String> names = new LinkedHashSet<>();
    for (Row row : rows) {
      row.timings.keySet().stream()
          .filter(c -> !rival(c) && !c.endsWith(AUTO) && !c.endsWith(DIRECT))
          .filter(c -> !c.endsWith(SERIAL) && !c.equals(FORCED + "packed"))
          .forEach(names::add);
    }
    return names;
  }

  /** Convector on one thread, in the same JVM as on several. */
  Optional<Timing> serial(Row row) {
    return row.of(FORCED + layout + SERIAL);
  }

  /** The fastest of the algorithms that were forced and that AUTO may choose. */
  Optional<Timing> bestForced(Row row) {
    return row.timings.values().stream()
        .filter(t -> FORCIBLE.contains(t.contender().substring(t.contender().lastIndexOf('/') + 1)))
        .filter(Timing::convector)
        .min(Comparator.comparingDouble(Timing::micros));
  }

  /** Convector as a user gets it. */
  Optional<Timing> ours(Row row) {
    return row.of(layout.equals("gemm") ? FORCED + "packed" : FORCED + layout + AUTO);
  }

  /** Convector without Winograd; the same as {@link #ours} where AUTO doesn't choose it. */
  Optional<Timing> direct(Row row) {
    return row.of(FORCED + layout + DIRECT)
        .or(() -> ours(row).filter(t -> !t.algorithm().startsWith("WINOGRAD")));
  }

  /** The fastest of the others. */
  Optional<Timing> best(Row row) {
    return row.timings.values().stream()
        .filter(t -> rival(t.contender()))
        .min(Comparator.comparingDouble(Timing::micros));
  }

  /** The fastest of the others in whatever layout it likes best. */
  Optional<Timing> bestAnywhere(Row row) {
    return row.elsewhere.stream()
        .filter(t -> rival(t.contender()))
        .min(Comparator.comparingDouble(Timing::micros));
  }

  /** How many times as fast Convector is as the fastest of the others; NaN if either is missing. */
  double vsBest(Row row) {
    return ratio(ours(row), best(row));
  }

  /** Whether Convector is slower than another, or fails where another doesn't. */
  boolean lost(Row row) {
    return vsBest(row) < 1 || ours(row).isEmpty() && best(row).isPresent();
  }

  /**
   * By how much the ratio to the fastest of the others differs between forks: the largest over the
   * least, less 1; NaN with one fork.
   */
  double forkSpread(Row row) {
    Optional<Timing> ours = ours(row);
    Optional<Timing> best = best(row);
    if (ours.isEmpty() || best.isEmpty()) {
      return Double.NaN;
    }
    int forks = Math.min(ours.get().forkMicros().size(), best.get().forkMicros().size());
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int i = 0; i < forks; i++) {
      double ratio = best.get().forkMicros().get(i) / ours.get().forkMicros().get(i);
      least = Math.min(least, ratio);
      most = Math.max(most, ratio);
    }
    return forks < 2 ? Double.NaN : most / least - 1;
  }

  /** Geometric mean over those rows where the value is a number; empty if there is none. */
  static OptionalDouble geometricMean(List<Row> rows, ToDoubleFunction<Row> value) {
    double[] logarithms =
        rows.stream().mapToDouble(value).filter(v -> !Double.isNaN(v)).map(Math::log).toArray();
    double sum = 0;
    for (double logarithm : logarithms) {
      sum += logarithm;
    }
    return logarithms.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.exp(sum / logarithms.length));
  }

  /** How many times as fast the first is as the second; NaN if either is missing. */
  static double ratio(Optional<Timing> first, Optional<Timing> second) {
    return first.isPresent() && second.isPresent()
        ? second.get().micros() / first.get().micros()
        : Double.NaN;
  }

  private boolean rival(String contender) {
    return !contender.startsWith(FORCED);
  }
}
