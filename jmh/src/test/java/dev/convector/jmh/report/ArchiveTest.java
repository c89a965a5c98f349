package dev.convector.jmh.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convector.jmh.race.Archive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArchiveTest {
  @TempDir Path folder;

  private List<String> kept() throws IOException {
    return new Archive(folder)
        .read().stream()
            .map(e -> e.session().name() + " " + e.session().date() + " " + e.session().processor())
            .toList();
  }

  @Test
  void theSameDayIsReplaced() throws IOException {
    new Measured().write(folder, "a", "2000-01-01", "Abacus");
    new Measured().write(folder, "a", "2000-01-01", "Abacus");

    assertEquals(List.of("a 2000-01-01T00:00:00Z Abacus"), kept());
  }

  @Test
  void anotherProcessorsStays() throws IOException {
    new Measured().write(folder, "a", "2000-01-01", "Abacus");
    new Measured().write(folder, "a", "2000-01-01", "Soroban");
    new Measured().write(folder, "a", "2000-01-01", "Suanpan");
    new Measured().write(folder, "a", "2000-01-01", "Soroban");

    assertEquals(
        List.of(
            "a 2000-01-01T00:00:00Z Abacus",
            "a-2 2000-01-01T00:00:00Z Soroban",
            "a-3 2000-01-01T00:00:00Z Suanpan"),
        kept());
  }

  @Test
  void twoDaysOfANameAndProcessorAreKept() throws IOException {
    for (int day = 1; day <= 3; day++) {
      new Measured().write(folder, "a", "2000-01-0" + day, "Abacus");
      new Measured().write(folder, "a", "2000-02-0" + day, "Soroban");
    }

    new Archive(folder).tidy();

    assertEquals(
        List.of(
            "a 2000-01-03T00:00:00Z Abacus",
            "a 2000-01-02T00:00:00Z Abacus",
            "a 2000-02-03T00:00:00Z Soroban",
            "a 2000-02-02T00:00:00Z Soroban"),
        kept());
  }
}
