package dev.convector.jmh.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckReportsTest {
  @TempDir private Path folder;

  /**
   * @param counts of tests, errors, skipped and failures
   */
  private void suite(String file, String name, String time, int[] counts, String text)
      throws IOException {
    String head =
        "<testsuite name='%s' time='1000' tests='%d' errors='%d' skipped='%d' failures='%d'>";
    Files.writeString(
        folder.resolve(file),
        head.formatted(name, counts[0], counts[1], counts[2], counts[3])
            + text
            + "<testcase time='%1$s'/><testcase time='%1$s'/></testsuite>".formatted(time));
  }

  private List<CheckPart> read() throws IOException {
    return new CheckReports("long", folder).read();
  }

  @Test
  void triesAndCallsAreSummedByPart() throws Exception {
    String calls =
        "<properties><property name='convector.test.fuzzCalls' value='700'/></properties>";
    String tries =
        "<testcase time='0'><system-out>\ntries = 40  | #\nchecks = 40\n</system-out></testcase>";
    suite("TEST-a.FuzzProperties-512.xml", "a.FuzzProperties(512)", "2.5", of(1, 0, 0, 0), calls);
    suite("TEST-a.B-512.xml", "a.B(512)", "1", of(3, 0, 0, 0), calls + tries + tries);
    suite("TEST-a.B-128.xml", "a.B(128)", "4", of(5, 1, 2, 1), tries);
    suite("TEST-a.C.xml", "a.C", "8", of(6, 0, 0, 0), "");
    Files.writeString(folder.resolve("a.B.txt"), "tries = 9");

    List<CheckPart> parts = read();

    assertEquals(List.of("", "128", "512"), parts.stream().map(CheckPart::part).toList());
    assertEquals(6, parts.get(0).cases(), "of tests without tries each is a case");
    CheckPart narrow = parts.get(1);
    assertEquals(3, narrow.methods(), "without those that were skipped");
    assertEquals(40, narrow.cases());
    assertEquals(2, narrow.failures());
    CheckPart wide = parts.get(2);
    assertEquals(4, wide.methods());
    assertEquals(700 + 80, wide.cases());
    assertEquals(2 * 3.5, wide.seconds());
    assertEquals("long", wide.check());
    assertTrue(wide.date().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"), wide.date());
  }

  private static int[] of(int tests, int errors, int skipped, int failures) {
    return new int[] {tests, errors, skipped, failures};
  }

  @Test
  void otherFoldersAreRefused() throws Exception {
    assertTrue(assertThrows(IOException.class, this::read).getMessage().contains("TEST-*.xml"));
    Files.writeString(folder.resolve("TEST-a.xml"), "no XML");
    assertTrue(assertThrows(IOException.class, this::read).getMessage().contains("TEST-a.xml"));
  }

  @Test
  void theArchiveKeepsTheLastOfEachPart() throws Exception {
    CheckArchive archive = new CheckArchive(folder);
    assertEquals(List.of(), archive.read());
    CheckPart old = part("long", "512", 1);
    CheckPart narrow = part("long", "128", 4);
    CheckPart other = part("trust", "512", 2);
    archive.write(List.of(old, narrow));
    archive.write(List.of(other));
    assertEquals(List.of(old, narrow, other), archive.read());
    CheckPart later = part("long", "512", 3);
    archive.write(List.of(later));
    assertEquals(List.of(narrow, other, later), archive.read());
  }

  private static CheckPart part(String check, String part, long cases) {
    return new CheckPart(check, part, 1, cases, 0, 2.5, "2000-01-01T00:00:00Z", "abc", "a, b");
  }
}
