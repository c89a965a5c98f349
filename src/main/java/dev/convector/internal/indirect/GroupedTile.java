package dev.convector.internal.indirect;

import dev.convector.ConvShape;
import dev.convector.internal.simd.Simd;

/** Which kernel computes a grouped convolution, and with how many pixels a tile. */
final class GroupedTile {
  private static final boolean MANY = Simd.REGISTERS >= 32;

  /** Three taps, stride 1: pixels + (pixels + 2) columns + 3 taps + 1 index. */
  private static final int ROW1 = MANY ? 8 : 4;

  /** Three taps, stride 2: pixels + (2 pixels + 1) columns + 3 taps + 1 index. */
  private static final int ROW2 = MANY ? 7 : 3;

  /**
   * Three taps, one vector of filters without an index: pixels + 3 taps + 1 column, since C2 leaves
   * the broadcasts where they are needed. Half the loads of weights of two tiles of 7, and half the
   * calls: 270 against 297 us for 512 channels at 14x14 on Zen 4, 16 a group.
   */
  private static final int LONG = 14;

  /** One tap: pixels + as many columns + 1 tap + 1 index. */
  private static final int TAP = MANY ? 8 : 6;

  private GroupedTile() {}

  /**
   * The most pixels of a tile, by what fits the registers; at stride 2 also the first-level cache,
   * where the 29 columns of 14 pixels would evict each other unless they lie in a strip (552
   * against 357 us on Zen 4, 512 channels at 28x28; in a strip 389 against 424).
   */
  static int mostPixels(ConvShape shape, boolean stripped) {
    if (!wholeRows(shape)) {
      return TAP;
    }
    boolean isLong = MANY && !GroupedWeights.isShared(shape) && GroupedWeights.vectors(shape) == 1;
    if (shape.strideWidth() == 1) {
      return isLong ? LONG : ROW1;
    }
    return isLong && stripped ? LONG : ROW2;
  }

  /** Whether only the first and the last column of the padded input may lie outside. */
  static boolean wholeRows(ConvShape s) {
    return s.kernelWidth() == 3
        && s.dilationWidth() == 1
        && s.strideWidth() <= 2
        && s.padLeft() <= 1
        && (s.outputWidth() - 1) * s.strideWidth() - s.padLeft() + 2 <= s.width();
  }

  static int kernel(ConvShape s) {
    int how =
        GroupedWeights.vectors(s) == 1 ? GroupedKernel.BROADCAST : GroupedKernel.BROADCASTWIDE;
    if (GroupedWeights.isShared(s)) {
      how = s.groupChannels() % 2 == 0 ? GroupedKernel.SELECTPAIR : GroupedKernel.SELECT;
    }
    if (!wholeRows(s)) {
      return how;
    }
    return how + (s.strideWidth() == 1 ? GroupedKernel.ROW1 : GroupedKernel.ROW2);
  }
}
