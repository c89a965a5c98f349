package dev.convector.internal.depthwise;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 3x3 kernels whose tiles may touch the lines of their results: the contest decides no bit. */
class Depthwise3x3TouchTest {
  @ParameterizedTest
  @CsvSource({"128, 33, 31, 1", "131, 28, 29, 0", "512, 14, 15, 1", "1024, 7, 7, 1"})
  void hasTheSameBits(int channels, int height, int width, int padding) {
    Depthwise3x3Layer layer = new Depthwise3x3Layer(channels, height, width, padding, true);
    layer.check(0);
    Depthwise3x3.TOUCH.decide(false);
    layer.check(0);
    Depthwise3x3.TOUCH.decide(true);
    layer.check(0);
  }
}
