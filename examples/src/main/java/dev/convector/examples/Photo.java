package dev.convector.examples;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * A photograph: red, green and blue of each pixel, as whole numbers from -128 to 127.
 *
 * <p>Zero is mid-grey, so the zeros that {@code AutoPad.SAME} puts around the photograph are a
 * mid-grey frame: a blur fades to grey at the border, not to black, and a derivative sees half the
 * step.
 *
 * @param width columns
 * @param height rows
 * @param pixels {@code [height][width][3]}
 */
public record Photo(int width, int height, float[] pixels) {
  /** Red, green, blue. */
  public static final int CHANNELS = 3;

  private static final int NEARLY_WHITE = 224;

  /**
   * Reads a PNG, a JPEG or whatever else ImageIO knows.
   *
   * @param file the picture; transparent pixels are laid on white, in a picture that is nearly
   *     white on black
   * @return its pixels
   * @throws IOException with a message for the person who named the file
   */
  public static Photo read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(file + ": no such file");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IOException(file + ": not a file that can be read");
    }
    return read(Files.newInputStream(file), file.toString());
  }

  /**
   * Reads and closes a stream.
   *
   * @param stream a picture
   * @param name for the message
   * @return its pixels
   * @throws IOException with a message for the person who named the file
   */
  public static Photo read(InputStream stream, String name) throws IOException {
    BufferedImage image;
    try (InputStream in = new BufferedInputStream(stream)) {
      image = ImageIO.read(in);
    } catch (IOException | RuntimeException e) {
      // The readers throw many kinds of RuntimeException at damaged files.
      throw new IOException(name + ": can't be read as a picture (" + e.getMessage() + ")", e);
    }
    if (image == null) {
      throw new IOException(name + ": not a picture; must be a PNG or a JPEG");
    }
    return of(image, name);
  }

  /**
   * The photograph as it was read.
   *
   * @return a picture of 8 bits a colour
   */
  public BufferedImage picture() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = (y * width + x) * CHANNELS;
        row[x] = value(at) << 16 | value(at + 1) << 8 | value(at + 2);
      }
      image.setRGB(0, y, width, 1, row, 0, width);
    }
    return image;
  }

  private int value(int at) {
    return Math.round(pixels[at]) + 128;
  }

  private static Photo of(BufferedImage image, String name) throws IOException {
    int width = image.getWidth();
    int height = image.getHeight();
    if ((long) CHANNELS * width * height > Integer.MAX_VALUE - 8) {
      throw new IOException(
          name
              + ": "
              + width
              + "x"
              + height
              + " pixels; must be at most a third of the longest array");
    }
    float[] pixels = new float[CHANNELS * width * height];
    int[] row = new int[width];
    int background = background(image);
    for (int y = 0; y < height; y++) {
      readRow(image, y, row);
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < CHANNELS; c++) {
          pixels[(y * width + x) * CHANNELS + c] = over(background, row[x], c) - 128;
        }
      }
    }
    return new Photo(width, height, pixels);
  }

  /** White, or black where white would swallow what there is to see. */
  private static int background(BufferedImage image) {
    if (!image.getColorModel().hasAlpha()) {
      return 255;
    }
    int[] row = new int[image.getWidth()];
    double light = 0;
    double visible = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      readRow(image, y, row);
      for (int argb : row) {
        int alpha = argb >>> 24;
        light += alpha * ((argb >> 16 & 255) + (argb >> 8 & 255) + (argb & 255)) / 3.0;
        visible += alpha;
      }
    }
    return visible > 0 && light / visible > NEARLY_WHITE ? 0 : 255;
  }

  /** Red, green or blue, from 0 to 255, of a pixel in front of a grey one. */
  private static int over(int background, int argb, int channel) {
    int alpha = argb >>> 24;
    int value = argb >>> (16 - 8 * channel) & 255;
    return (value * alpha + background * (255 - alpha) + 127) / 255;
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
      argb[x] = alpha << 24 | grey << 16 | grey << 8 | grey;
    }
  }
}
