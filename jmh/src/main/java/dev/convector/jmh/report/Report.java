package dev.convector.jmh.report;

import static dev.convector.jmh.report.Markdown.number;
import static dev.convector.jmh.report.Markdown.percent;
import static dev.convector.jmh.report.Markdown.ratio;

import dev.convector.jmh.check.CheckArchive;
import dev.convector.jmh.race.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes RESULTS.md, a page of each session and README's headline from the kept sessions, and the
 * verdict on a reader's own machine.
 */
public final class Report {
  private static final String BEGIN = "<!-- headline -->";
  private static final String END = "<!-- /headline -->";

  /** What is kept, in the project's root. */
  public static final Path SESSIONS = Path.of("jmh", "results");

  private static final Path PAGES = Path.of("docs", "results");
  private static final String HEADLINE_CHART = "headline.png";

  private Report() {}

  /** Rewrites the published report, in the project's root. */
  public static void main(String[] args) throws IOException {
    publish(Path.of(""));
  }

  /**
   * Rewrites RESULTS.md, {@code docs/results}, the charts in {@code jmh/results} and README's
   * headline.
   *
   * @param root of the project
   */
  public static void publish(Path root) throws IOException {
    System.setProperty("java.awt.headless", "true");
    List<Results> all = Results.in(root.resolve(SESSIONS));
    Charts charts = new Charts(root.resolve(SESSIONS));
    Markdown text = new Markdown();
    CheckTable checks = new CheckTable(new CheckArchive(root.resolve(SESSIONS)).read());
    new Overview(all, checks, text, charts, SESSIONS, PAGES).write();
    Files.writeString(root.resolve("RESULTS.md"), text.toString());
    Set<Path> written = new HashSet<>();
    Files.createDirectories(root.resolve(PAGES));
    for (Results results : all) {
      Markdown page = new Markdown();
      new SessionPage(results, page).write();
      Path file = root.resolve(PAGES).resolve(results.title() + ".md");
      Files.writeString(file, page.toString());
      written.add(file.getFileName());
    }
    Path readme = root.resolve("README.md");
    if (Files.exists(readme) && !all.isEmpty()) {
      Markdown headline = new Markdown();
      List<Results> newest = Overview.newest(all);
      List<Results> most = mostMeasured(newest);
      headline(most, charts, headline);
      others(newest, most, headline);
      Files.writeString(readme, withHeadline(Files.readString(readme), headline.toString()));
    }
    charts.written().forEach(name -> written.add(Path.of(name)));
    removeOthers(root.resolve(PAGES), ".md", written);
    removeOthers(root.resolve(SESSIONS), ".png", written);
  }

  /**
   * Writes one page about a session that is not published, beside the published figures.
   *
   * @param folder of the session
   * @param name of the session
   * @param root of the project
   * @return the page
   */
  public static Path verdict(Path folder, String name, Path root) throws IOException {
    Results own =
        Results.in(folder).stream()
            .filter(results -> results.session().name().equals(name))
            .findFirst()
            .orElseThrow();
    List<Results> published = Overview.newest(Results.in(root.resolve(SESSIONS)));
    Markdown text = new Markdown();
    verdict(own, published.isEmpty() ? List.of() : mostMeasured(published), text);
    Markdown page = new Markdown();
    new SessionPage(own, page).write();
    Files.writeString(folder.resolve(own.title() + ".md"), page.toString());
    Path file = folder.resolve("verdict-" + name + ".md");
    Files.writeString(file, text.toString());
    return file;
  }

  /** Sessions of the machine of which the most figures are known; of equals the newest. */
  private static List<Results> mostMeasured(List<Results> all) {
    return Overview.byMachine(all).values().stream()
        .max(
            Comparator.<List<Results>>comparingInt(s -> figures(s))
                .thenComparing(s -> s.getFirst().session().date()))
        .orElseThrow();
  }

  private static int figures(List<Results> sessions) {
    Headline headline = new Headline(sessions);
    int count = 0;
    for (Headline.Column column : headline.columns()) {
      for (Headline.Subject subject : Headline.Subject.values()) {
        count += headline.cell(subject, column).map(Headline.Cell::count).orElse(0);
      }
    }
    return count;
  }

  private static void headline(List<Results> sessions, Charts charts, Markdown text)
      throws IOException {
    Headline headline = new Headline(sessions);
    Session session = sessions.getFirst().session();
    text.paragraph(
        "On %s, each against the fastest of the other libraries in the same layout:"
            .formatted(session.machine()));
    headline.write(text);
    List<String> drawn = new ArrayList<>();
    for (Results results : sessions) {
      for (String layout : List.of("NHWC", "NCHW")) {
        DrawnTable table = new DrawnTable(results, layout, 1);
        if (!table.isEmpty()) {
          drawn.add(layout + ", " + table.sentence());
        }
      }
    }
    if (!drawn.isEmpty()) {
      text.paragraph("Layers that no table has, one thread: " + String.join("; ", drawn) + ".");
    }
    String chart = charts.headline(headline, HEADLINE_CHART);
    if (!chart.isEmpty()) {
      text.picture(
          "Convector's speed over that of the fastest other library",
          SESSIONS.resolve(chart).toString().replace('\\', '/'));
    }
    text.paragraph("Measured: " + headline.sources() + "; see [RESULTS.md](RESULTS.md).");
  }

  /** What is known of other machines than README's table. */
  private static void others(List<Results> all, List<Results> most, Markdown text) {
    Overview.byMachine(all)
        .forEach(
            (machine, sessions) -> {
              Headline headline = new Headline(sessions);
              if (!sessions.equals(most) && !headline.isEmpty()) {
                text.paragraph("On %s: %s.".formatted(machine, headline.sentence()));
              }
            });
  }

  private static void verdict(Results own, List<Results> published, Markdown text) {
    Session session = own.session();
    text.heading(1, "Verdict");
    text.paragraph(
        "Convector on %s, %s, collector %s, commit %s. Above 1 it is faster than the fastest other library; losses are marked ▼."
            .formatted(session.machine(), session.jdk(), session.collector(), session.commit()));
    session.absent().forEach((library, why) -> text.bullet("without " + Names.of(library), why));
    text.bullet(
        "the machine",
        "clock %s GHz, %s multiply-adds a cycle, peak %s GFLOP/s on one thread, memory %s GB/s"
            .formatted(
                number(own.clock()),
                number(own.multiplyAddsPerCycle()),
                number(own.peak(1)),
                number(own.reading("ReadBandwidth", 1))));
    if (!published.isEmpty()) {
      text.bullet("published", "on " + published.getFirst().session().machine());
    }
    text.endOfList();
    Headline here = new Headline(List.of(own));
    Headline there = new Headline(published);
    List<List<String>> table = new ArrayList<>();
    for (Headline.Column column : here.columns()) {
      for (Headline.Subject subject : Headline.Subject.values()) {
        here.cell(subject, column)
            .ifPresent(cell -> table.add(line(subject, column, cell, there.cell(subject, column))));
      }
    }
    text.table(
        List.of(
            "",
            "layers",
            "here",
            "published",
            "here over published, of what both measured",
            "lost"),
        table);
    text.paragraph(Allocation.sentence(own.timings()));
    text.paragraph("Layer by layer: [" + own.title() + ".md](" + own.title() + ".md).");
  }

  private static List<String> line(
      Headline.Subject subject,
      Headline.Column column,
      Headline.Cell here,
      Optional<Headline.Cell> there) {
    double published = there.map(Headline.Cell::mean).orElse(Double.NaN);
    return List.of(
        subject.title() + ", " + column.title(),
        Integer.toString(here.count()),
        ratio(here.mean()),
        number(published),
        percent(there.map(here::over).orElse(Double.NaN)),
        Long.toString(here.lost()));
  }

  /** The text between the markers replaced; unchanged without markers. */
  private static String withHeadline(String readme, String headline) {
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    return begin < 0 || end < begin
        ? readme
        : readme.substring(0, begin + BEGIN.length()) + "\n" + headline + readme.substring(end);
  }

  /** Files of sessions that are no longer kept. */
  private static void removeOthers(Path folder, String suffix, Set<Path> written)
      throws IOException {
    List<Path> files;
    try (var entries = Files.list(folder)) {
      files = entries.filter(file -> file.toString().endsWith(suffix)).toList();
    }
    for (Path file : files) {
      if (!written.contains(file.getFileName())) {
        Files.delete(file);
      }
    }
  }
}
