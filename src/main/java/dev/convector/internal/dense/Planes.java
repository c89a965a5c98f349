package dev.convector.internal.dense;

/**
 * The planes of a volume that the windows of an output plane reach.
 *
 * @param slices of the kernel along its depth
 * @param first slice that meets a plane of the input
 * @param count slices that do, one after the other
 * @param dilation planes from one that a slice meets to the next
 */
public record Planes(int slices, int first, int count, int dilation) {
  /** An image. */
  static final Planes ONE = new Planes(1, 0, 1, 1);

  /**
   * The places of all planes, one behind the other.
   *
   * @param one those in a plane
   * @param step floats from one plane to the next
   */
  int[] places(int[] one, int step) {
    int[] all = new int[count * one.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = i / one.length * step + one[i % one.length];
    }
    return all;
  }

  /** Planes from the first that is met to the last. */
  public int span() {
    return (count - 1) * dilation + 1;
  }
}
