package dev.convector.examples.photos;

import dev.convector.examples.photos.Filter.Mode;
import dev.convector.examples.photos.Filter.Source;
import dev.convector.examples.photos.Filter.View;
import java.util.List;

/**
 * The filters that are shown.
 *
 * <p>All weights are multiples of a power of two, so that every sum of whole pixels fits into the
 * 24 bits of a float: whatever the order of summation, the oracle must be met exactly.
 */
final class Filters {
  /** Samples of a Gaussian with sigma 2.2, rounded to whole numbers whose sum is 256. */
  private static final float[] GAUSSIAN = {1, 4, 9, 18, 31, 42, 46, 42, 31, 18, 9, 4, 1};

  private static final int TAPS = GAUSSIAN.length;

  private static final Kernel LAPLACIAN = Kernel.of(3, 3, 1, 1, 1, 1, -8, 1, 1, 1, 1);

  /** The grey that others start from; ITU-R BT.601's 0.299, 0.587, 0.114 in 256ths. */
  static final Filter LUMINANCE =
      new Filter(
          "luminance",
          Source.COLOURS,
          List.of(new Kernel(3, 1, 1, 1, 1, 1, 77, 150, 29).times(1.0 / 256)),
          List.of(new View("luminance", "luminance.png", Mode.FIRST, 1)));

  static final List<Filter> ALL =
      List.of(
          LUMINANCE,
          new Filter(
              "Gaussian, 2-D",
              Source.COLOURS,
              List.of(Kernel.of(TAPS, TAPS, squared(GAUSSIAN)).times(1.0 / 65536)),
              colours("Gaussian 13x13", "gaussian-2d.png")),
          new Filter(
              "Gaussian, separable",
              Source.COLOURS,
              List.of(
                  Kernel.of(1, TAPS, GAUSSIAN).times(1.0 / 256),
                  Kernel.of(TAPS, 1, GAUSSIAN).times(1.0 / 256)),
              colours("Gaussian 1x13, then 13x1", "gaussian-separable.png")),
          new Filter(
              "Sobel, x and y",
              Source.LUMINANCE,
              List.of(
                  new Kernel(
                      1, 2, 3, 3, 1, 1, -1, 0, 1, -2, 0, 2, -1, 0, 1, -1, -2, -1, 0, 0, 0, 1, 2,
                      1)),
              List.of(
                  new View("Sobel x", "sobel-x.png", Mode.FIRST, 0.5f),
                  new View("Sobel y", "sobel-y.png", Mode.SECOND, 0.5f),
                  new View("Sobel magnitude", "sobel-magnitude.png", Mode.MAGNITUDE, 0.75f))),
          new Filter(
              "Laplacian",
              Source.LUMINANCE,
              List.of(LAPLACIAN),
              List.of(new View("Laplacian", "laplacian.png", Mode.FIRST, 1))),
          new Filter(
              "Laplacian, dilated",
              Source.LUMINANCE,
              List.of(LAPLACIAN.withDilation(4)),
              List.of(
                  new View("Laplacian, dilation 4", "laplacian-dilated.png", Mode.FIRST, 0.25f))),
          new Filter(
              "sharpen",
              Source.COLOURS,
              List.of(Kernel.of(3, 3, 0, -1, 0, -1, 5, -1, 0, -1, 0)),
              colours("sharpened", "sharpen.png")),
          new Filter(
              "emboss",
              Source.COLOURS,
              List.of(Kernel.of(3, 3, -2, -1, 0, -1, 1, 1, 0, 1, 2)),
              colours("embossed", "emboss.png")),
          new Filter(
              "half size, strided",
              Source.COLOURS,
              List.of(
                  Kernel.of(4, 4, squared(new float[] {1, 3, 3, 1})).times(1.0 / 64).withStride(2)),
              colours("half size, stride 2", "half-size.png")));

  private Filters() {}

  /** The 2-D kernel that a separable pair amounts to. */
  private static float[] squared(float[] line) {
    float[] square = new float[line.length * line.length];
    for (int i = 0; i < square.length; i++) {
      square[i] = line[i / line.length] * line[i % line.length];
    }
    return square;
  }

  private static List<View> colours(String label, String file) {
    return List.of(new View(label, file, Mode.COLOURS, 1));
  }
}
