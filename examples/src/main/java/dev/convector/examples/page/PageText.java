package dev.convector.examples.page;

import java.util.Locale;

/** What was read, for the terminal. */
final class PageText {
  private PageText() {}

  /** A line of text for each line: its number, the confidence in percent, what it says. */
  static String of(Page page) {
    StringBuilder text = new StringBuilder();
    if (page.lines().isEmpty()) {
      text.append(String.format("no text found%n"));
    }
    for (int i = 0; i < page.lines().size(); i++) {
      Page.Line line = page.lines().get(i);
      text.append(
          String.format(
              Locale.ROOT, "%3d %5.1f %%  %s%n", i + 1, 100 * line.confidence(), line.text()));
    }
    int unread = page.unread().size();
    if (unread > 0) {
      text.append(
          String.format(
              "    and %d %s like text and can't be read%n",
              unread, unread == 1 ? "place that looks" : "places that look"));
    }
    return text.toString();
  }
}
