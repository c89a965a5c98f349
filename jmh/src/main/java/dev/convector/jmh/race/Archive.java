package dev.convector.jmh.race;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sessions as files: what a run has to say in {@code NAME-DATE.json}, its timings in the CSV of the
 * same name. Of a name on a kind of machine the newest two days are kept, so that they can be
 * compared.
 */
public final class Archive {
  /** Days of a name and machine that are kept. */
  private static final int KEPT = 2;

  private static final String JSON = ".json";
  private static final String CSV = ".csv";

  /** Sessions of older versions have what is no longer measured. */
  private static final ObjectMapper MAPPER =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private static final CsvMapper TABLE = new CsvMapper();
  private static final CsvSchema COLUMNS = TABLE.schemaFor(Timing.class).withHeader();

  /** A session with its timings. */
  public record Entry(Session session, List<Timing> timings) {}

  private final Path folder;

  public Archive(Path folder) {
    this.folder = folder;
  }

  /**
   * Replaces the session of this name, day and machine. One of the same name and day that was
   * measured on another machine stays, and this one gets a number behind its name.
   */
  public void write(Session named, List<Timing> timings) throws IOException {
    Files.createDirectories(folder);
    Session session = named;
    for (int number = 2; isTaken(session); number++) {
      ObjectNode renamed = MAPPER.valueToTree(named);
      renamed.put("name", named.name() + "-" + number);
      session = MAPPER.treeToValue(renamed, Session.class);
    }
    MAPPER
        .writerWithDefaultPrettyPrinter()
        .writeValue(folder.resolve(stem(session) + JSON).toFile(), session);
    TABLE.writer(COLUMNS).writeValue(folder.resolve(stem(session) + CSV).toFile(), timings);
  }

  /** Whether its files are another machine's. */
  private boolean isTaken(Session session) throws IOException {
    Path file = folder.resolve(stem(session) + JSON);
    return Files.exists(file)
        && !MAPPER.readValue(file.toFile(), Session.class).machine().equals(session.machine());
  }

  /** Removes, of each name and machine, older days than the newest two. */
  public void tidy() throws IOException {
    Map<List<String>, Integer> days = new HashMap<>();
    for (Entry entry : read()) {
      Session session = entry.session;
      if (days.merge(List.of(session.name(), session.machine()), 1, Integer::sum) > KEPT) {
        Files.delete(folder.resolve(stem(session) + JSON));
        Files.delete(folder.resolve(stem(session) + CSV));
      }
    }
  }

  /** All sessions, by name and machine, the newest first. */
  public List<Entry> read() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> files;
    try (var all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(JSON)).toList();
    }
    List<Entry> entries = new ArrayList<>();
    for (Path file : files) {
      Session session = MAPPER.readValue(file.toFile(), Session.class);
      Path table = folder.resolve(stem(session) + CSV);
      try (MappingIterator<Timing> rows =
          TABLE.readerFor(Timing.class).with(COLUMNS).readValues(table.toFile())) {
        entries.add(new Entry(session, rows.readAll()));
      }
    }
    entries.sort(
        Comparator.comparing((Entry entry) -> entry.session.name())
            .thenComparing(entry -> entry.session.machine())
            .thenComparing(entry -> entry.session.date(), Comparator.reverseOrder()));
    return entries;
  }

  private static String stem(Session session) {
    return session.name() + "-" + session.date().substring(0, 10);
  }
}
