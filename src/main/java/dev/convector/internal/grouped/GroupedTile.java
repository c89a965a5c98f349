package dev.convector.internal.grouped;

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
   * the broadcasts where they are needed. With an index it moves the columns' loads ahead, and
   * spills: 14 pixels took 1.1 to 1.6 times as long as 8 on Granite Rapids.
   */
  private static final int LONG = 14;

  /** One tap: pixels + as many columns + 1 tap + 1 index. */
  private static final int TAP = MANY ? 8 : 6;

  private GroupedTile() {}

  /** The most pixels of a tile, by what fits the registers. */
  static int mostPixels(ConvShape shape) {
    if (!wholeRows(shape)) {
      return TAP;
    }
    if (MANY && !GroupedWeights.isShared(shape) && GroupedWeights.vectors(shape) == 1) {
      return LONG;
    }
    return shape.strideWidth() == 1 ? ROW1 : ROW2;
  }

  /** Whether a tile runs a whole kernel row at a time. */
  static boolean wholeRows(ConvShape s) {
    return s.kernelWidth() == 3 && s.dilationWidth() == 1 && s.strideWidth() <= 2;
  }

  /**
   * Whether that is so, a tile is a whole row, and the kernels that cut its ends cover all the
   * padding. Tiles that are parts of a row read zeros instead: first, middle and last ones would
   * each have a kernel of their own, which C2 compiles one after the other (4 channels a group at
   * 56x56 were slow for two seconds), and all they save is a tap at each end of a row.
   */
  static boolean isCut(ConvShape s) {
    return wholeRows(s)
        && s.outputWidth() <= mostPixels(s)
        && s.padLeft() <= 1
        && (s.outputWidth() - 1) * s.strideWidth() - s.padLeft() + 2 <= s.width();
  }

  /** Floats from one input pixel of a strip to the next: one of those that kernels know. */
  static int step(ConvShape s) {
    if (GroupedWeights.isShared(s)) {
      return Simd.LANES;
    }
    return Math.max(s.groupChannels(), Simd.LANES) <= 8
        ? 8
        : Math.ceilDiv(s.groupChannels(), 16) * 16;
  }

  static int kernel(ConvShape s) {
    if (!wholeRows(s)) {
      return family(s) + GroupedKernel.TAP;
    }
    return family(s) + (s.strideWidth() == 1 ? GroupedKernel.ROW1 : GroupedKernel.ROW2);
  }

  private static int family(ConvShape s) {
    if (GroupedWeights.isShared(s)) {
      return GroupedKernel.SELECT;
    }
    boolean wide = GroupedWeights.vectors(s) == 2;
    return switch (step(s)) {
      case 8 -> wide ? GroupedKernel.BROADCASTWIDE8 : GroupedKernel.BROADCAST8;
      case 16 -> wide ? GroupedKernel.BROADCASTWIDE16 : GroupedKernel.BROADCAST16;
      case 32 -> wide ? GroupedKernel.BROADCASTWIDE32 : GroupedKernel.BROADCAST32;
      case 48 -> wide ? GroupedKernel.BROADCASTWIDE48 : GroupedKernel.BROADCAST48;
      default -> throw new AssertionError("no kernel for a step of " + step(s));
    };
  }
}
