package dev.convector.internal.depthwise;

import dev.convector.internal.simd.Contest;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 3x3 layers that several kernels may compute: the contests decide no bit. */
class Depthwise3x3WayTest {
  @ParameterizedTest
  @CsvSource({
    "128, 33, 31, 1",
    "131, 28, 29, 0",
    "256, 9, 40, 1",
    "384, 14, 15, 1",
    "640, 5, 35, 0",
    "1024, 7, 7, 1"
  })
  void hasTheSameBits(int channels, int height, int width, int padding) {
    for (boolean started : List.of(false, true)) {
      DepthwiseLayer layer = DepthwiseLayer.of3x3(channels, height, width, padding, started);
      layer.check(0);
      for (Contest contest : contests(channels)) {
        for (boolean isWon : List.of(true, false)) {
          contest.decide(isWon);
          layer.check(0);
        }
      }
    }
  }

  private static List<Contest> contests(int channels) {
    return List.of(Depthwise3x3Way.TOUCH, Depthwise3x3Way.ROLLED.of(channels));
  }
}
