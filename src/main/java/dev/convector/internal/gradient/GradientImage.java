package dev.convector.internal.gradient;

/** Where the elements of a batch of images lie. */
record GradientImage(boolean channelsLast, int channels, int height, int width) {

  /** Elements of an image. */
  int size() {
    return channels * height * width;
  }

  /** From a pixel to its right neighbour. */
  int pixelStep() {
    return channelsLast ? channels : 1;
  }

  /** From a channel to the next one. */
  int channelStep() {
    return channelsLast ? 1 : height * width;
  }

  int at(int image, int channel, int row, int column) {
    return image * size() + channel * channelStep() + (row * width + column) * pixelStep();
  }
}
