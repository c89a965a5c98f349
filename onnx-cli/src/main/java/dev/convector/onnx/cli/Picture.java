package dev.convector.onnx.cli;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * A picture.
 *
 * @param width columns
 * @param height rows
 * @param pixels {@code [height][width][3]}: red, green, blue from 0 to 255
 */
record Picture(int width, int height, float[] pixels) {
  static final int CHANNELS = 3;

  /** Reads what ImageIO knows; transparent pixels are laid on white. */
  static Picture read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IOException(file + ": no file that can be read");
    }
    BufferedImage image;
    try {
      image = ImageIO.read(file.toFile());
    } catch (IOException | RuntimeException e) {
      // The readers throw many kinds of RuntimeException at damaged files.
      throw new IOException(file + ": can't be read as a picture (" + e.getMessage() + ")", e);
    }
    if (image == null) {
      throw new IOException(file + ": not a picture; must be a PNG or a JPEG");
    }
    return of(image);
  }

  private static Picture of(BufferedImage image) throws IOException {
    int width = image.getWidth();
    int height = image.getHeight();
    long values = (long) CHANNELS * width * height;
    if (values > Integer.MAX_VALUE - 8) {
      throw new IOException(width + " x " + height + " pixels: too many; scale it down");
    }
    float[] pixels = new float[(int) values];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      readRow(image, y, row);
      for (int x = 0; x < width; x++) {
        int alpha = row[x] >>> 24;
        for (int c = 0; c < CHANNELS; c++) {
          int value = row[x] >>> (16 - 8 * c) & 255;
          pixels[(y * width + x) * CHANNELS + c] = (value * alpha + 255 * (255 - alpha)) / 255f;
        }
      }
    }
    return new Picture(width, height, pixels);
  }

  private static void readRow(BufferedImage image, int y, int[] argb) {
    ColorModel colors = image.getColorModel();
    if (colors instanceof IndexColorModel || colors.getNumColorComponents() != 1) {
      image.getRGB(0, y, argb.length, 1, argb, 0, argb.length);
      return;
    }
    // getRGB takes grey samples for linear light and brightens them; in files they are sRGB.
    Raster raster = image.getRaster();
    double toByte = 255.0 / ((1 << colors.getComponentSize(0)) - 1);
    for (int x = 0; x < argb.length; x++) {
      int grey = (int) Math.round(raster.getSample(x, y, 0) * toByte);
      int alpha = colors.hasAlpha() ? (int) Math.round(raster.getSample(x, y, 1) * toByte) : 255;
      argb[x] = alpha << 24 | grey * 0x010101;
    }
  }

  /** The middle. */
  Picture cropped(int newWidth, int newHeight) {
    float[] to = new float[CHANNELS * newWidth * newHeight];
    int left = (width - newWidth) / 2;
    int top = (height - newHeight) / 2;
    for (int y = 0; y < newHeight; y++) {
      System.arraycopy(
          pixels,
          ((top + y) * width + left) * CHANNELS,
          to,
          y * newWidth * CHANNELS,
          newWidth * CHANNELS);
    }
    return new Picture(newWidth, newHeight, to);
  }

  /** Scaled by a triangle as wide as a pixel of the coarser grid: bilinear, and smooth smaller. */
  Picture scaled(int newWidth, int newHeight) {
    Triangle columns = new Triangle(width, newWidth);
    float[] narrow = new float[CHANNELS * newWidth * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < newWidth; x++) {
        int from = (y * width + columns.first(x)) * CHANNELS;
        columns.mix(x, pixels, from, CHANNELS, narrow, (y * newWidth + x) * CHANNELS);
      }
    }
    Triangle rows = new Triangle(height, newHeight);
    float[] to = new float[CHANNELS * newWidth * newHeight];
    for (int y = 0; y < newHeight; y++) {
      for (int x = 0; x < newWidth; x++) {
        int from = (rows.first(y) * newWidth + x) * CHANNELS;
        rows.mix(y, narrow, from, CHANNELS * newWidth, to, (y * newWidth + x) * CHANNELS);
      }
    }
    return new Picture(newWidth, newHeight, to);
  }

  /** Weights of the old pixels along an axis for each new one. */
  private static final class Triangle {
    private final int[] firsts;
    private final float[][] weights;

    Triangle(int from, int to) {
      firsts = new int[to];
      weights = new float[to][];
      double step = (double) from / to;
      double reach = Math.max(1, step);
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * step - 0.5;
        int first = Math.clamp((int) Math.ceil(centre - reach), 0, from - 1);
        int last = Math.clamp((int) Math.floor(centre + reach), first, from - 1);
        firsts[i] = first;
        weights[i] = new float[last - first + 1];
        float sum = 0;
        for (int j = first; j <= last; j++) {
          weights[i][j - first] = (float) Math.max(1e-6, 1 - Math.abs(j - centre) / reach);
          sum += weights[i][j - first];
        }
        for (int j = 0; j < weights[i].length; j++) {
          weights[i][j] /= sum;
        }
      }
    }

    int first(int i) {
      return firsts[i];
    }

    /** Writes three colours of a new pixel; old ones lie {@code distance} floats apart. */
    void mix(int i, float[] from, int at, int distance, float[] to, int toAt) {
      for (int c = 0; c < CHANNELS; c++) {
        float sum = 0;
        for (int j = 0; j < weights[i].length; j++) {
          sum += weights[i][j] * from[at + j * distance + c];
        }
        to[toAt + c] = sum;
      }
    }
  }
}
