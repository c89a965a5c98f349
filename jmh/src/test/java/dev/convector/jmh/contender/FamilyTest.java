package dev.convector.jmh.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.race.Field;
import dev.convector.jmh.race.Relay;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each operation of the race, on a small layer. */
public class FamilyTest {
  private static final Field FIELD =
      new Field(List.of(Libraries.named("convector")), Set.of("NHWC", "NCHW"), Set.of("AUTO"));

  /** No two axes, strides or counts alike where they may differ. */
  private static Layer small(Operation operation) {
    return switch (operation) {
      case MAX_POOL, AVERAGE_POOL ->
          new Layer("small/pool", 2, 5, 9, 7, 5, 3, 2, 2, 1, 1, 5, operation);
      case NEAREST, BILINEAR ->
          new Layer("small/resize", 2, 5, 4, 3, 5, 1, 1, 2, 0, 1, 5, operation);
      default -> new Layer("small/conv", 2, 6, 9, 7, 4, 3, 2, 2, 1, 2, 2, operation);
    };
  }

  @ParameterizedTest
  @EnumSource
  void convectorEqualsTheOracle(Operation operation) throws Exception {
    Layer layer = small(operation);
    ConvTask task = new ConvTask(layer);
    float[] expected = task.expected();
    assertTrue(Relay.rms(expected) > 0.1, "the oracle wrote something");
    for (int threads = 1; threads <= 2; threads++) {
      List<String> contenders = FIELD.contenders(layer, threads);
      assertEquals(List.of("convector/NHWC/AUTO", "convector/NCHW/AUTO"), contenders);
      for (String contender : contenders) {
        String variant = contender.substring(contender.indexOf('/') + 1);
        try (Contender convector = new ConvectorLibrary().prepare(task, variant, threads)) {
          convector.run();
          double error = Relay.largestDifference(convector.output(), expected);
          assertTrue(error < 1e-4, contender + ": " + error);
        }
      }
    }
  }

  @Test
  void aGlobalPoolIsOneWindow() throws Exception {
    Layer layer = new Layer("small/global", 2, 5, 3, 3, 5, 3, 3, 1, 0, 1, 5, Operation.MAX_POOL);
    ConvTask task = new ConvTask(layer);
    Contender convector = new ConvectorLibrary().prepare(task, "NHWC/AUTO", 1);
    convector.run();
    assertEquals(10, convector.output().length);
    assertEquals(0, Relay.largestDifference(convector.output(), task.expected()));
  }

  @Test
  void tablesHaveEachNameOnce() {
    Set<String> names = new HashSet<>();
    for (Layer layer : Tables.layers()) {
      assertTrue(names.add(layer.name()), layer.name());
      assertTrue(layer.outputElements() > 0, layer.name());
    }
    for (String operation : List.of("backward-data", "backward-weights")) {
      assertTrue(names.contains(operation + "-stem/conv1_7x7s2"), operation);
      assertTrue(names.contains(operation + "-resnet50/s1_3x3_64"), operation);
    }
  }
}
