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

  /** Null where there are none. */
  public int[] indices;

  public int indicesOffset;

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

  public void setIndices(int[] indices, int indicesOffset) {
    this.indices = indices;
    this.indicesOffset = indicesOffset;
  }

  /** Lets go of the caller's arrays. */
  public void clear() {
    set(null, 0, null, 0, null, 0);
    setIndices(null, 0);
  }
}
