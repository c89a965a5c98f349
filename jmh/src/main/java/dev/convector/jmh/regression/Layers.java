package dev.convector.jmh.regression;

import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.layer.Operation;
import dev.convector.jmh.layer.Tables;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lists of cases. A line is the name of a layer or a matrix product of the race's tables, or a
 * whole row with the columns of {@code layers.csv}; after either may stand an algorithm, which is
 * then forced, or an {@link Operation} that is to be computed of the layer instead. Lines that
 * begin with # and a header are skipped.
 */
final class Layers {
  /** The list that is used if none is named. */
  static final String REGRESSION = "regression";

  /** Every convolution and product of the race. */
  static final String RACE = "race";

  /** Layers that no table has; how many and the seed may follow, after colons. */
  static final String DRAWN = LayerSpace.NAME;

  private static final int DRAWN_COUNT = 60;
  private static final int COLUMNS = 12;

  private Layers() {}

  /**
   * A list in a layout of each, or once where layouts mean nothing.
   *
   * @param list {@link #REGRESSION}, {@link #RACE}, {@link #DRAWN} such as {@code drawn:60:1}, or a
   *     file
   * @throws IllegalArgumentException if a line is not understood
   */
  static List<Case> cases(String list, List<String> layouts) throws IOException {
    return lines(list)
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#") && !line.startsWith("name,"))
        .flatMap(line -> cases(line.split(","), layouts))
        .toList();
  }

  private static Stream<String> lines(String list) throws IOException {
    if (list.equals(RACE)) {
      return Stream.concat(
          Tables.convolutions().stream().map(Layer::name),
          Tables.gemms().stream().map(GemmSize::name));
    }
    if (list.equals(REGRESSION)) {
      try (InputStream stream = Layers.class.getResourceAsStream("regression.csv")) {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines();
      }
    }
    if (list.matches(DRAWN + "(:\\d+){0,2}")) {
      String[] parts = list.split(":");
      int count = parts.length > 1 ? Integer.parseInt(parts[1]) : DRAWN_COUNT;
      long seed = parts.length > 2 ? Long.parseLong(parts[2]) : 1;
      return LayerSpace.draw(count, seed).stream().map(Layer::name);
    }
    Path file = Path.of(list);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "layers: "
              + list
              + "; must be "
              + REGRESSION
              + ", "
              + RACE
              + ", "
              + DRAWN
              + " or a file");
    }
    return Files.readAllLines(file).stream();
  }

  private static Stream<Case> cases(String[] cells, List<String> layouts) {
    int named = cells.length <= 2 ? 1 : COLUMNS;
    if (cells.length < named || cells.length > named + 1) {
      throw new IllegalArgumentException(
          "layers: " + String.join(",", cells) + "; must be a name or " + COLUMNS + " columns");
    }
    Layer convolution =
        named == 1
            ? named(cells[0])
            : Tables.layer(Arrays.copyOf(cells, COLUMNS), Operation.FORWARD);
    String what = cells.length > named ? cells[named] : Case.AUTO;
    boolean isOperation = Arrays.stream(Operation.values()).anyMatch(o -> o.name().equals(what));
    Layer layer =
        isOperation
            ? convolution.with(convolution.name() + "," + what, Operation.valueOf(what))
            : convolution;
    String algorithm = isOperation ? Case.AUTO : what;
    if (layer.operation() != Operation.FORWARD && !algorithm.equals(Case.AUTO)) {
      throw new IllegalArgumentException(
          "layer: " + layer.name() + "; with an algorithm it must be a plain convolution");
    }
    List<Case> cases = new ArrayList<>();
    for (String layout : layouts) {
      cases.add(new Case(layer, layout, algorithm));
    }
    return cases.getFirst().kind() == Case.Kind.GEMM
        ? Stream.of(new Case(layer, "", algorithm))
        : cases.stream();
  }

  /** A matrix product is a fully connected layer of as many images as it has rows. */
  private static Layer named(String name) {
    return Tables.gemms().stream()
        .filter(size -> size.name().equals(name))
        .findFirst()
        .map(s -> new Layer(name, s.m(), s.k(), 1, 1, s.n(), 1, 1, 1, 0, 1, 1, Operation.FORWARD))
        .orElseGet(() -> Tables.layer(name));
  }
}
