package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.percent;

import dev.convector.Algorithm;
import dev.convector.Layout;
import dev.convector.jmh.alone.FirstUse;
import dev.convector.jmh.alone.Planning;
import dev.convector.jmh.alone.Rounding;
import dev.convector.jmh.alone.Scaling;
import dev.convector.jmh.alone.Separable;
import dev.convector.jmh.race.Session;
import dev.convector.jmh.race.Timing;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What a session measured of Convector alone, each part only if it did. */
final class Extras {
  /** {@link dev.convector.Accuracy}'s bounds hold up to so many channels. */
  private static final int BOUNDED_CHANNELS = 512;

  /** A plan should cost at most so many copies of its weights. */
  private static final double COPIES = 3;

  /** One plan should reach at least this part of two plans' speed. */
  private static final double LEAST_FUSED = 0.97;

  private final Results results;
  private final Session session;
  private final Markdown text;

  Extras(Results results, Markdown text) {
    this.results = results;
    this.session = results.session();
    this.text = text;
  }

  void write() {
    if (!session.firstUses().isEmpty()) {
      firstUse();
    }
    if (!session.roundings().isEmpty()) {
      accuracy();
    }
    if (!session.plannings().isEmpty()) {
      planning();
    }
    if (!session.separables().isEmpty()) {
      separable();
    }
    if (!session.scalings().isEmpty()) {
      scaling();
    }
  }

  private void firstUse() {
    text.heading(3, "First use");
    text.paragraph(
        "ResNet-50's s2_3x3_128, NHWC, one thread, in a fresh JVM. Seconds count from where the "
            + "plan is asked for, the first use of the library; a speed is reached when it is the "
            + "median of the calls of 25 ms; steady is the median call of the last of three "
            + "seconds. Where `warmUp()` was called, its time is in the plan's. Medians over the "
            + "starts; in brackets the slowest.");
    Set<String> variants = new LinkedHashSet<>();
    session.firstUses().forEach(use -> variants.add(use.variant()));
    List<List<String>> table = new ArrayList<>();
    for (String variant : variants) {
      List<FirstUse> uses =
          session.firstUses().stream().filter(use -> use.variant().equals(variant)).toList();
      table.add(
          List.of(
              Names.of("convector/" + variant) + " (" + uses.getFirst().algorithm() + ")",
              Integer.toString(uses.size()),
              summary(uses, FirstUse::jvmMillis),
              summary(uses, FirstUse::planMillis),
              summary(uses, FirstUse::firstCallMillis),
              summary(uses, FirstUse::secondsToHalf),
              summary(uses, FirstUse::secondsToNinety),
              summary(uses, FirstUse::steadyMicros)));
    }
    text.table(
        List.of(
            "contender",
            "starts",
            "JVM before, ms",
            "plan, ms",
            "first call, ms",
            "50 % after, s",
            "90 % after, s",
            "steady, µs"),
        table);
  }

  private static String summary(List<FirstUse> uses, ToDoubleFunction<FirstUse> value) {
    double[] values = uses.stream().mapToDouble(value).sorted().toArray();
    return number(Timing.quantile(values, 0.5)) + " (" + number(values[values.length - 1]) + ")";
  }

  private void accuracy() {
    Rounding any = session.roundings().getFirst();
    text.heading(3, "Accuracy");
    text.paragraph(
        "Largest difference from the oracle (double arithmetic) over the root mean square of its "
            + "output: 3x3 (5x5 for algorithms of 5x5 kernels) on 14x14 pixels, as many filters as "
            + "channels, data and weights uniform in [-1, 1), the largest of "
            + any.seeds()
            + " seeds. The bounds are `Accuracy`'s, up to "
            + BOUNDED_CHANNELS
            + " channels; what exceeds one is bold and marked ▼.");
    roundings(
        "error",
        true,
        rounding -> {
          double bound = bound(rounding.algorithm()).orElse(Double.POSITIVE_INFINITY);
          boolean kept = rounding.error() <= bound || rounding.channels() > BOUNDED_CHANNELS;
          String error = scientific(rounding.error());
          return kept ? error : "**" + error + " ▼**";
        });
    double peak = results.peak(1);
    text.paragraph(
        "The same layers on one thread, GFLOP/s"
            + (Double.isNaN(peak) ? ":" : " and % of the peak:"));
    roundings(
        "speed",
        false,
        rounding -> {
          double speed = rounding.flops() / rounding.nanos();
          return number(speed) + (Double.isNaN(peak) ? "" : " / " + percent(speed / peak));
        });
  }

  /** A row for each layout and algorithm, a column for each number of channels. */
  private void roundings(String corner, boolean bounds, Function<Rounding, String> cell) {
    Set<Integer> channels = new TreeSet<>();
    Set<String> algorithms = new LinkedHashSet<>();
    Set<Layout> layouts = new TreeSet<>();
    for (Rounding rounding : session.roundings()) {
      channels.add(rounding.channels());
      algorithms.add(rounding.algorithm());
      layouts.add(rounding.layout());
    }
    List<String> header = new ArrayList<>(List.of(corner + " at channels"));
    channels.forEach(count -> header.add(Integer.toString(count)));
    if (bounds) {
      header.add("bound");
    }
    List<List<String>> table = new ArrayList<>();
    for (String algorithm : algorithms) {
      for (Layout layout : layouts) {
        List<String> cells = new ArrayList<>(List.of(algorithm + ", " + layout));
        for (int count : channels) {
          cells.add(
              session.roundings().stream()
                  .filter(r -> r.algorithm().equals(algorithm) && r.layout() == layout)
                  .filter(r -> r.channels() == count)
                  .findFirst()
                  .map(cell)
                  .orElse("–"));
        }
        if (bounds) {
          cells.add(bound(algorithm).map(Extras::scientific).orElse("–"));
        }
        table.add(cells);
      }
    }
    text.table(header, table);
  }

  private static Optional<Double> bound(String algorithm) {
    return switch (Algorithm.valueOf(algorithm)) {
      case WINOGRAD_F2X2_3X3, WINOGRAD_F4X4_3X3, WINOGRAD_F2X2_5X5 -> Optional.of(2e-5);
      case WINOGRAD_F6X6_3X3, WINOGRAD_F4X4_5X5 -> Optional.of(2e-4);
      default -> Optional.empty();
    };
  }

  private static String scientific(double value) {
    return String.format(Locale.ROOT, "%.1e", value).replace("e-0", "e-");
  }

  private void separable() {
    text.heading(3, "Separable");
    text.paragraph(
        "`DepthwiseSeparable2d` against the same as two plans: MobileNet V1's blocks, 3x3 and ReLU "
            + "twice, on one thread. A ratio above 1 means that one plan is faster; below "
            + LEAST_FUSED
            + " it is bold and marked ▼.");
    List<List<String>> table = new ArrayList<>();
    for (Separable separable : session.separables()) {
      double ratio = separable.stepsNanos() / separable.fusedNanos();
      String shown = String.format(Locale.ROOT, "%.2f", ratio);
      table.add(
          List.of(
              separable.block() + ", " + separable.layout(),
              number(separable.fusedNanos() / 1000),
              number(separable.stepsNanos() / 1000),
              ratio < LEAST_FUSED ? "**" + shown + " ▼**" : shown,
              number(separable.intermediateBytes() / 1024.0),
              number(separable.tensorBytes() / 1024.0)));
    }
    text.table(
        List.of("block", "one plan, µs", "two, µs", "ratio", "held, KiB", "between two, KiB"),
        table);
  }

  private void scaling() {
    text.heading(3, "Scaling");
    text.paragraph(
        "Times as fast as on one thread, all numbers of threads in turn in one JVM; in brackets "
            + "the share of the ideal. The means are geometric.");
    List<Integer> threads = session.scalings().getFirst().threads();
    List<String> header = new ArrayList<>(List.of("layer or network", "on 1, µs"));
    threads.stream().skip(1).forEach(count -> header.add("on " + count));
    List<List<String>> table = new ArrayList<>();
    for (boolean networks : List.of(false, true)) {
      List<Scaling> group =
          session.scalings().stream().filter(each -> each.isNetwork() == networks).toList();
      for (Scaling each : group) {
        List<String> row = new ArrayList<>(List.of(each.work(), number(each.micros().getFirst())));
        for (int i = 1; i < threads.size(); i++) {
          row.add(gain(each.share(i), threads.get(i)));
        }
        table.add(row);
      }
      List<String> mean = new ArrayList<>(List.of(networks ? "networks" : "layers", ""));
      for (int i = 1; i < threads.size(); i++) {
        int at = i;
        double logs = group.stream().mapToDouble(s -> Math.log(s.share(at))).average().orElse(0);
        mean.add("**" + gain(Math.exp(logs), threads.get(i)) + "**");
      }
      table.add(mean);
    }
    text.table(header, table);
  }

  private static String gain(double share, int threads) {
    return number(share * threads) + " (" + percent(share) + ")";
  }

  private void planning() {
    text.heading(3, "Planning");
    text.paragraph(
        "What a plan costs beside a copy of its weights, in a warm JVM whose heap is touched, on "
            + "one thread: into a new array, as a plan needs one, and into an array that is there. "
            + "More than "
            + number(COPIES)
            + " copies into a new array are bold and marked ▼. Winograd's plans transform each "
            + "kernel in double arithmetic, to 1.8 or 4 times the floats; grouped ones spread "
            + "each group's weights over lanes; and a plan takes some microseconds however few "
            + "its weights.");
    List<List<String>> table = new ArrayList<>();
    for (Planning planning : session.plannings()) {
      double copies = planning.planNanos() / planning.cloneNanos();
      table.add(
          List.of(
              planning.task() + ", " + planning.layout(),
              planning.algorithm(),
              number(planning.weightBytes() / 1024.0),
              number(planning.planNanos() / 1000),
              number(planning.cloneNanos() / 1000),
              number(planning.copyNanos() / 1000),
              copies > COPIES ? "**" + number(copies) + " ▼**" : number(copies),
              number(planning.planNanos() / planning.copyNanos())));
    }
    text.table(
        List.of(
            "layer",
            "algorithm",
            "weights, KiB",
            "plan, µs",
            "new copy, µs",
            "copy, µs",
            "plan / new copy",
            "plan / copy"),
        table);
  }
}
