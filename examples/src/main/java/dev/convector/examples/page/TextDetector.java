package dev.convector.examples.page;

import dev.convector.examples.Photo;
import java.util.List;

/** Finds the lines of text in a picture. */
final class TextDetector {
  /** The network halves its input five times. */
  private static final int MULTIPLE = 32;

  /** Small print is found better enlarged, up to this many pixels on the shorter side. */
  private static final double SHORTER_SIDE = 736;

  /** Not beyond this: letters of a dozen pixels are large enough then. */
  private static final double LARGEST_SCALE = 2;

  /** Pixels of the network's input, so that memory is bounded whatever the picture. */
  private static final double MOST_PIXELS = 2e6;

  /** Pixels; text that touches the border of what the network sees is often missed. */
  private static final double SMALLEST_SIDE = 128;

  private final Network network;

  TextDetector(Network network) {
    this.network = network;
  }

  /** The areas of text, in the picture's pixels, in no particular order. */
  List<TextArea> find(Photo photo) {
    TextArea all = withMargin(photo);
    double scale = scale(all);
    int width = multiple(all.length() * scale);
    int height = multiple(all.height() * scale);
    float[] planes = Sampler.IMAGE_NET.planes(photo, all, width, height, width);
    ProbabilityMap map = new ProbabilityMap(width, height, network.run(planes, height, width));
    double factorX = all.length() / width;
    double factorY = all.height() / height;
    return map.boxes().stream()
        .map(box -> box.stretched(factorX, factorY).moved(all.corner()))
        .toList();
  }

  /** The whole picture, and around a low or narrow one as much more that its sides are enough. */
  private static TextArea withMargin(Photo photo) {
    double margin = Math.max(0, 0.5 * (SMALLEST_SIDE - Math.min(photo.width(), photo.height())));
    return new TextArea(
        new Point(-margin, -margin),
        new Point(photo.width() + 2 * margin, 0),
        new Point(0, photo.height() + 2 * margin));
  }

  private static double scale(TextArea all) {
    double wanted = SHORTER_SIDE / Math.min(all.length(), all.height());
    double largest = Math.sqrt(MOST_PIXELS / (all.length() * all.height()));
    return Math.min(Math.clamp(wanted, 1, LARGEST_SCALE), largest);
  }

  private static int multiple(double size) {
    return Math.max(1, (int) Math.round(size / MULTIPLE)) * MULTIPLE;
  }
}
