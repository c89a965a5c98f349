package dev.convector.jmh.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Collects a Markdown text. */
final class Markdown {
  private final StringBuilder text = new StringBuilder();

  Markdown heading(int level, String title) {
    return line("#".repeat(level) + " " + title).line("");
  }

  Markdown paragraph(String sentences) {
    return line(sentences).line("");
  }

  Markdown bullet(String name, String value) {
    return line("- " + name + ": " + value);
  }

  /** Behind the last bullet. */
  Markdown endOfList() {
    return line("");
  }

  Markdown picture(String description, String file) {
    return paragraph("![" + description + "](" + file + ")");
  }

  /** A table; figures are set to the right, the first column to the left. */
  Markdown table(List<String> header, List<List<String>> rows) {
    List<String> rule = new ArrayList<>();
    for (int i = 0; i < header.size(); i++) {
      rule.add(i == 0 ? "---" : "---:");
    }
    row(header);
    row(rule);
    rows.forEach(this::row);
    return line("");
  }

  Markdown fold(String title) {
    return line("<details><summary>" + title + "</summary>").line("");
  }

  Markdown unfold() {
    return line("</details>").line("");
  }

  private void row(List<String> cells) {
    line("| " + String.join(" | ", cells) + " |");
  }

  private Markdown line(String line) {
    text.append(line).append('\n');
    return this;
  }

  /** Three digits or so; a dash if it is no number. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    double size = Math.abs(value);
    String pattern = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, pattern, value);
  }

  static String percent(double part) {
    return Double.isNaN(part) ? "–" : String.format(Locale.ROOT, "%.0f %%", 100 * part);
  }

  /** A ratio of speeds, bold and marked where it is a loss. */
  static String ratio(double value) {
    return value < 1 ? "**" + number(value) + " ▼**" : number(value);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
