package dev.convector.internal.problem;

import dev.convector.internal.parallel.Scratch;

/**
 * The arrays of one run, already checked. {@code residual} is null where there is none; it may be
 * the same place as {@code dst}.
 */
public final class Operands implements Scratch.Kept {
  public float[] src;
  public int srcOffset;
  public float[] residual;
  public int residualOffset;
  public float[] dst;
  public int dstOffset;

  /** Null where there are none. */
  public int[] indices;

  public int indicesOffset;

  /** Whether what is in memory is read ahead by work that {@link PackedWork#mayReadAhead may}. */
  public boolean readsAhead;

  /** Where planes of the source were moved together; else 0. */
  private int sourcePlane;

  /** The same of result and residual. */
  private int resultPlane;

  /** Where the pixels of a channels-last result lie apart; else 0. */
  private int resultPixel;

  public void set(
      float[] src,
      int srcOffset,
      float[] residual,
      int residualOffset,
      float[] dst,
      int dstOffset) {
    if (this.src != src) {
      this.src = src;
    }
    this.srcOffset = srcOffset;
    if (this.residual != residual) {
      this.residual = residual;
    }
    this.residualOffset = residualOffset;
    if (this.dst != dst) {
      this.dst = dst;
    }
    this.dstOffset = dstOffset;
    this.readsAhead = false;
    this.sourcePlane = 0;
    this.resultPlane = 0;
    this.resultPixel = 0;
  }

  /**
   * After {@link #set}, for work that {@linkplain PackedWork#allowsResultDistance allows it},
   * without a residual: floats from one pixel of a channels-last result to the next where something
   * else lies between them; 0 where nothing does.
   */
  public void setResultPixel(int distance) {
    resultPixel = distance;
  }

  /**
   * Floats from one pixel of a channels-last result to the next, all images' pixels counted
   * through.
   *
   * @param channels of a pixel
   */
  public int resultPixel(int channels) {
    return resultPixel == 0 ? channels : resultPixel;
  }

  /** Whether something else lies between the pixels of the result. */
  public boolean hasResultDistance() {
    return resultPixel != 0;
  }

  /** After {@link #set}: how far apart planes are that were moved together; 0 for others. */
  public void setPlanes(int source, int result) {
    sourcePlane = source;
    resultPlane = result;
  }

  /** Those of other operands; of the source only if it is theirs. */
  public void setPlanes(Operands other, boolean sameSource) {
    setPlanes(sameSource ? other.sourcePlane : 0, other.resultPlane);
  }

  /**
   * Floats from one plane of a channels-first source to the next.
   *
   * @param size of a plane
   */
  public int sourcePlane(int size) {
    return sourcePlane == 0 ? size : sourcePlane;
  }

  /** The same of result and residual. */
  public int resultPlane(int size) {
    return resultPlane == 0 ? size : resultPlane;
  }

  /** Whether planes of the source were moved together. */
  public boolean hasMovedSource() {
    return sourcePlane != 0;
  }

  /** The same of result and residual. */
  public boolean hasMovedResult() {
    return resultPlane != 0;
  }

  public void setIndices(int[] indices, int indicesOffset) {
    if (this.indices != indices) {
      this.indices = indices;
    }
    this.indicesOffset = indicesOffset;
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    set(null, 0, null, 0, null, 0);
    setIndices(null, 0);
  }
}
