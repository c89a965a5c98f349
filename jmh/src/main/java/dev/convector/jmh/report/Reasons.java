package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.convector.jmh.report.Standings.Row;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Why layers are lost, as far as it was found: the texts of {@code reasons.json}, written by hand,
 * beside the layers that a session lost by more than a tenth without Winograd, and under the table
 * of the machine where they are about a session as a whole.
 */
final class Reasons {
  /** Of the best other's speed. */
  private static final double CLEARLY_LOST = 0.9;

  private static final String UNKNOWN = "No reason was found.";

  /**
   * @param processor a part of its name
   * @param layout NHWC or NCHW
   * @param tasks a pattern of the layers
   * @param session null, or the only session that it is for, as a whole: then the others are null
   * @param why what was found, and how
   */
  private record Reason(
      String processor, String layout, String tasks, String session, String why) {}

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

  /** What was found about a session as a whole. */
  void write(String session, Markdown text) {
    reasons.stream().filter(r -> session.equals(r.session)).forEach(r -> text.paragraph(r.why));
  }

  /** Nothing where nothing is known of the processor, or without other contenders. */
  void write(Standings standings, String processor, Markdown text) {
    List<Reason> known =
        reasons.stream()
            .filter(r -> r.session == null && processor.contains(r.processor))
            .filter(r -> r.layout.equals(standings.layout()))
            .toList();
    Map<String, List<String>> lost = new LinkedHashMap<>();
    known.forEach(reason -> lost.put(reason.why, new ArrayList<>()));
    for (Row row : standings.rows()) {
      double ratio = Standings.ratio(standings.direct(row), standings.best(row));
      if (ratio < CLEARLY_LOST) {
        String why =
            known.stream()
                .filter(reason -> Pattern.compile(reason.tasks).matcher(row.task()).find())
                .findFirst()
                .map(Reason::why)
                .orElse(UNKNOWN);
        lost.computeIfAbsent(why, w -> new ArrayList<>()).add(row.task() + " " + number(ratio));
      }
    }
    lost.values().removeIf(List::isEmpty);
    if (known.isEmpty() || lost.isEmpty()) {
      return;
    }
    text.heading(4, "Why layers are lost by more than a tenth, " + standings.layout());
    text.paragraph(
        "Without Winograd, against the best of the others. The reasons are hand-written, and the "
            + "figures in them are from experiments that no command repeats.");
    List<List<String>> table = new ArrayList<>();
    lost.forEach((why, layers) -> table.add(List.of(why, String.join(", ", layers))));
    text.table(List.of("reason", "layers"), table);
  }
}
