package dev.convector.internal.problem;

/**
 * The arrays of one run, already checked. {@code residual} is null where there is none; it may be
 * the same place as {@code dst}.
 */
public final class Operands {
  public float[] src;
  public int srcOffset;
  public float[] residual;
  public int residualOffset;
  public float[] dst;
  public int dstOffset;

  public void set(
      float[] src,
      int srcOffset,
      float[] residual,
      int residualOffset,
      float[] dst,
      int dstOffset) {
    this.src = src;
    this.srcOffset = srcOffset;
    this.residual = residual;
    this.residualOffset = residualOffset;
    this.dst = dst;
    this.dstOffset = dstOffset;
  }

  /** Lets go of the caller's arrays. */
  public void clear() {
    set(null, 0, null, 0, null, 0);
  }
}
