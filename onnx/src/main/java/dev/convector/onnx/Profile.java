package dev.convector.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * How long the steps of a network take.
 *
 * @param runs how many runs the rows are averages of
 * @param rows one for each step, in the order in which they run
 */
public record Profile(long runs, List<Row> rows) {

  /**
   * A step.
   *
   * @param name of the node
   * @param operator what it computes
   * @param algorithm how
   * @param shape of its output
   * @param milliseconds of a run
   * @param gigaflops two for each multiply-add, a second, in billions; 0 where there are none
   * @param share of the whole, 0 to 1
   */
  public record Row(
      String name,
      String operator,
      String algorithm,
      String shape,
      double milliseconds,
      double gigaflops,
      double share) {}

  /** Copies the rows. */
  public Profile {
    rows = List.copyOf(rows);
  }

  /**
   * All steps together.
   *
   * @return milliseconds of a run
   */
  public double milliseconds() {
    return rows.stream().mapToDouble(Row::milliseconds).sum();
  }

  /**
   * A table.
   *
   * @return a line for each step
   */
  @Override
  public String toString() {
    StringBuilder table = new StringBuilder();
    String heading = "%9s %6s %8s  %-20s %-24s %-20s %s%n";
    String line = "%9.3f %5.1f%% %8.1f  %-20s %-24s %-20s %s%n";
    table.append(
        String.format(heading, "ms", "share", "GFLOP/s", "operator", "algorithm", "shape", "name"));
    for (Row row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              line,
              row.milliseconds,
              100 * row.share,
              row.gigaflops,
              row.operator,
              row.algorithm,
              row.shape,
              row.name));
    }
    return table.toString();
  }

  /**
   * Writes the steps, one after the other, as a file for {@code chrome://tracing} and Perfetto.
   *
   * @param file is overwritten
   * @throws IOException if it can't be written
   */
  public void writeChromeTrace(Path file) throws IOException {
    StringBuilder json = new StringBuilder("[");
    double start = 0;
    for (Row row : rows) {
      json.append(json.length() == 1 ? "\n" : ",\n")
          .append(
              String.format(
                  Locale.ROOT,
                  "{\"name\":%s,\"cat\":%s,\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":%.3f,\"dur\":%.3f,"
                      + "\"args\":{\"algorithm\":%s,\"shape\":%s}}",
                  quoted(row.name),
                  quoted(row.operator),
                  1000 * start,
                  1000 * row.milliseconds,
                  quoted(row.algorithm),
                  quoted(row.shape)));
      start += row.milliseconds;
    }
    Files.writeString(file, json.append("\n]\n"));
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
