package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.simd.AlignedFloats;

/** How many pixels the blocks of a {@link DenseTapConv} have, and what strips they read. */
final class DenseTapBlocks {
  /** Output rows of a block, or so many as have these pixels; more save little. */
  private static final int MOST_ROWS = 8;

  private static final int LEAST_PIXELS = 512;

  /** Pixels of a block whose panel, where it is staged, takes half of a worker's scratch. */
  private static final int MOST_PIXELS = AlignedFloats.LEAST / 2 / DenseWeights.NR;

  private DenseTapBlocks() {}

  /**
   * Floats of what so many output rows and columns see, columns padded; of several planes of a
   * volume, rows too.
   */
  static long stripFloats(ConvShape s, int slices, int rows, int columns) {
    Border border = slices > 1 ? Border.ALL : Border.COLUMNS;
    return slices * InputStrip.floats(s, border, s.channels(), rows, columns);
  }

  private static boolean fits(ConvShape s, int slices, int rows, int columns, int budget) {
    return (long) rows * columns <= MOST_PIXELS && stripFloats(s, slices, rows, columns) <= budget;
  }

  /** Whole rows if they fit, else a part of one; of an image, or of a volume's output plane. */
  static int pixels(ConvShape s, int slices) {
    int most = slices * Math.max(MOST_ROWS, LEAST_PIXELS / s.outputWidth());
    int rows = rows(s, slices, most, Blocking.TAP_STRIP_FLOATS);
    if (rows * s.strideHeight() < s.effectiveKernelHeight() / 2) {
      rows = rows(s, slices, s.outputHeight(), Blocking.STRIP_FLOATS / 2);
    }
    int columns = rows > 1 ? s.outputWidth() : columns(s, slices, Blocking.TAP_STRIP_FLOATS);
    if (InputStrip.copies(s, Border.COLUMNS, rows, columns) > InputStrip.MOST_COPIES) {
      rows = rows(s, slices, s.outputHeight(), Blocking.WIDE_STRIP_FLOATS);
      columns = rows > 1 ? s.outputWidth() : columns(s, slices, Blocking.WIDE_STRIP_FLOATS);
    }
    return rows * columns;
  }

  /** All columns of a row if they fit, else half of them, or a quarter. */
  private static int columns(ConvShape s, int slices, int budget) {
    int columns = s.outputWidth();
    while (columns > 1 && !fits(s, slices, 1, columns, budget)) {
      columns = Math.ceilDiv(columns, 2);
    }
    return columns;
  }

  /** As many rows as fit, at least one. */
  private static int rows(ConvShape s, int slices, int most, int budget) {
    int rows = Math.min(most, s.outputHeight());
    while (rows > 1 && !fits(s, slices, rows, s.outputWidth(), budget)) {
      rows--;
    }
    return rows;
  }
}
