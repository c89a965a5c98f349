package dev.convector.internal.padding;

import dev.convector.internal.simd.AlignedFloats;
import java.util.List;

/**
 * Images and the same images padded, in memory. Images of two axes have a depth of 1.
 *
 * <p>A line is what varies fastest: a row of one channel, or channels-last of all channels. So both
 * layouts are {@code [blocks][depth][rows][line]}, where a block is a channel of an image, or an
 * image.
 *
 * @param images how many are padded at a time
 * @param axes depth, rows and columns
 */
public record PaddedImages(int images, int channels, boolean channelsLast, List<PaddedAxis> axes) {

  PaddedAxis depth() {
    return axes.get(0);
  }

  PaddedAxis rows() {
    return axes.get(1);
  }

  PaddedAxis columns() {
    return axes.get(2);
  }

  int blocks() {
    return channelsLast ? images : images * channels;
  }

  /** Floats from one column to the next. */
  int step() {
    return channelsLast ? channels : 1;
  }

  /** Floats of all images. */
  public int floats() {
    return images * channels * depth().size() * rows().size() * columns().size();
  }

  /** Floats of all padded images. */
  public int paddedFloats() {
    return Math.toIntExact(
        (long) images * channels * depth().places() * rows().places() * columns().places());
  }

  /**
   * How many of a batch's images to pad at a time: as many as keep the padded ones within the
   * scratch of one thread, so that small images are not one barrier each; at least one. It divides
   * the batch, so that one plan does for all.
   *
   * @param paddedFloats of one image
   */
  public static int together(int batch, long paddedFloats) {
    int images = Math.clamp(AlignedFloats.LEAST / paddedFloats, 1, batch);
    while (batch % images != 0) {
      images--;
    }
    return images;
  }
}
