package dev.convector.internal.depthwise;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convector.internal.simd.Simd;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kernel that planes may have has a small call that fits it. */
final class DepthwisePixelWarmUpTest {
  @ParameterizedTest
  @CsvSource({"ROWS, 3, 2", "ROWS, 5, 2", "ROWS, 7, 2", "EACH, 3, 1", "EACH, 5, 1", "EACH, 7, 1"})
  void everyKernelHasASmallCall(DepthwisePixelWarmUp way, int kernel, int strides) {
    all(way, kernel, strides);
    assertThrows(AssertionError.class, () -> way.call(kernel + 1, 1, 0, 0).run());
  }

  @ParameterizedTest
  @CsvSource({"1", "2"})
  void everyPairHasASmallCall(int stride) {
    if (Simd.LANES > 4) {
      all(DepthwisePixelWarmUp.PAIRS, 3, stride);
    }
    assertThrows(AssertionError.class, () -> DepthwisePixelWarmUp.PAIRS.call(3, 3, 0, 0).run());
  }

  private static void all(DepthwisePixelWarmUp way, int kernel, int strides) {
    for (int stride = 1; stride <= strides; stride++) {
      for (int lead = 0; lead < kernel; lead++) {
        for (int more = 0; more < 2; more++) {
          Runnable call = way.call(kernel, stride, lead, more);
          for (int turn = 0; turn < 32; turn++) {
            call.run();
          }
        }
      }
    }
  }
}
