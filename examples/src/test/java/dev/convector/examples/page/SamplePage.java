package dev.convector.examples.page;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.examples.Photo;
import java.io.IOException;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The page that comes with the program, and what it says. */
final class SamplePage {
  static final int WIDTH = 384;

  private static final String TEXT =
      """
      Region-based segmentation
      Let us first determine markers of the coins and the
      background. These markers are pixels that we can label
      unambiguously as either object or background. Here,
      the markers are found at the two extreme parts of the
      histogram of grey values:
      >>> markers = np.zeros_like(coins)
      """;

  /** The networks know Chinese best, and leave out a space here and there. */
  private static final int FEW_ERRORS = 8;

  /** Small and bent as it is, the page loses more where it is turned or has other colours. */
  private static final int MORE_ERRORS = 18;

  private SamplePage() {}

  static Photo photo() throws IOException {
    return Photo.read(ReadPage.class.getResourceAsStream("page.png"), "page.png");
  }

  /** The page as it is. */
  static void assertRead(String text) {
    assertAlike(text, FEW_ERRORS);
  }

  /** The page in another form. */
  static void assertMostlyRead(Page page) {
    assertAlike(
        page.lines().stream().map(line -> line.text() + "\n").collect(Collectors.joining()),
        MORE_ERRORS);
  }

  private static void assertAlike(String text, int mostErrors) {
    int errors = LevenshteinDistance.getDefaultInstance().apply(TEXT, text);
    assertTrue(errors <= mostErrors, () -> errors + " errors in:\n" + text);
  }
}
