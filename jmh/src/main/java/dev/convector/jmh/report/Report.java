package dev.convector.jmh.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes RESULTS.md and its charts from the JSON of the kept sessions, and README's headline from
 * the same figures.
 */
public final class Report {
  private static final String BEGIN = "<!-- headline -->";
  private static final String END = "<!-- /headline -->";

  private Report() {}

  /** Rewrites the published report from {@code jmh/results}, in the project's root. */
  public static void main(String[] args) throws IOException {
    write(Path.of("jmh/results"), Path.of(""), true);
  }

  /**
   * @param folder of the sessions; receives the charts
   * @param target folder of RESULTS.md
   * @param headline whether to rewrite README.md's headline as well
   */
  public static void write(Path folder, Path target, boolean headline) throws IOException {
    System.setProperty("java.awt.headless", "true");
    List<Results> sessions = Results.in(folder);
    Path charts = target.toAbsolutePath().relativize(folder.toAbsolutePath());
    Markdown text = new Markdown();
    text.heading(1, "Results");
    text.paragraph(Sections.HOW_TO_READ);
    for (Results session : sessions) {
      Sections sections = new Sections(session, text);
      sections.environment();
      sections.machine();
      sections.disqualified();
      for (int threads : session.threadCounts()) {
        for (String layout : List.of("NHWC", "NCHW", "gemm")) {
          Standings standings = new Standings(session, layout, threads);
          if (!standings.rows().isEmpty()) {
            sections.standings(standings, threads);
          }
        }
      }
      for (String file : new Charts(session, folder).write()) {
        text.picture(Charts.description(file), charts.resolve(file).toString().replace('\\', '/'));
      }
    }
    Files.writeString(target.resolve("RESULTS.md"), text.toString());
    Path readme = target.resolve("README.md");
    if (headline && Files.exists(readme) && !sessions.isEmpty()) {
      Files.writeString(readme, withHeadline(Files.readString(readme), sessions));
    }
  }

  /** The text between the markers replaced; unchanged without markers. */
  private static String withHeadline(String readme, List<Results> sessions) {
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    if (begin < 0 || end < begin) {
      return readme;
    }
    Results session =
        sessions.stream()
            .filter(s -> s.session().name().equals("race"))
            .findFirst()
            .orElse(sessions.getFirst());
    Markdown headline = new Markdown();
    new Sections(session, headline).headline();
    return readme.substring(0, begin + BEGIN.length()) + "\n" + headline + readme.substring(end);
  }
}
