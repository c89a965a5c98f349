package dev.convector.jmh.check;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The last run of each part of each check, in one file among the kept sessions. */
public final class CheckArchive {
  private static final String FILE = "checks.csv";
  private static final CsvMapper TABLE = new CsvMapper();
  private static final CsvSchema COLUMNS = TABLE.schemaFor(CheckPart.class).withHeader();

  private final Path file;

  /**
   * @param folder of the kept sessions
   */
  public CheckArchive(Path folder) {
    file = folder.resolve(FILE);
  }

  /** All that are kept; none without a file. */
  public List<CheckPart> read() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (MappingIterator<CheckPart> rows =
        TABLE.readerFor(CheckPart.class).with(COLUMNS).readValues(file.toFile())) {
      return rows.readAll();
    }
  }

  /** Replaces what is kept of these parts; others of the same check stay, as run before. */
  public void write(List<CheckPart> parts) throws IOException {
    List<CheckPart> all = new ArrayList<>(read());
    all.removeIf(old -> parts.stream().anyMatch(old::isSamePart));
    all.addAll(parts);
    TABLE.writer(COLUMNS).writeValue(file.toFile(), all);
  }
}
