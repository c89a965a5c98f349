package dev.convector.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness runs: one tiny layer, one fork, no native library. */
class SmokeTest {
  @Test
  void racesATinyLayer(@TempDir Path folder) throws Exception {
    Field field =
        new Field(List.of(Libraries.named("convector")), Set.of("NHWC", "NCHW"), Set.of("AUTO"));
    Layer layer = Tables.layer("trivial/1x1");
    List<String> contenders = field.contenders(layer);
    Meter meter = new Meter(2, 5, 5);

    meter.layer(layer, 2, 1, String.join(",", contenders));
    meter.write(folder.resolve("smoke.json"));

    assertEquals(
        contenders, meter.facts().stream().map(Fact::contender).toList(), "a fact for each");
    assertEquals(
        List.of(), meter.facts().stream().map(Fact::failure).filter(f -> !f.isEmpty()).toList());
    assertTrue(contenders.contains("convector/NHWC/AUTO"));
    assertFalse(Files.readString(folder.resolve("smoke.json")).isBlank());
  }
}
