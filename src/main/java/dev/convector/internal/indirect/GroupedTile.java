package dev.convector.internal.indirect;

import dev.convector.internal.simd.Simd;

/** The most pixels of a tile of grouped convolution, by what fits the registers. */
final class GroupedTile {
  private static final boolean MANY = Simd.REGISTERS >= 32;

  /** Three taps, stride 1: pixels + (pixels + 2) columns + 3 taps + 1 index. */
  static final int ROW1 = MANY ? 8 : 4;

  /** Three taps, stride 2: pixels + (2 pixels + 1) columns + 3 taps + 1 index. */
  static final int ROW2 = MANY ? 7 : 3;

  /** One tap: pixels + as many columns + 1 tap + 1 index. */
  static final int TAP = MANY ? 8 : 6;

  private GroupedTile() {}
}
