package dev.convector.internal.stage;

/** The operands of a run of which at least one is a segment; the others may be arrays. */
public final class StagedOperands {
  public final Tensor src = new Tensor();

  /** Of a run without one, nowhere. */
  public final Tensor residual = new Tensor();

  public final Tensor dst = new Tensor();

  /** Null where there are none. */
  int[] indices;

  int indicesOffset;

  public void setIndices(int[] indices, int indicesOffset) {
    this.indices = indices;
    this.indicesOffset = indicesOffset;
  }

  /** Lets go of the caller's memory. */
  public void clear() {
    src.clear();
    residual.clear();
    dst.clear();
    setIndices(null, 0);
  }
}
