package dev.convector.internal.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultiplyAddTest {
  /** Its square's last bit is half of the last place. */
  private static final float X = 1 + 0x1p-12f;

  /** The flags that take fused multiply-adds away are asked for by name: HotSpot tells no more. */
  @Test
  void knowsWhetherTheProcessorFuses() {
    List<String> flags = List.of(ProcessHandle.current().info().arguments().orElse(new String[0]));
    boolean without =
        flags.contains("-XX:-UseFMA")
            || flags.contains("-XX:UseAVX=0")
            || flags.contains("-XX:UseAVX=1");
    assertEquals(!without, MultiplyAdd.probed());
  }

  @Test
  void roundsOnceOrTwiceAsItSays() {
    float once = Math.fma(X, X, -1f);
    float twice = X * X - 1f;
    assertTrue(once != twice);
    assertEquals(MultiplyAdd.FUSED ? once : twice, MultiplyAdd.fma(X, X, -1f));
  }

  @Test
  void lanesAndScalarsHaveTheSameBits() {
    FloatVector x = FloatVector.broadcast(Simd.SPECIES, X);
    FloatVector sums = MultiplyAdd.fma(x, x, FloatVector.broadcast(Simd.SPECIES, -1f));
    for (int lane = 0; lane < Simd.LANES; lane++) {
      assertEquals(MultiplyAdd.fma(X, X, -1f), sums.lane(lane));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2})
  void refusesOtherSettings(int setting) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> MultiplyAdd.fused(setting)).getMessage();
    assertEquals("convector.fma: " + setting + "; must be 0 or 1", message);
  }

  /** What calls Java's own hangs for all practical purposes where it is no instruction. */
  @Test
  void nothingElseCallsJavasOwn() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        if (!file.endsWith("MultiplyAdd.java")) {
          assertFalse(Files.readString(file).contains(".fma("), file.toString());
        }
      }
    }
  }
}
