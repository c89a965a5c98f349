package dev.convector.examples.page;

import java.util.List;
import java.util.stream.Stream;

/**
 * Characters from probabilities by best path: the likeliest class of each step, repetitions merged,
 * blanks dropped ("Connectionist Temporal Classification", Graves et al. 2006, section 3.2).
 */
final class CtcDecoder {
  /** The class that stands for no character. */
  private static final int BLANK = 0;

  private final List<String> characters;

  /**
   * A decoder of as many classes as there are characters, and the blank.
   *
   * @param characters of the classes from 1
   */
  CtcDecoder(List<String> characters) {
    this.characters = List.copyOf(characters);
  }

  /** A decoder of PP-OCR's classes: the blank, the lines of a file, the space. */
  static CtcDecoder ofPaddle(Stream<String> lines) {
    return new CtcDecoder(Stream.concat(lines, Stream.of(" ")).toList());
  }

  /**
   * Decodes a line.
   *
   * @param probabilities {@code [steps][classes]}
   */
  Decoded decode(float[] probabilities) {
    int classes = characters.size() + 1;
    StringBuilder text = new StringBuilder();
    double sum = 0;
    int count = 0;
    int previous = BLANK;
    for (int step = 0; step < probabilities.length / classes; step++) {
      int best = likeliest(probabilities, step * classes, classes);
      if (best != BLANK && best != previous) {
        text.append(characters.get(best - 1));
        sum += probabilities[step * classes + best];
        count++;
      }
      previous = best;
    }
    return new Decoded(text.toString(), count == 0 ? 0 : sum / count);
  }

  private static int likeliest(float[] probabilities, int from, int classes) {
    int best = 0;
    for (int i = 1; i < classes; i++) {
      if (probabilities[from + i] > probabilities[from + best]) {
        best = i;
      }
    }
    return best;
  }
}
