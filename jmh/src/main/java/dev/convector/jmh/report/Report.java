package dev.convector.jmh.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

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
    List<Results> sessions = inOrder(Results.in(folder));
    Path charts = target.toAbsolutePath().relativize(folder.toAbsolutePath());
    Set<String> written = new HashSet<>();
    Markdown text = new Markdown();
    text.heading(1, "Results");
    text.paragraph(Sections.HOW_TO_READ);
    contents(sessions, text);
    Reasons reasons = new Reasons();
    for (Results session : sessions) {
      Sections sections = new Sections(session, text);
      sections.environment();
      sections.machine();
      sections.disqualified();
      reasons.write(session.session().name(), text);
      for (int threads : session.threadCounts()) {
        for (String layout : List.of("NHWC", "NCHW", "gemm")) {
          Standings standings = new Standings(session, layout, threads);
          if (!standings.rows().isEmpty()) {
            sections.standings(standings, threads);
            if (threads == 1 && session.batch() == 1) {
              reasons.write(standings, session.session().processor(), text);
            }
            Judgements judgements = new Judgements(standings, threads, text);
            judgements.choice();
            judgements.scaling();
          }
        }
        new Family(session, threads).write(text);
      }
      new Extras(session, text).write();
      new NetworkTable(session.session()).write(text);
      for (String file : new Charts(session, folder).write()) {
        text.picture(Charts.description(file), charts.resolve(file).toString().replace('\\', '/'));
        written.add(file);
      }
    }
    removeOldCharts(folder, sessions, written);
    Files.writeString(target.resolve("RESULTS.md"), text.toString());
    Path readme = target.resolve("README.md");
    if (headline && Files.exists(readme) && !sessions.isEmpty()) {
      Files.writeString(readme, withHeadline(Files.readString(readme), sessions.getFirst()));
    }
  }

  /**
   * First the session of README's headline: of those at the widest vectors and the tables' batch,
   * the one that compares the most layers on one thread, and of equals the newest. The others by
   * name.
   */
  private static List<Results> inOrder(List<Results> byName) {
    List<Results> sessions = new ArrayList<>(byName);
    byName.stream()
        .max(
            Comparator.<Results>comparingInt(r -> r.session().lanes())
                .thenComparingInt(r -> -r.batch())
                .thenComparingLong(Report::comparedLayers)
                .thenComparing(r -> r.session().date()))
        .ifPresent(
            first -> {
              sessions.remove(first);
              sessions.addFirst(first);
            });
    return sessions;
  }

  private static long comparedLayers(Results session) {
    long layers = 0;
    for (String layout : List.of("NHWC", "NCHW")) {
      Standings standings = new Standings(session, layout, 1);
      layers += standings.rows().stream().filter(row -> standings.best(row).isPresent()).count();
    }
    return layers;
  }

  private static void contents(List<Results> sessions, Markdown text) {
    for (Results session : sessions) {
      String title = Sections.title(session);
      String anchor = title.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-');
      text.bullet("[" + title + "](#" + anchor + ")", Sections.subject(session));
    }
    text.paragraph("");
  }

  /** A session that is run again under its name may have fewer charts than before. */
  private static void removeOldCharts(Path folder, List<Results> sessions, Set<String> written)
      throws IOException {
    List<Path> files;
    try (var entries = Files.list(folder)) {
      files = entries.filter(file -> file.toString().endsWith(".svg")).toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      boolean ours = sessions.stream().anyMatch(r -> name.startsWith(r.session().name() + "-"));
      if (ours && !written.contains(name)) {
        Files.delete(file);
      }
    }
  }

  /** The text between the markers replaced; unchanged without markers. */
  private static String withHeadline(String readme, Results session) {
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    if (begin < 0 || end < begin) {
      return readme;
    }
    Markdown headline = new Markdown();
    new Sections(session, headline).headline();
    return readme.substring(0, begin + BEGIN.length()) + "\n" + headline + readme.substring(end);
  }
}
