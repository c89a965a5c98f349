package dev.convector.jmh.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept in the project's tree is small, and the report is written from it. */
class PublishedTest {
  private static final Path ROOT = Path.of("..");
  private static final Path SESSIONS = ROOT.resolve("jmh/results");

  private static List<Path> sessions() throws IOException {
    try (var files = Files.list(SESSIONS)) {
      return files.toList();
    }
  }

  @Test
  void isSmall() throws Exception {
    assertTrue(Files.readAllLines(ROOT.resolve("RESULTS.md")).size() <= 200);
    long all = 0;
    for (Path file : sessions()) {
      boolean chart = file.toString().endsWith(".png");
      assertTrue(!chart || Files.size(file) < 60 * 1024, file.toString());
      all += chart ? 0 : Files.size(file);
    }
    assertTrue(all < 1024 * 1024);
  }

  @Test
  void theReportIsWrittenFromIt(@TempDir Path copy) throws Exception {
    Path folder = Files.createDirectories(copy.resolve("jmh/results"));
    for (Path file : sessions()) {
      Files.copy(file, folder.resolve(file.getFileName()));
    }
    Files.copy(ROOT.resolve("README.md"), copy.resolve("README.md"));

    Report.publish(copy);

    for (String file : List.of("RESULTS.md", "README.md")) {
      assertEquals(
          Files.readString(ROOT.resolve(file)), Files.readString(copy.resolve(file)), file);
    }
  }

  @Test
  void nothingWithoutSessions(@TempDir Path empty) throws Exception {
    Files.createDirectories(empty.resolve("jmh/results"));
    Report.publish(empty);
    assertTrue(Files.readString(empty.resolve("RESULTS.md")).startsWith("# Results"));
  }
}
