package dev.convector.jmh.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.check.CheckPart;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckTableTest {
  private static CheckPart part(String check, String part, long cases, int failures, String day) {
    String commit = part.equals("128") ? "old" : "abc+";
    return new CheckPart(
        check, part, 10, cases, failures, 60, day + "T00:00:00Z", commit, "a processor");
  }

  @Test
  void aLineForEachCheckAndCommit() {
    CheckTable table =
        new CheckTable(
            List.of(
                part("long", "512", 1_000_000, 0, "2000-01-01"),
                part("trust", "C1", 7, 1, "2000-01-03"),
                part("long", "128", 5, 0, "2000-01-04"),
                part("long", "256", 234_567, 2, "2000-01-02")));
    Markdown text = new Markdown();
    table.write(text);
    String[] lines = text.toString().split("\n");
    assertEquals(
        "| `long` | 512, 256 | 20 | 1,234,567 | 2 | 120 | 2000-01-02 | abc+ | a processor |",
        lines[2]);
    assertEquals(
        "| `trust` | C1 | 10 | 7 | 1 | 60.0 | 2000-01-03 | abc+ | a processor |", lines[3]);
    assertEquals("| `long` | 128 | 10 | 5 | 0 | 60.0 | 2000-01-04 | old | a processor |", lines[4]);
    assertTrue(new CheckTable(List.of()).isEmpty());
  }
}
