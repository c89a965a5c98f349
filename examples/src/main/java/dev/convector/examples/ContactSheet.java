package dev.convector.examples;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Copies of pictures on one page, smaller or larger, each with its label below. */
public final class ContactSheet {
  private static final int GAP = 12;
  private static final int LABEL = 24;
  private static final Color PAPER = new Color(0xf4f4f4);
  private static final Color INK = new Color(0x202020);

  private record Entry(String label, BufferedImage thumbnail) {}

  private final int cell;
  private final int columns;
  private final double scale;
  private final int cellWidth;
  private final int cellHeight;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * A page on which all pictures have one scale: that at which one of a given size fits its cell.
   *
   * @param width of a picture that fits, in pixels
   * @param height of it
   * @param cell pixels of the longer side of such a picture on the page
   * @param columns at most so many pictures side by side
   */
  public ContactSheet(int width, int height, int cell, int columns) {
    this.cell = cell;
    this.columns = columns;
    scale = (double) cell / Math.max(width, height);
    cellWidth = scaled(width);
    cellHeight = scaled(height);
  }

  /**
   * Adds a picture.
   *
   * @param label stands below it
   * @param picture no larger than one that fits
   */
  public void add(String label, BufferedImage picture) {
    int width = Math.min(scaled(picture.getWidth()), cellWidth);
    int height = Math.min(scaled(picture.getHeight()), cellHeight);
    entries.add(new Entry(label, averaged(picture, width, height)));
  }

  private int scaled(int size) {
    return Math.max(1, (int) Math.round(size * scale));
  }

  /** Each pixel is the mean of those it covers, at least one. */
  private static BufferedImage averaged(BufferedImage from, int width, int height) {
    BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      int top = (int) ((long) y * from.getHeight() / height);
      int bottom = Math.max(top + 1, (int) ((y + 1L) * from.getHeight() / height));
      for (int x = 0; x < width; x++) {
        int left = (int) ((long) x * from.getWidth() / width);
        int right = Math.max(left + 1, (int) ((x + 1L) * from.getWidth() / width));
        to.setRGB(x, y, mean(from, left, top, right, bottom));
      }
    }
    return to;
  }

  private static int mean(BufferedImage from, int left, int top, int right, int bottom) {
    long red = 0;
    long green = 0;
    long blue = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int rgb = from.getRGB(x, y);
        red += rgb >> 16 & 255;
        green += rgb >> 8 & 255;
        blue += rgb & 255;
      }
    }
    long count = (long) (right - left) * (bottom - top);
    return (int) (red / count << 16 | green / count << 8 | blue / count);
  }

  /**
   * The page, row by row in the order of {@link #add}.
   *
   * @return a picture of at least one column
   */
  public BufferedImage draw() {
    int across = Math.clamp(entries.size(), 1, columns);
    int down = (entries.size() + across - 1) / across;
    return draw(across, down);
  }

  private BufferedImage draw(int columns, int rows) {
    // A narrow photograph still leaves its label room.
    int across = Math.max(cellWidth, cell * 2 / 3) + GAP;
    int down = cellHeight + LABEL + GAP;
    BufferedImage sheet =
        new BufferedImage(columns * across + GAP, rows * down + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(PAPER);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    for (int i = 0; i < entries.size(); i++) {
      BufferedImage thumbnail = entries.get(i).thumbnail;
      int x = GAP + i % columns * across + (across - GAP - thumbnail.getWidth()) / 2;
      int y = GAP + i / columns * down + (cellHeight - thumbnail.getHeight()) / 2;
      graphics.drawImage(thumbnail, x, y, null);
    }
    label(graphics, columns, across, down);
    graphics.dispose();
    return sheet;
  }

  private void label(Graphics2D graphics, int columns, int across, int down) {
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(INK);
      graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15));
      for (int i = 0; i < entries.size(); i++) {
        String label = entries.get(i).label;
        int left = (across - GAP - graphics.getFontMetrics().stringWidth(label)) / 2;
        int baseline = GAP + i / columns * down + cellHeight + 17;
        graphics.drawString(label, GAP + i % columns * across + left, baseline);
      }
    } catch (InternalError | LinkageError | RuntimeException e) {
      // Java finds no font on a system without fontconfig; pictures without labels serve as well.
      System.err.println("no font found, so the pictures have no labels");
    }
  }
}
