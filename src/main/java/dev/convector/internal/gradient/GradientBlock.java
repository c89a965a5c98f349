package dev.convector.internal.gradient;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;

/**
 * A block of the output's pixels, and how a plane with one channel of it lies in scratch: {@code
 * [images][rows + rowSpan][columns + columnSpan]}. A run through it from any shift within the spans
 * meets the pixels in the same order; what lies between rows and images counts as pixels too, whose
 * output's gradient is zero.
 */
final class GradientBlock implements Scratch.Kept {
  private static final Scratch.Slot<GradientBlock> SLOT = new Scratch.Slot<>(GradientBlock::new);

  int image;
  int images;
  int row;
  int rows;
  int column;
  int columns;
  private int rowSpan;
  private int columnSpan;

  /** The worker's. */
  static GradientBlock of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** It has no arrays. */
  @Override
  public void clear() {}

  void spans(int rowSpan, int columnSpan) {
    this.rowSpan = rowSpan;
    this.columnSpan = columnSpan;
  }

  /** Rows of an image in a plane. */
  int planeRows() {
    return rows + rowSpan;
  }

  /** Floats of a row. */
  int pitch() {
    return columns + columnSpan;
  }

  /** Floats of an image. */
  int imageFloats() {
    return planeRows() * pitch();
  }

  /** Whether there is something between rows or images. */
  boolean hasGaps() {
    return columnSpan > 0 || rowSpan > 0 && images > 1;
  }

  /** Pixels, those that lie between included: the depth of the products. */
  int depth() {
    return (images - 1) * imageFloats() + rows * pitch();
  }

  /** Floats of a plane that are pixels or lie between them; behind them are zeros. */
  int usedFloats() {
    return images * imageFloats();
  }

  /**
   * Floats from a plane to the next. A run of whole vectors from the largest shift stays inside.
   * They are an odd number of cache lines, so that a pixel's channels lie in different sets.
   */
  int planeFloats() {
    int floats = usedFloats() + columnSpan + Simd.LANES;
    return (Math.ceilDiv(floats, AlignedFloats.LINE) | 1) * AlignedFloats.LINE;
  }
}
