package dev.convector.internal.dense;

import dev.convector.internal.parallel.Scratch;

/** The operands of packing a panel of pixels; a worker has one. */
final class DensePixelPack implements Scratch.Kept {
  private static final Scratch.Slot<DensePixelPack> SLOT = new Scratch.Slot<>(DensePixelPack::new);

  float[] src;

  /** Where in it the first channel's plane begins. */
  int group;

  /** Floats from one channel's plane to the next. */
  int plane;

  /** The stretch of the depth. */
  int from;

  int to;

  /** Where the panel goes: {@code to - from} steps of {@code step} floats. */
  float[] panel;

  int at;
  int step;

  /** The neighbouring pixels at hand, counted from the panel's first. */
  int lane;

  int lanes;

  /** Those of them that lie inside the image, counted from the first. */
  int first;

  int last;

  private DensePixelPack() {}

  /** The worker's. */
  static DensePixelPack of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** What is read and where the panel goes. */
  void arrays(float[] src, float[] panel) {
    if (this.src != src) {
      this.src = src;
    }
    if (this.panel != panel) {
      this.panel = panel;
    }
  }

  /** Lets go of the caller's array. */
  @Override
  public void clear() {
    src = null;
  }
}
