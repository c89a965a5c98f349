package dev.convector.internal.grouped;

import dev.convector.ConvShape;
import dev.convector.internal.simd.Simd;

/** Which kernel computes a grouped convolution, and with how many pixels a tile. */
final class GroupedTile {
  /**
   * Three taps, stride 1: pixels + (pixels + 2) columns + 3 taps + 1 index. With fences pixels of
   * two vectors + 6 taps + 1 column.
   */
  private static final int ROW1 = Simd.MANY_REGISTERS ? 8 : 4;

  /**
   * Three taps, stride 2: pixels + (2 pixels + 1) columns + 3 taps + 1 index. The same with fences;
   * with an index 4 pixels take 0.92 of the time of 3 (channels-first).
   */
  private static final int ROW2 = Simd.MANY_REGISTERS ? 7 : 4;

  /**
   * One vector of filters without an index: pixels + 1 to 3 taps + 1 column, since C2 leaves the
   * broadcasts where they are needed. With an index it moves the columns' loads ahead, and spills:
   * 14 pixels took 1.1 to 1.6 times as long as 8 on Granite Rapids.
   */
  private static final int LONG = 14;

  /**
   * The same with 16 registers and fences, which keep broadcasts where they are needed: pixels + 3
   * taps + 1 column.
   */
  private static final int FENCED_LONG = 11;

  /**
   * One tap: pixels + as many columns + 1 tap + 1 index. With 16 registers 5 pixels of two vectors
   * leave as many registers for columns as C2 takes; of 6 it spilled a sum, whose way through
   * memory was then what a channel took: transposed 4x4 with stride 2 in groups of 16 and 32
   * channels at 28x28 0.77 and 0.65 of the time (Regression, Zen 4 without AVX-512).
   */
  private static final int TAP = Simd.MANY_REGISTERS ? 8 : 5;

  private GroupedTile() {}

  /** The most pixels of a tile, by what fits the registers. */
  static int mostPixels(ConvShape shape, boolean paired) {
    boolean broadcast = paired || !GroupedWeights.isShared(shape);
    if (broadcast && GroupedWeights.vectors(shape) == 1) {
      return Simd.MANY_REGISTERS ? LONG : FENCED_LONG;
    }
    if (!wholeRows(shape)) {
      return TAP;
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
   * 56x56 were slow for two seconds), and all they save is a tap at each end of a row. So do rows
   * cut at one end as only uneven padding makes them.
   */
  static boolean isCut(ConvShape s, boolean paired) {
    if (!wholeRows(s) || s.outputWidth() > mostPixels(s, paired) || s.padLeft() > 1) {
      return false;
    }
    int right = columnsOutside(s);
    return s.padLeft() == 0
        ? right == 0
        : s.outputWidth() > 1 && (right == 1 || right == 0 && s.strideWidth() == 2);
  }

  /** Columns beyond the image's last that the last pixel sees; at least 0. */
  private static int columnsOutside(ConvShape s) {
    int last = (s.outputWidth() - 1) * s.strideWidth() - s.padLeft() + 2;
    return Math.max(0, last + 1 - s.width());
  }

  /** Floats from one input pixel of a strip to the next: one of those that kernels know. */
  static int step(ConvShape s) {
    if (GroupedWeights.isShared(s)) {
      return Simd.LANES;
    }
    return family(s) == GroupedKernels.NEAR ? GroupedKernels.NEAR_STEP : GroupedKernels.FAR_STEP;
  }

  /** Floats of the cache lines that hold a pixel of a strip. */
  static int held(ConvShape s) {
    if (GroupedWeights.isShared(s)) {
      return Simd.LANES;
    }
    return Math.max(s.groupChannels(), Simd.LANES) <= 8
        ? 8
        : Math.ceilDiv(s.groupChannels(), 16) * 16;
  }

  /** The kernel's number: its family's and its kind's. */
  static int kernel(ConvShape s, boolean paired) {
    return (paired ? GroupedKernels.PAIR : family(s)) + kind(s, paired);
  }

  private static int kind(ConvShape s, boolean paired) {
    if (!wholeRows(s)) {
      return switch (s.strideWidth()) {
        case 1 -> GroupedKernels.TAP_S1;
        case 2 -> GroupedKernels.TAP_S2;
        default -> GroupedKernels.TAP;
      };
    }
    boolean cut = isCut(s, paired) && s.padLeft() == 1;
    if (s.strideWidth() == 1) {
      return cut ? GroupedKernels.ROW1_CUT : GroupedKernels.ROW1;
    }
    if (!cut) {
      return GroupedKernels.ROW2;
    }
    return columnsOutside(s) == 1 ? GroupedKernels.ROW2_CUT : GroupedKernels.ROW2_LEFT;
  }

  private static int family(ConvShape s) {
    if (GroupedWeights.isShared(s)) {
      return GroupedKernels.SELECT;
    }
    if (GroupedWeights.vectors(s) == 2) {
      return GroupedKernels.WIDE;
    }
    return s.groupChannels() <= GroupedKernels.NEAR_STEP ? GroupedKernels.NEAR : GroupedKernels.FAR;
  }
}
