package dev.convector.examples.page;

import dev.convector.examples.Photo;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** A page with the areas of its lines drawn in, numbered as they are read. */
final class PageDrawing {
  /** Small pages are enlarged to at most this width, so that numbers fit beside the lines. */
  private static final int WIDTH = 1000;

  private static final int LARGEST_SCALE = 4;

  /** Room for the numbers of lines that begin where the page does. */
  private static final int MARGIN = 40;

  private static final int NUMBER_SIZE = 13;
  private static final Color READ = new Color(0x0a7d36);
  private static final Color UNREAD = new Color(0xc0392b);

  private PageDrawing() {}

  static BufferedImage of(Photo photo, Page page) {
    int scale = Math.clamp(WIDTH / photo.width(), 1, LARGEST_SCALE);
    int width = photo.width() * scale;
    int height = photo.height() * scale;
    BufferedImage drawing = new BufferedImage(width + MARGIN, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = drawing.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, MARGIN, height);
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(photo.picture(), MARGIN, 0, width, height, null);
    graphics.translate(MARGIN, 0);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setStroke(new BasicStroke(Math.max(2, Math.max(width, height) / 800f)));
    graphics.setColor(UNREAD);
    page.unread().forEach(area -> graphics.draw(outline(area, scale)));
    graphics.setColor(READ);
    page.lines().forEach(line -> graphics.draw(outline(line.area(), scale)));
    number(graphics, page.lines(), scale);
    graphics.dispose();
    return drawing;
  }

  private static Path2D outline(TextArea area, int scale) {
    Path2D outline = new Path2D.Double();
    List<Point> corners = area.corners();
    outline.moveTo(scale * corners.getFirst().x(), scale * corners.getFirst().y());
    corners.forEach(corner -> outline.lineTo(scale * corner.x(), scale * corner.y()));
    outline.closePath();
    return outline;
  }

  /** To the left of where each line begins. */
  private static void number(Graphics2D graphics, List<Page.Line> lines, int scale) {
    try {
      graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, NUMBER_SIZE));
      FontMetrics metrics = graphics.getFontMetrics();
      for (int i = 0; i < lines.size(); i++) {
        String number = String.valueOf(i + 1);
        Point begin = lines.get(i).area().at(0, 0.5).times(scale);
        int width = metrics.stringWidth(number) + 6;
        int x = (int) begin.x() - width - 2;
        int y = (int) begin.y() - NUMBER_SIZE / 2 - 2;
        graphics.setColor(READ);
        graphics.fillRect(x, y, width, NUMBER_SIZE + 4);
        graphics.setColor(Color.WHITE);
        graphics.drawString(number, x + 3, y + NUMBER_SIZE);
      }
    } catch (InternalError | LinkageError | RuntimeException e) {
      // Java finds no font on a system without fontconfig; a drawing without numbers serves as
      // well.
      System.err.println("read-page: no font found, so the drawing has no numbers");
    }
  }
}
