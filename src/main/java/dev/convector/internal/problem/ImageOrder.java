package dev.convector.internal.problem;

import dev.convector.ConvShape;

/** The memory order of images. */
public record ImageOrder(int channels, int height, int width, boolean channelsLast) {

  /** A convolution's input. */
  public static ImageOrder input(ConvShape s, boolean channelsLast) {
    return new ImageOrder(s.channels(), s.height(), s.width(), channelsLast);
  }

  /** A convolution's output. */
  public static ImageOrder output(ConvShape s, boolean channelsLast) {
    return new ImageOrder(s.filters(), s.outputHeight(), s.outputWidth(), channelsLast);
  }

  /** Whether an image is several planes. */
  boolean hasPlanes() {
    return !channelsLast && channels > 1;
  }
}
