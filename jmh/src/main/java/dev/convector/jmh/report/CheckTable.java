package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;

import dev.convector.jmh.check.CheckPart;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The long runs of the tests, a line for each commit that they ran at. */
final class CheckTable {
  static final String HOW_TO_READ =
      """
      The last runs of profiles that `mvn verify` leaves out: random cases and calls against the \
      scalar oracle, `mvn verify -P` and the name. Their parts are widths of vectors, numbers of \
      registers, small blocks, or flags of the JVM; those that are named were run.""";

  private final Map<String, CheckPart> checks = new LinkedHashMap<>();
  private final Map<String, List<String>> parts = new LinkedHashMap<>();

  CheckTable(List<CheckPart> all) {
    for (CheckPart part : all) {
      String run = run(part);
      checks.merge(run, part, CheckPart::plus);
      parts.computeIfAbsent(run, first -> new ArrayList<>()).add(part.part());
    }
  }

  private static String run(CheckPart part) {
    return part.check() + " at " + part.commit();
  }

  boolean isEmpty() {
    return checks.isEmpty();
  }

  void write(Markdown text) {
    text.table(
        List.of("profile", "parts", "tests", "cases", "failed", "seconds", "day", "commit", "on"),
        checks.values().stream().map(this::line).toList());
  }

  private List<String> line(CheckPart check) {
    return List.of(
        "`" + check.check() + "`",
        String.join(", ", parts.get(run(check))),
        Integer.toString(check.methods()),
        String.format(Locale.ROOT, "%,d", check.cases()),
        Integer.toString(check.failures()),
        number(check.seconds()),
        check.date().substring(0, 10),
        check.commit(),
        check.processor());
  }
}
