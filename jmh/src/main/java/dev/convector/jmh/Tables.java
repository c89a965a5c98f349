package dev.convector.jmh;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The layers and matrix sizes of the race, from tables beside this class: one line each. */
public final class Tables {
  private Tables() {}

  /** The layers of published networks, those that the networks lack, transposed ones. */
  public static List<Layer> layers() {
    return Stream.of("layers.csv", "layers_extra.csv", "layers_transposed.csv")
        .flatMap(table -> rows(table).stream().map(row -> layer(row, isTransposed(table))))
        .toList();
  }

  public static List<GemmSize> gemms() {
    return rows("gemm.csv").stream()
        .map(r -> new GemmSize(r[0], number(r[1]), number(r[2]), number(r[3])))
        .toList();
  }

  /**
   * A layer by its name.
   *
   * @throws IllegalArgumentException if no table has it
   */
  public static Layer layer(String name) {
    return layers().stream()
        .filter(layer -> layer.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("layer: " + name + "; is in no table"));
  }

  static GemmSize gemm(String name) {
    return gemms().stream()
        .filter(size -> size.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("gemm: " + name + "; is in no table"));
  }

  /**
   * A line of a table that has the columns of {@code layers.csv}.
   *
   * @throws IllegalArgumentException if a number is none
   */
  public static Layer layer(String[] cells, boolean transposed) {
    return new Layer(
        cells[0],
        number(cells[1]),
        number(cells[2]),
        number(cells[3]),
        number(cells[4]),
        number(cells[5]),
        number(cells[6]),
        number(cells[7]),
        number(cells[8]),
        number(cells[9]),
        number(cells[10]),
        number(cells[11]),
        transposed);
  }

  private static boolean isTransposed(String table) {
    return table.equals("layers_transposed.csv");
  }

  private static int number(String cell) {
    return Integer.parseInt(cell);
  }

  private static List<String[]> rows(String table) {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(
                Tables.class.getResourceAsStream(table), StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .skip(1)
          .filter(line -> !line.isBlank())
          .map(line -> line.split(","))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
