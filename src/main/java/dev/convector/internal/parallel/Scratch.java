package dev.convector.internal.parallel;

/**
 * A worker's private memory. Its arrays are at least as long as asked for; contents are arbitrary.
 */
public final class Scratch {
  public final float[] floats;
  public final int[] ints;

  Scratch(int floats, int ints) {
    this.floats = new float[floats];
    this.ints = new int[ints];
  }
}
