package dev.convector.onnx.cli;

import dev.convector.onnx.Tensor;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Feature maps on a page, layer below layer. */
final class FeatureSheet {
  private static final int MOST_MAPS = 64;
  private static final int COLUMNS = 8;
  private static final int CELL = 144;
  private static final int GAP = 6;
  private static final int LABEL = 26;
  private static final Color PAPER = new Color(0xf4f4f4);
  private static final Color INK = new Color(0x202020);

  private record Layer(String label, List<BufferedImage> maps) {
    int height() {
      return LABEL + Math.ceilDiv(maps.size(), COLUMNS) * (maps.getFirst().getHeight() + GAP);
    }
  }

  private final List<Layer> layers = new ArrayList<>();

  /** Adds the maps of a layer, {@code [1][channels][height][width]}. */
  void add(String label, Tensor maps) {
    int channels = (int) maps.dimension(1);
    int height = (int) maps.dimension(2);
    int width = (int) maps.dimension(3);
    List<BufferedImage> pictures = new ArrayList<>();
    for (int c = 0; c < Math.min(channels, MOST_MAPS); c++) {
      pictures.add(picture(maps.floats(), c * width * height, width, height));
    }
    String shown = channels > MOST_MAPS ? ", first " + MOST_MAPS : "";
    layers.add(
        new Layer(label + ": " + channels + " maps of " + width + "x" + height + shown, pictures));
  }

  private static BufferedImage picture(float[] values, int from, int width, int height) {
    float black = Float.POSITIVE_INFINITY;
    float white = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + width * height; i++) {
      black = Math.min(black, values[i]);
      white = Math.max(white, values[i]);
    }
    float range = white > black ? white - black : 1;
    float[] pixels = new float[Picture.CHANNELS * width * height];
    for (int i = 0; i < width * height; i++) {
      float grey = 255 * (values[from + i] - black) / range;
      Arrays.fill(pixels, Picture.CHANNELS * i, Picture.CHANNELS * (i + 1), grey);
    }
    double factor = (double) CELL / Math.max(width, height);
    Picture scaled =
        new Picture(width, height, pixels)
            .scaled(
                Math.max(1, (int) Math.round(width * factor)),
                Math.max(1, (int) Math.round(height * factor)));
    float[] colours = scaled.pixels();
    BufferedImage image =
        new BufferedImage(scaled.width(), scaled.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < scaled.width() * scaled.height(); i++) {
      int grey = Math.clamp(Math.round(colours[Picture.CHANNELS * i]), 0, 255);
      image.setRGB(i % scaled.width(), i / scaled.width(), grey * 0x010101);
    }
    return image;
  }

  BufferedImage draw() {
    int height = GAP + layers.stream().mapToInt(Layer::height).sum();
    BufferedImage sheet =
        new BufferedImage(COLUMNS * (CELL + GAP) + GAP, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(PAPER);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    int top = GAP;
    for (Layer layer : layers) {
      for (int i = 0; i < layer.maps.size(); i++) {
        BufferedImage map = layer.maps.get(i);
        int y = top + LABEL + i / COLUMNS * (map.getHeight() + GAP);
        graphics.drawImage(map, GAP + i % COLUMNS * (CELL + GAP), y, null);
      }
      label(graphics, layer.label, top);
      top += layer.height();
    }
    graphics.dispose();
    return sheet;
  }

  private static void label(Graphics2D graphics, String label, int top) {
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(INK);
      graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
      graphics.drawString(label, GAP, top + 18);
    } catch (InternalError | LinkageError | RuntimeException e) {
      // Java finds no font on a system without fontconfig; maps without labels serve as well.
      System.err.println("run: no font found, so the sheet has no labels");
    }
  }
}
