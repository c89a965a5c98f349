package dev.convector.onnx.cli;

import dev.convector.onnx.Tensor;
import java.awt.Color;
import java.awt.image.BufferedImage;

/** A network's output as a picture. */
final class OutputPicture {
  private OutputPicture() {}

  /**
   * Grey, colours, or the likeliest of more than three planes in colours of its own.
   *
   * @param output {@code [1][channels][height][width]}, or with the channels last where there are 1
   *     or 3 of them
   * @param black what is black
   * @param white what is white
   */
  static BufferedImage of(Tensor output, float black, float white) {
    boolean last = isColours(output.dimension(3)) && !isColours(output.dimension(1));
    int channels = (int) output.dimension(last ? 3 : 1);
    int height = (int) output.dimension(last ? 1 : 2);
    int width = (int) output.dimension(last ? 2 : 3);
    int next = last ? 1 : width * height;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    float[] values = output.floats();
    for (int i = 0; i < width * height; i++) {
      int at = last ? i * channels : i;
      int rgb =
          isColours(channels)
              ? colour(values, at, channels == 1 ? 0 : next, black, white)
              : ofClass(likeliest(values, at, next, channels));
      image.setRGB(i % width, i / width, rgb);
    }
    return image;
  }

  private static boolean isColours(long channels) {
    return channels == 1 || channels == Picture.CHANNELS;
  }

  private static int colour(float[] values, int at, int next, float black, float white) {
    int rgb = 0;
    for (int c = 0; c < Picture.CHANNELS; c++) {
      float part = (values[at + c * next] - black) / (white - black);
      rgb = rgb << 8 | Math.clamp(Math.round(255 * part), 0, 255);
    }
    return rgb;
  }

  private static int likeliest(float[] values, int at, int next, int channels) {
    int best = 0;
    for (int c = 1; c < channels; c++) {
      if (values[at + c * next] > values[at + best * next]) {
        best = c;
      }
    }
    return best;
  }

  /** Class 0, mostly the background, is black; hues of others are a golden section apart. */
  private static int ofClass(int index) {
    return index == 0 ? 0 : Color.HSBtoRGB(index * 0.618034f, 0.7f, 0.9f);
  }
}
