package dev.convector.jmh.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Accuracy;
import dev.convector.Layout;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

public class LayerSpaceTest {
  private static final List<Layer> DRAWN = LayerSpace.draw(700, 1);

  @Test
  void theSameForTheSameSeed() {
    assertEquals(DRAWN, LayerSpace.draw(700, 1));
    assertEquals(DRAWN.subList(0, 30), LayerSpace.draw(30, 1), "fewer are the first of more");
    assertNotEquals(DRAWN.getFirst(), LayerSpace.draw(1, 2).getFirst());
    assertEquals(700, new HashSet<>(DRAWN).size());
  }

  @Test
  void aNameSaysAllOfALayer() {
    for (Layer layer : DRAWN) {
      assertEquals(layer, Tables.layer(layer.name()));
    }
    Layer one = LayerSpace.named("drawn/2x6x9x7_4x3x5_s2p1d1g2");
    assertEquals(new Layer(one.name(), 2, 6, 9, 7, 4, 3, 5, 2, 1, 1, 2, Operation.FORWARD), one);
    assertThrows(IllegalArgumentException.class, () -> LayerSpace.named("drawn/3x3"));
  }

  @Test
  void everyClassHasItsShare() {
    Map<LayerClass, Long> counts =
        DRAWN.stream()
            .collect(
                Collectors.groupingBy(
                    LayerClass::of, () -> new EnumMap<>(LayerClass.class), Collectors.counting()));
    assertEquals(LayerClass.values().length, counts.size());
    counts.forEach((kind, count) -> assertEquals(100, count, kind.title()));
  }

  @Test
  void staysWithinItsBoundsAndReachesThem() {
    for (Layer layer : DRAWN) {
      assertTrue(layer.flops() <= 800_000_000L && layer.bytes() <= 100 << 20, layer.name());
      layer.conv(Layout.NHWC, Accuracy.STANDARD);
    }
    some(l -> l.channels() % 2 == 1 && l.channels() > 64);
    some(l -> l.channels() == 1);
    some(l -> l.channels() > 1500 || l.filters() > 1500);
    some(l -> l.height() > 400);
    some(l -> l.kernelHeight() > 20 || l.kernelWidth() > 20);
    some(l -> l.kernelHeight() == 1 && l.kernelWidth() > 1);
    some(l -> l.kernelWidth() == 1 && l.kernelHeight() > 1);
    some(l -> l.dilation() > 2);
    some(l -> l.stride() > 2);
    some(l -> l.batch() > 16);
    some(l -> LayerClass.of(l) == LayerClass.GROUPED && l.channels() / l.groups() > 32);
    some(l -> l.depthwise() && l.filters() > l.channels());
  }

  private static void some(Predicate<Layer> wanted) {
    assertTrue(DRAWN.stream().filter(wanted).count() >= 3);
  }
}
