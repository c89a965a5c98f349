package dev.convector.jmh.layer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The layers and matrix sizes of the race, from tables beside this class: one line each. */
public final class Tables {
  /** The column of {@code family.csv}. */
  private static final int OPERATION = 12;

  private Tables() {}

  /** All layers: {@link #convolutions()}, then {@link #family()}. */
  public static List<Layer> layers() {
    return Stream.concat(convolutions().stream(), family().stream()).toList();
  }

  /** The layers of published networks, and those that the networks lack. */
  public static List<Layer> convolutions() {
    return Stream.of("layers.csv", "layers_extra.csv")
        .flatMap(table -> rows(table).stream())
        .map(row -> layer(row, Operation.FORWARD))
        .toList();
  }

  /**
   * The rest of the family: transposed and one-dimensional convolutions, pooling and resizing, and
   * both gradients of some of the {@link #convolutions()}.
   */
  public static List<Layer> family() {
    List<Layer> all = new ArrayList<>();
    for (String[] row : rows("family.csv")) {
      all.add(layer(row, Operation.valueOf(row[OPERATION])));
    }
    Map<String, Layer> convolutions =
        convolutions().stream().collect(Collectors.toMap(Layer::name, layer -> layer));
    for (Operation operation : List.of(Operation.BACKWARD_DATA, Operation.BACKWARD_WEIGHTS)) {
      String prefix = operation.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-";
      for (String[] row : rows("backward.csv")) {
        Layer layer = convolutions.get(row[1]);
        all.add(layer.with(prefix + row[0] + "/" + layer.ownName(), operation));
      }
    }
    return all;
  }

  /** What README's headline is about, layers and whole networks ({@code networks/...}). */
  public static List<String> headlineNames() {
    return rows("headline.csv").stream().map(row -> row[0]).toList();
  }

  /** The layers among {@link #headlineNames()}. */
  public static List<Layer> headline() {
    List<String> names = headlineNames();
    return layers().stream().filter(layer -> names.contains(layer.name())).toList();
  }

  public static List<GemmSize> gemms() {
    return rows("gemm.csv").stream()
        .map(r -> new GemmSize(r[0], number(r[1]), number(r[2]), number(r[3])))
        .toList();
  }

  /**
   * A layer by its name; of a drawn one the name says all.
   *
   * @throws IllegalArgumentException if no table has it
   */
  public static Layer layer(String name) {
    if (name.startsWith(LayerSpace.NAME + "/")) {
      return LayerSpace.named(name);
    }
    return layers().stream()
        .filter(layer -> layer.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("layer: " + name + "; is in no table"));
  }

  public static GemmSize gemm(String name) {
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
  public static Layer layer(String[] cells, Operation operation) {
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
        operation);
  }

  private static int number(String cell) {
    return Integer.parseInt(cell);
  }

  private static List<String[]> rows(String table) {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(
                Tables.class.getResourceAsStream("/dev/convector/jmh/" + table),
                StandardCharsets.UTF_8))) {
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
