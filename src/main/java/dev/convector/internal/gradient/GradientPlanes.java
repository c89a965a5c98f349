package dev.convector.internal.gradient;

/**
 * Which planes of volumes take part, one after another as the images of a batch: those that some
 * outputs along the depth read at one tap. Of a two-dimensional convolution an image is a volume of
 * one plane.
 *
 * @param depth the axis across the planes
 * @param offset where the tap is, behind the beginning of an output's window
 * @param first of the outputs
 * @param count of the outputs
 */
record GradientPlanes(GradientAxis depth, int offset, int first, int count) {

  /** Planes of a volume, whether they take part or not. */
  int perVolume() {
    return depth.inputs();
  }

  int volume(int image) {
    return image / count;
  }

  /** Counted in its volume. */
  int plane(int image) {
    return depth.source(first + image % count, offset);
  }
}
