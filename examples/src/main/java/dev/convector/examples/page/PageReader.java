package dev.convector.examples.page;

import dev.convector.examples.Photo;
import dev.convector.examples.page.Page.Line;
import dev.convector.examples.page.Page.Stage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads pages: finds lines, turns them the right way up, reads them. */
final class PageReader {
  private final TextDetector detector = new TextDetector();
  private final DirectionClassifier classifier = new DirectionClassifier();
  private final TextRecognizer recognizer = new TextRecognizer();

  /** Loads the networks. */
  PageReader() throws IOException {}

  /** Reads a page. */
  Page read(Photo photo, Progress progress) {
    long begin = System.nanoTime();
    progress.update("finding lines", 0, 1);
    List<TextArea> found = detector.find(photo);
    long foundAt = System.nanoTime();

    int steps = 1 + 2 * found.size();
    List<TextArea> areas = new ArrayList<>();
    for (TextArea area : found) {
      progress.update("turning lines", 1 + areas.size(), steps);
      areas.add(classifier.direct(photo, area));
    }
    areas = ReadingOrder.of(areas);
    long directedAt = System.nanoTime();

    List<Line> lines = new ArrayList<>();
    List<TextArea> unread = new ArrayList<>();
    for (TextArea area : areas) {
      progress.update("reading lines", 1 + areas.size() + lines.size() + unread.size(), steps);
      Line line = readEitherWay(photo, area);
      if (line.isReadable()) {
        lines.add(line);
      } else {
        unread.add(area);
      }
    }
    long readAt = System.nanoTime();
    progress.update("done", steps, steps);
    List<Stage> stages =
        List.of(
            new Stage("detection", 1, milliseconds(begin, foundAt)),
            new Stage("direction", areas.size(), milliseconds(foundAt, directedAt)),
            new Stage("recognition", areas.size(), milliseconds(directedAt, readAt)));
    return new Page(lines, unread, stages);
  }

  /** The classifier errs with long lines; what stands on its head reads as next to nothing. */
  private Line readEitherWay(Photo photo, TextArea area) {
    Line line = recognizer.read(photo, area);
    if (line.isReadable()) {
      return line;
    }
    Line turned = recognizer.read(photo, area.upsideDown());
    return turned.confidence() > line.confidence() ? turned : line;
  }

  private static double milliseconds(long begin, long end) {
    return (end - begin) * 1e-6;
  }
}
