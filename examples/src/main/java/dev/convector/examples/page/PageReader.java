package dev.convector.examples.page;

import dev.convector.Execution;
import dev.convector.examples.Photo;
import dev.convector.examples.page.Page.Line;
import dev.convector.examples.page.Page.Stage;
import java.util.ArrayList;
import java.util.List;

/** Reads pages: finds lines, turns them the right way up, reads them. Thread-safe. */
public final class PageReader {
  private final TextDetector detector;
  private final DirectionClassifier classifier;
  private final TextRecognizer recognizer;

  /**
   * Loads the networks.
   *
   * @param models their files
   * @param execution the threads of a reading
   */
  public PageReader(Models models, Execution execution) {
    detector = new TextDetector(new Network(models.detection(), execution));
    classifier = new DirectionClassifier(new Network(models.direction(), execution));
    recognizer = new TextRecognizer(new Network(models.recognition(), execution), models.decoder());
  }

  /**
   * Reads a page.
   *
   * @param photo a picture of it
   * @return its lines
   */
  public Page read(Photo photo) {
    return read(photo, (stage, done, all) -> {});
  }

  /** Reads a page and tells how far it is. */
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
