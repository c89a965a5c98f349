package dev.convector.examples.page;

import dev.convector.examples.Photo;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** A page with the areas of its lines drawn in, numbered as they are read. */
final class PageDrawing {
  /** Small pages are enlarged to about this width, so that numbers fit beside the lines. */
  private static final int WIDTH = 1000;

  private static final int LARGEST_SCALE = 4;
  private static final Color READ = new Color(0x0a7d36);
  private static final Color UNREAD = new Color(0xc0392b);

  private PageDrawing() {}

  static BufferedImage of(Photo photo, Page page) {
    int scale = Math.clamp(WIDTH / photo.width(), 1, LARGEST_SCALE);
    int width = photo.width() * scale;
    int height = photo.height() * scale;
    BufferedImage drawing = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = drawing.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(photo.picture(), 0, 0, width, height, null);
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
    for (Point corner : area.corners()) {
      if (outline.getCurrentPoint() == null) {
        outline.moveTo(scale * corner.x(), scale * corner.y());
      } else {
        outline.lineTo(scale * corner.x(), scale * corner.y());
      }
    }
    outline.closePath();
    return outline;
  }

  private static void number(Graphics2D graphics, List<Page.Line> lines, int scale) {
    try {
      for (int i = 0; i < lines.size(); i++) {
        TextArea area = lines.get(i).area();
        float size = Math.clamp((float) (scale * area.height() / 2), 10, 60);
        graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, Math.round(size)));
        Point foot = area.at(0, 1).times(scale);
        graphics.drawString(
            String.valueOf(i + 1), (float) Math.max(0, foot.x() - size), (float) foot.y());
      }
    } catch (InternalError | LinkageError | RuntimeException e) {
      // Java finds no font on a system without fontconfig; a drawing without numbers serves as
      // well.
      System.err.println("read-page: no font found, so the drawing has no numbers");
    }
  }
}
