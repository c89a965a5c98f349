package dev.convector.jmh.network;

import java.util.ArrayList;
import java.util.List;

/** A detector like YOLOv8n (Jocher et al., 2023), without what follows its convolutions. */
final class Detector {
  private static final int CLASSES = 80;

  /** Sixteen for each of a box's four sides. */
  private static final int BOX = 64;

  private Detector() {}

  /** Boxes and classes of the pixels of three scales, {@code [1, 144, pixels]}. */
  static Flow yolo(NetworkBuilder b, Flow x) {
    Flow y = halve(b, halve(b, x, 16), 32);
    Flow eighth = stage(b, halve(b, stage(b, y, 32, 1, true), 64), 64, 2, true);
    Flow sixteenth = stage(b, halve(b, eighth, 128), 128, 2, true);
    Flow deep = pyramid(b, stage(b, halve(b, sixteenth, 256), 256, 1, true));

    Flow middle = stage(b, b.concat(1, b.enlarge(deep, 2), sixteenth), 128, 1, false);
    Flow small = stage(b, b.concat(1, b.enlarge(middle, 2), eighth), 64, 1, false);
    Flow medium = stage(b, b.concat(1, halve(b, small, 64), middle), 128, 1, false);
    Flow large = stage(b, b.concat(1, halve(b, medium, 128), deep), 256, 1, false);
    return b.concat(2, head(b, small), head(b, medium), head(b, large));
  }

  private static Flow conv(NetworkBuilder b, Flow x, int filters, Window window) {
    return b.silu(b.convNorm(x, filters, window));
  }

  private static Flow halve(NetworkBuilder b, Flow x, int filters) {
    return conv(b, x, filters, Window.same(3, 2));
  }

  /** Half of the channels go through blocks; all that comes out on the way is joined. */
  private static Flow stage(NetworkBuilder b, Flow x, int filters, int blocks, boolean residual) {
    List<Flow> parts = new ArrayList<>(b.split(conv(b, x, filters, Window.ONE), 1, 2));
    for (int block = 0; block < blocks; block++) {
      Flow last = parts.getLast();
      Flow y = conv(b, last, filters / 2, Window.same(3, 1));
      y = conv(b, y, filters / 2, Window.same(3, 1));
      parts.add(residual ? b.add(last, y) : y);
    }
    return conv(b, b.concat(1, parts.toArray(Flow[]::new)), filters, Window.ONE);
  }

  /** Maxima of 5x5, of 9x9 and of 13x13 pixels. */
  private static Flow pyramid(NetworkBuilder b, Flow x) {
    Flow[] parts = new Flow[4];
    parts[0] = conv(b, x, x.channels() / 2, Window.ONE);
    for (int i = 1; i < parts.length; i++) {
      parts[i] = b.maxPool(parts[i - 1], Window.same(5, 1));
    }
    return conv(b, b.concat(1, parts), x.channels(), Window.ONE);
  }

  private static Flow head(NetworkBuilder b, Flow x) {
    Flow both = b.concat(1, branch(b, x, BOX), branch(b, x, CLASSES));
    return b.reshape(both, x.batch(), BOX + CLASSES, x.height() * x.width());
  }

  private static Flow branch(NetworkBuilder b, Flow x, int filters) {
    Flow y = conv(b, conv(b, x, filters, Window.same(3, 1)), filters, Window.same(3, 1));
    return b.conv(y, filters, Window.ONE);
  }
}
