package dev.convector.examples.photos;

import java.util.List;

/**
 * What is done to a photograph and which pictures come of it.
 *
 * @param name for the table
 * @param source the picture it starts from
 * @param kernels one after the other
 * @param views pictures of the last one's output
 */
record Filter(String name, Source source, List<Kernel> kernels, List<View> views) {

  /** Pictures that a filter may start from. */
  enum Source {
    COLOURS,
    LUMINANCE
  }

  /** How output channels become colours. */
  enum Mode {
    /** Three channels: red, green, blue. */
    COLOURS,
    /** The first channel, as grey. */
    FIRST,
    /** The second channel, as grey. */
    SECOND,
    /** The length of the vector that the first two channels are. */
    MAGNITUDE
  }

  /**
   * A picture: 0 becomes mid-grey (black for a magnitude), and a step of 1 a step of {@code gain}.
   *
   * @param label what the contact sheet says
   * @param file its name
   * @param mode how the channels become colours
   * @param gain contrast; 1 shows pixels as they are
   */
  record View(String label, String file, Mode mode, float gain) {}
}
