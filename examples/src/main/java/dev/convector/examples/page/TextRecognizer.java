package dev.convector.examples.page;

import dev.convector.examples.Photo;
import dev.convector.examples.page.Page.Line;

/** Reads a line of text. */
final class TextRecognizer {
  private static final int HEIGHT = 48;

  /** Widths are multiples of this, so that lines share the network's compiled shapes. */
  private static final int MULTIPLE = 32;

  /** The width that the network was trained with; shorter lines are filled up. */
  private static final int NARROWEST = 320;

  /** Longer lines are squeezed, so that memory is bounded whatever the picture. */
  private static final int WIDEST = 3200;

  private final Network network;
  private final CtcDecoder decoder;

  TextRecognizer(Network network, CtcDecoder decoder) {
    this.network = network;
    this.decoder = decoder;
  }

  /** What is written in an area whose text runs along it. */
  Line read(Photo photo, TextArea area) {
    int width = Math.clamp((long) Math.ceil(HEIGHT * area.length() / area.height()), 1, WIDEST);
    int padded = Math.max(NARROWEST, Math.ceilDiv(width, MULTIPLE) * MULTIPLE);
    float[] planes = Sampler.SYMMETRIC.planes(photo, area, width, HEIGHT, padded);
    Decoded decoded = decoder.decode(network.run(planes, HEIGHT, padded));
    return new Line(area, decoded.text().strip(), decoded.confidence());
  }
}
