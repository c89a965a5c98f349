package dev.convector.examples.page;

import dev.convector.examples.page.Page.Stage;
import java.util.List;
import java.util.Locale;

/** What each stage took, for the terminal. */
final class StageTable {
  private StageTable() {}

  /**
   * A heading and a line for each stage.
   *
   * @param loading milliseconds of loading the networks
   * @param pages the same page, read at least once
   */
  static String of(double loading, List<Page> pages) {
    boolean repeated = pages.size() > 1;
    StringBuilder text = new StringBuilder();
    text.append(String.format("%-12s %5s %9s", "stage", "areas", "first, ms"));
    text.append(repeated ? String.format(" %10s%n", "median, ms") : String.format("%n"));
    text.append(String.format(Locale.ROOT, "%-12s %5s %9.1f%n", "loading", "", loading));
    for (int i = 0; i < pages.getFirst().stages().size(); i++) {
      Stage first = pages.getFirst().stages().get(i);
      text.append(
          String.format(
              Locale.ROOT, "%-12s %5d %9.1f", first.name(), first.areas(), first.milliseconds()));
      text.append(
          repeated
              ? String.format(Locale.ROOT, " %10.1f%n", median(i, pages))
              : String.format("%n"));
    }
    return text.toString();
  }

  /** The middle one; of an even number, the lower of the two. */
  private static double median(int stage, List<Page> pages) {
    double[] sorted =
        pages.stream()
            .skip(1)
            .mapToDouble(page -> page.stages().get(stage).milliseconds())
            .sorted()
            .toArray();
    return sorted[(sorted.length - 1) / 2];
  }
}
