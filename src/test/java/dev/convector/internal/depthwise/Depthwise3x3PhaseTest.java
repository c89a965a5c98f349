package dev.convector.internal.depthwise;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Vectors that begin elsewhere than a pixel's channels, wherever cache lines are taken to begin.
 */
class Depthwise3x3PhaseTest {
  private static final int LINE = 16;

  /** Calls are short until the kernels are compiled, and have no phase. */
  private static final int RUNS = 3;

  @AfterEach
  void letTheProbeFindOut() {
    DepthwisePhase.line = DepthwisePhase.FIND_OUT;
  }

  @ParameterizedTest
  @CsvSource({
    "128, 33, 31, 1",
    "256, 17, 9, 1",
    "512, 14, 15, 0",
    "1024, 7, 7, 1",
    "144, 40, 28, 1"
  })
  void hasTheSameBits(int channels, int height, int width, int padding) {
    DepthwiseLayer layer = DepthwiseLayer.of3x3(channels, height, width, padding, false);
    Depthwise3x3Way.TOUCH.decide(true);
    for (int line = DepthwisePhase.FIND_OUT; line < LINE; line++) {
      DepthwisePhase.line = line;
      for (int i = 0; i < RUNS; i++) {
        layer.check(i);
      }
    }
  }
}
