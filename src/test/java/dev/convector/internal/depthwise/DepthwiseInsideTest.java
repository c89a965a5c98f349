package dev.convector.internal.depthwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.convector.Activation;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.simd.Simd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels of few taps against the oracle, in images that hold few or no whole windows. */
class DepthwiseInsideTest {
  private static Conv2d.Builder conv(int channels, int height, int width, int rows, int columns) {
    return Conv2d.builder()
        .input(2, channels, height, width)
        .filters(channels, rows, columns)
        .groups(channels)
        .layout(Layout.NHWC)
        .activation(Activation.RELU6);
  }

  private static void check(Conv2d.Builder conv, boolean hasResidual) {
    new DepthwiseLayer(conv.build(), hasResidual).check(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
  void rowsAndColumnsEqualTheReference(int taps) {
    for (int size = taps; size < taps + 6; size++) {
      for (int padding = 0; padding < taps; padding += 2) {
        check(conv(43, 3, size, 1, taps).padding(0, padding), size % 2 == 0);
        check(conv(43, size, 3, taps, 1).padding(padding, 0), size % 2 == 0);
      }
    }
    check(conv(64, 5, 3 * taps, 1, taps).padding(1, taps / 2).dilation(1, 2), false);
    check(conv(64, 3 * taps, 5, taps, 1).padding(taps / 2, 1).dilation(2, 1), false);
    check(conv(64, 6, 2 * taps, 1, taps).stride(2, 1), true);
    check(conv(64, 2 * taps, 6, taps, 1).stride(1, 2), true);
  }

  @ParameterizedTest
  @CsvSource({
    // kernel rows and columns, strides, dilations, padding
    "2, 2, 1, 1, 1, 1, 0", "2, 2, 1, 1, 1, 1, 1", "2, 2, 2, 1, 1, 1, 1", "2, 2, 1, 1, 3, 2, 2",
    "2, 3, 1, 1, 1, 1, 1", "3, 2, 1, 1, 1, 1, 1", "3, 2, 1, 1, 2, 3, 1", "2, 2, 2, 2, 1, 1, 0",
    "2, 2, 2, 2, 1, 1, 1", "2, 2, 3, 4, 1, 1, 1", "2, 2, 1, 4, 2, 2, 1", "3, 3, 3, 3, 1, 1, 1",
    "3, 3, 4, 4, 1, 1, 0", "3, 3, 3, 3, 1, 1, 2", "3, 3, 5, 5, 2, 2, 2", "3, 3, 1, 3, 1, 1, 1"
  })
  void othersEqualTheReference(
      int rows, int columns, int down, int across, int rowsApart, int columnsApart, int padding) {
    for (int channels : new int[] {16, 24, 40, 75, 128, 1024}) {
      Conv2d.Builder conv =
          conv(channels, 13, channels > 200 ? 9 : 22, rows, columns)
              .stride(down, across)
              .dilation(rowsApart, columnsApart)
              .padding(padding);
      check(conv, channels % 3 == 0);
    }
  }

  private static boolean fits(Conv2d.Builder conv) {
    ConvShape shape = conv.build().shape();
    return DepthwiseInside.fits(shape);
  }

  @Test
  void fewRegistersHaveThemOfEnoughChannels() {
    boolean few = !Simd.MANY_REGISTERS;
    int lanes = Simd.LANES;
    assertEquals(few, fits(conv(2 * lanes, 9, 9, 1, 3)));
    assertFalse(fits(conv(2 * lanes - 1, 9, 9, 1, 3)));
    assertEquals(few, fits(conv(2 * lanes, 19, 9, 11, 1)));
    assertFalse(fits(conv(2 * lanes, 19, 9, 12, 1)));
    assertEquals(few, fits(conv(2 * lanes, 9, 9, 2, 2)));
    assertEquals(few, fits(conv(4 * lanes + 1, 9, 9, 3, 2)));
    assertFalse(fits(conv(4 * lanes, 9, 9, 3, 2)));
    assertEquals(few, fits(conv(4 * lanes + 1, 9, 9, 3, 3).stride(3)));
    assertFalse(fits(conv(1024, 9, 9, 3, 3).stride(3)));
    assertFalse(fits(conv(4 * lanes + 1, 9, 9, 3, 3).stride(2)));
    assertFalse(fits(conv(4 * lanes + 1, 19, 19, 3, 3).stride(4).dilation(2)));
    assertFalse(fits(conv(2 * lanes, 9, 9, 1, 3).stride(2)));
  }
}
