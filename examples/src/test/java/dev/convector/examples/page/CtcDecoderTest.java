package dev.convector.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CtcDecoderTest {
  private static final int CLASSES = 4;

  private final CtcDecoder decoder = CtcDecoder.ofPaddle(Stream.of("a", "b"));

  /** Decodes steps whose likeliest classes these are: 0 the blank, 1 a, 2 b, 3 the space. */
  private Decoded decode(int... classes) {
    float[] probabilities = new float[classes.length * CLASSES];
    for (int i = 0; i < classes.length; i++) {
      probabilities[i * CLASSES + classes[i]] = 0.5f + 0.125f * classes[i];
    }
    return decoder.decode(probabilities);
  }

  @Test
  void repetitionsAreOneCharacterUnlessABlankParts() {
    assertEquals("ab", decode(1, 1, 2, 2, 2).text());
    assertEquals("aab", decode(0, 1, 0, 1, 1, 2, 0).text());
  }

  @Test
  void theLastClassIsTheSpace() {
    assertEquals("a b", decode(1, 3, 3, 2).text());
  }

  @Test
  void theConfidenceIsTheMeanOfWhatIsKept() {
    assertEquals((0.625 + 0.75) / 2, decode(0, 1, 1, 0, 2).confidence());
  }

  @Test
  void nothingButBlanksSaysNothing() {
    assertEquals(new Decoded("", 0), decode(0, 0, 0));
    assertEquals(new Decoded("", 0), decode());
  }
}
