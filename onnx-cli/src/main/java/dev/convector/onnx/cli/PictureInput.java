package dev.convector.onnx.cli;

import dev.convector.onnx.Tensor;
import dev.convector.onnx.ValueInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Option;

/** How a picture becomes a network's input. */
final class PictureInput {
  /** How a picture of another shape than the network's becomes one of its shape. */
  enum Fit {
    CROP,
    STRETCH
  }

  /** Sizes that nothing says are multiples of this: networks halve their input up to 5 times. */
  private static final int MULTIPLE = 32;

  @Option(
      names = {"-i", "--input"},
      required = true,
      paramLabel = "PICTURE",
      description = "A PNG or a JPEG.")
  private Path file;

  @Option(
      names = "--size",
      paramLabel = "WIDTHxHEIGHT",
      description =
          "What the picture is resized to; by default what the model or --shape says, else its own"
              + " size, each side rounded to a multiple of 32.")
  private String size;

  @Option(
      names = "--fit",
      defaultValue = "crop",
      paramLabel = "HOW",
      description =
          "Where the shapes differ: crop (to the middle) or stretch; ${DEFAULT-VALUE} by default.")
  private Fit fit;

  @Option(
      names = "--mean",
      split = ",",
      defaultValue = "0",
      paramLabel = "NUMBER",
      description =
          "Is subtracted from red, green and blue, which are from 0 to 255; one number or three."
              + " ImageNet's: 123.675,116.28,103.53. ${DEFAULT-VALUE} by default.")
  private float[] mean;

  @Option(
      names = "--scale",
      split = ",",
      defaultValue = "0.00392156862745098",
      paramLabel = "NUMBER",
      description =
          "What the difference is multiplied with; one number or three. ImageNet's:"
              + " 0.017125,0.017507,0.017429. 1/255 by default.")
  private float[] scale;

  @Option(names = "--bgr", description = "Blue comes first, then green and red.")
  private boolean bgr;

  /** The tensor for a model's input. */
  Tensor read(ValueInfo input, ModelArgument argument) throws IOException {
    requireOneOrThree("--mean", mean);
    requireOneOrThree("--scale", scale);
    long[] shape = argument.isShapeGiven(input) ? argument.shape(input) : input.shape();
    if (shape == null || shape.length != 4 || shape[0] > 1 || !input.type().isFloating()) {
      throw new IllegalArgumentException(
          "--input: the model takes "
              + input
              + "; must be one picture, [1, channels, height, width]");
    }
    boolean channelsLast = isChannels(shape[3]) && !isChannels(shape[1]);
    int rows = channelsLast ? 1 : 2;
    int channels = (int) shape[channelsLast ? 3 : 1];
    channels = channels < 0 ? Picture.CHANNELS : channels;
    if (!isChannels(channels)) {
      throw new IllegalArgumentException(
          "--input: the model takes " + channels + " channels; must be 1 or 3");
    }
    Picture picture = Picture.read(file);
    int[] wanted = wanted(picture, shape[rows + 1], shape[rows]);
    Picture fitted = fitted(picture, wanted[0], wanted[1]);
    long[] sizes =
        channelsLast
            ? new long[] {1, fitted.height(), fitted.width(), channels}
            : new long[] {1, channels, fitted.height(), fitted.width()};
    return Tensor.of(values(fitted, channels, channelsLast), sizes);
  }

  private static boolean isChannels(long size) {
    return size == 1 || size == Picture.CHANNELS;
  }

  private static void requireOneOrThree(String option, float[] numbers) {
    if (numbers.length != 1 && numbers.length != Picture.CHANNELS) {
      throw new IllegalArgumentException(
          option + ": " + Arrays.toString(numbers) + "; must be one number or three");
    }
  }

  /** Width and height. */
  private int[] wanted(Picture picture, long modelWidth, long modelHeight) {
    int[] own = {picture.width(), picture.height()};
    long[] model = {modelWidth, modelHeight};
    int[] given = size == null ? null : parseSize();
    int[] wanted = new int[2];
    for (int i = 0; i < 2; i++) {
      if (given != null && model[i] >= 0 && given[i] != model[i]) {
        throw new IllegalArgumentException(
            "--size: "
                + size
                + "; the model takes "
                + modelWidth
                + "x"
                + modelHeight
                + ", where negative sizes are open");
      }
      wanted[i] =
          given != null
              ? given[i]
              : model[i] >= 0
                  ? (int) model[i]
                  : Math.max(1, Math.round(own[i] / (float) MULTIPLE)) * MULTIPLE;
    }
    if ((long) Picture.CHANNELS * wanted[0] * wanted[1] > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "--size: "
              + wanted[0]
              + "x"
              + wanted[1]
              + "; must be at most a third of the longest array");
    }
    return wanted;
  }

  private int[] parseSize() {
    if (!size.matches("[1-9][0-9]{0,4}x[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException(
          "--size: " + size + "; must be like 224x224, each from 1 to 99999");
    }
    return Arrays.stream(size.split("x")).mapToInt(Integer::parseInt).toArray();
  }

  private Picture fitted(Picture picture, int width, int height) {
    if (fit == Fit.STRETCH) {
      return picture.scaled(width, height);
    }
    // Cut first: a thin picture would become a huge one.
    long cutWidth = Math.round((double) picture.height() * width / height);
    long cutHeight = Math.round((double) picture.width() * height / width);
    return picture
        .cropped(
            Math.clamp(cutWidth, 1, picture.width()), Math.clamp(cutHeight, 1, picture.height()))
        .scaled(width, height);
  }

  private float[] values(Picture picture, int channels, boolean channelsLast) {
    int count = picture.width() * picture.height();
    float[] values = new float[Math.multiplyExact(channels, count)];
    for (int i = 0; i < count; i++) {
      for (int c = 0; c < channels; c++) {
        int to = channelsLast ? i * channels + c : c * count + i;
        values[to] = channels == 1 ? luminance(picture, i) : value(picture, i, bgr ? 2 - c : c);
      }
    }
    return values;
  }

  /** Of a colour; mean and scale are red's, green's and blue's whatever their order. */
  private float value(Picture picture, int pixel, int colour) {
    float mean = this.mean[colour % this.mean.length];
    float scale = this.scale[colour % this.scale.length];
    return (picture.pixels()[pixel * Picture.CHANNELS + colour] - mean) * scale;
  }

  /** ITU-R BT.601's. */
  private float luminance(Picture picture, int pixel) {
    return 0.299f * value(picture, pixel, 0)
        + 0.587f * value(picture, pixel, 1)
        + 0.114f * value(picture, pixel, 2);
  }
}
