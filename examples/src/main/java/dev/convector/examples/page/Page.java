package dev.convector.examples.page;

import java.util.List;

/**
 * What was read.
 *
 * @param lines in reading order
 * @param unread areas that look like text and say nothing
 * @param stages what it took, in the order in which it was done
 */
public record Page(List<Line> lines, List<TextArea> unread, List<Stage> stages) {
  /**
   * A line of text.
   *
   * @param area where it is; the text runs along it
   * @param text what it says
   * @param confidence the mean probability of its characters
   */
  public record Line(TextArea area, String text, double confidence) {
    /** PP-OCR's; less sure than this, what looked like text is taken for something else. */
    private static final double READABLE = 0.5;

    boolean isReadable() {
      return confidence >= READABLE && !text.isBlank();
    }
  }

  /**
   * A part of the work.
   *
   * @param name what was done
   * @param areas how many areas it worked on
   * @param milliseconds of all runs, with preparing their inputs and understanding their outputs
   */
  public record Stage(String name, int areas, double milliseconds) {}
}
