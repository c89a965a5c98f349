package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convector.jmh.report.Standings.Row;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Why layers are lost, as far as it was found: the texts of {@code reasons.json}, written by hand,
 * beside the layers that a session lost by more than a tenth without Winograd.
 */
final class Reasons {
  /** Of the best other's speed. */
  private static final double CLEARLY_LOST = 0.9;

  /** Layers of a reason that are named. */
  private static final int SHOWN = 6;

  private static final String UNKNOWN = "No reason was found.";

  /**
   * @param machine a part of its name
   * @param layout NHWC or NCHW; null for both
   * @param tasks a pattern, found in the layer's name
   * @param why what was found, and how
   */
  private record Reason(String machine, String layout, String tasks, String why) {
    boolean holdsOn(String name, String where) {
      return name.contains(machine) && (layout == null || layout.equals(where));
    }
  }

  private final List<Reason> reasons;

  Reasons() throws IOException {
    try (InputStream json = Reasons.class.getResourceAsStream("reasons.json")) {
      reasons = read(json);
    }
  }

  /** Others than the resource's, in its format. */
  Reasons(InputStream json) throws IOException {
    reasons = read(json);
  }

  private static List<Reason> read(InputStream json) throws IOException {
    return new ObjectMapper().readValue(json, new TypeReference<List<Reason>>() {});
  }

  /** Adds the layers that a session lost clearly to those of each reason, or of none. */
  void collect(Standings standings, String machine, Map<String, List<String>> lost) {
    List<Reason> known =
        reasons.stream().filter(reason -> reason.holdsOn(machine, standings.layout())).toList();
    for (Row row : standings.rows()) {
      double ratio = Standings.ratio(standings.direct(row), standings.best(row));
      if (ratio < CLEARLY_LOST) {
        String why =
            known.stream()
                .filter(reason -> Pattern.compile(reason.tasks).matcher(row.task()).find())
                .findFirst()
                .map(Reason::why)
                .orElse(UNKNOWN);
        lost.computeIfAbsent(why, w -> new ArrayList<>())
            .add(row.task() + " " + standings.layout() + " " + number(ratio));
      }
    }
  }

  /** One table; nothing if nothing is lost. */
  static void write(Map<String, List<String>> lost, Markdown text) {
    List<List<String>> table = new ArrayList<>();
    lost.forEach(
        (why, layers) -> {
          String more = layers.size() > SHOWN ? ", and " + (layers.size() - SHOWN) + " more" : "";
          String some = layers.stream().limit(SHOWN).collect(Collectors.joining(", "));
          table.add(List.of(why, some + more));
        });
    if (!table.isEmpty()) {
      text.table(
          List.of(
              "reason, by hand, from experiments that no command repeats",
              "layers, with the ratio without Winograd"),
          table);
    }
  }
}
