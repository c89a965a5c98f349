package dev.convector.jmh.race;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerSpace;
import dev.convector.jmh.layer.Tables;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SelectionTest {
  private static Selection of(List<String> networks, String pattern) {
    return new Selection(networks, Pattern.compile(pattern), LayerSpace.draw(7, 1), 1);
  }

  private static List<String> names(Selection selection) {
    return selection.layers().stream().map(Layer::name).toList();
  }

  @Test
  void theHeadlineHasLayersGradientsAndNetworks() {
    Selection headline = of(List.of("headline"), "");
    List<String> names = names(headline);
    assertEquals(Tables.headlineNames().size(), names.size() + headline.wholeNetworks().size());
    assertEquals(3, headline.wholeNetworks().size());
    assertTrue(names.contains("backward-weights-resnet50/s3_3x3_256"), "gradients");
    assertTrue(headline.gemms().isEmpty() && headline.solo().isEmpty());
  }

  @Test
  void namesAndPatternsNarrowIt() {
    assertEquals(
        List.of("resnet50/s1_3x3_64"), names(of(List.of("headline", "resnet50"), "s1_3x3")));
    assertEquals(7, names(of(List.of("drawn"), "")).size());
    assertEquals(
        List.of("networks/vgg-16"),
        of(List.of("networks"), "vgg-16$").wholeNetworks().stream()
            .map(network -> "networks/" + network.name())
            .toList());
    Selection all = of(null, "");
    assertEquals(Tables.layers().size() + 7, all.layers().size());
    assertEquals(Solo.NAMES, all.solo());
    assertTrue(new Selection(null, Pattern.compile(""), List.of(), 8).gemms().isEmpty(), "a batch");
  }

  @Test
  void refusesWhatNoTableHas() {
    var refusal = assertThrows(IllegalArgumentException.class, () -> of(List.of("resnet"), ""));
    assertTrue(refusal.getMessage().startsWith("--network: resnet; must be among ["));
  }
}
