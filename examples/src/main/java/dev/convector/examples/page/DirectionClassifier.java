package dev.convector.examples.page;

import dev.convector.examples.Photo;

/** Tells which lines stand on their heads. */
final class DirectionClassifier {
  private static final int WIDTH = 192;
  private static final int HEIGHT = 48;

  /** A line is turned where the network is as sure as this. */
  private static final float THRESHOLD = 0.9f;

  /** An area this many times as high as it is long holds a line that runs up or down. */
  private static final double UPRIGHT = 1.5;

  private final Network network;

  DirectionClassifier(Network network) {
    this.network = network;
  }

  /** The same area, so that its text runs along it. */
  TextArea direct(Photo photo, TextArea area) {
    TextArea flat = area.height() >= UPRIGHT * area.length() ? area.sideways() : area;
    int width = Math.clamp((long) Math.ceil(HEIGHT * flat.length() / flat.height()), 1, WIDTH);
    float[] planes = Sampler.SYMMETRIC.planes(photo, flat, width, HEIGHT, WIDTH);
    float[] upOrDown = network.run(planes, HEIGHT, WIDTH);
    return upOrDown[1] > THRESHOLD ? flat.upsideDown() : flat;
  }
}
