package dev.convector.internal.gradient;

/** Where the elements of a batch of images lie, which are planes of volumes. */
record GradientImage(
    boolean channelsLast, int channels, GradientPlanes planes, int height, int width) {

  /** From a pixel to its right neighbour. */
  int pixelStep() {
    return channelsLast ? channels : 1;
  }

  /** From a channel to the next one. */
  int channelStep() {
    return channelsLast ? 1 : planes.perVolume() * height * width;
  }

  int at(int image, int channel, int row, int column) {
    int volume = planes.volume(image) * channels * planes.perVolume();
    int pixel = (planes.plane(image) * height + row) * width + column;
    return volume * height * width + channel * channelStep() + pixel * pixelStep();
  }
}
