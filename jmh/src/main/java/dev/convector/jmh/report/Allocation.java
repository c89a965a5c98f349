package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;

import dev.convector.jmh.race.Timing;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What Convector's calls left on the Java heap, in a sentence. */
final class Allocation {
  /** Of JMH's own and the counter's, in bytes a call; an object has at least 16. */
  private static final double NOTHING = 16;

  private Allocation() {}

  static String sentence(List<Timing> timings) {
    List<Timing> ours =
        timings.stream()
            .filter(Timing::convector)
            .filter(t -> t.failure().isEmpty() && !Double.isNaN(t.allocatedBytes()))
            .toList();
    Optional<Timing> most = ours.stream().max(Comparator.comparing(Timing::allocatedBytes));
    if (most.isEmpty()) {
      return "Allocation was not counted.";
    }
    long some = ours.stream().filter(t -> t.allocatedBytes() >= NOTHING).count();
    long scratch = ours.stream().mapToLong(Timing::workspaceBytes).max().orElse(0);
    return "Of "
        + ours.size()
        + " measurements of Convector "
        + (some == 0
            ? "none allocated as much as an object in a call"
            : some
                + " allocated 16 bytes or more a call, the most "
                + number(most.get().allocatedBytes())
                + " ("
                + most.get().task()
                + ", "
                + most.get().contender()
                + ")")
        + "; the largest scratch was "
        + number(scratch / 1024.0)
        + " KiB, all threads together.";
  }
}
