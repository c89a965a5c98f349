package dev.convector.internal.parallel;

import dev.convector.internal.simd.Simd;

/**
 * What the parts of a work take one thread, in nanoseconds: what is divided when it is cut into
 * rectangles, and what is repeated. First axis: blocks of the output; second axis: parts of each,
 * mostly of the filters.
 *
 * @param products divided along both axes
 * @param loads of bringing the input, once; along the first axis they are divided but for the halo
 * @param repeatsLoads whether every part of a block brings the block's whole input
 * @param halo pieces of the first axis that a block brings beyond its own
 * @param weights of reading all weights, once; every block reads them again
 */
public record UnitCost(
    double products, double loads, boolean repeatsLoads, double halo, double weights) {
  /** Multiply-adds of a core that starts two vectors of them a cycle at 3 GHz. */
  private static final double MULTIPLY_ADDS = 6 * Simd.LANES;

  /** Floats read and written. */
  private static final double MOVED = 8;

  /** Floats brought to scratch: turned 5 to 6, copied 12, parted by a stride 3 (Zen 5). */
  private static final double LOADED = 6;

  /**
   * Weights from a second-level cache, beneath the multiply-adds; and those of more than 1 MiB,
   * from the third: see {@code Blocking.DIRECT_ROWS}.
   */
  private static final double NEAR = 48;

  private static final double FAR = 8;
  private static final int NEAR_FLOATS = 256 * 1024;

  /** Of a work that repeats nothing when it is cut. */
  public static UnitCost of(long multiplyAdds, long floatsMoved) {
    double nanos = Math.max(multiplyAdds / MULTIPLY_ADDS, floatsMoved / MOVED);
    return new UnitCost(nanos, 0, false, 0, 0);
  }

  /** The same, and the input is brought to scratch first. */
  public UnitCost loading(long floats, boolean repeats, double halo) {
    return new UnitCost(products, floats / LOADED, repeats, halo, weights);
  }

  /**
   * The same, and the input is transformed first, in the time of so many multiply-adds, and so many
   * floats of it turned.
   */
  public UnitCost transforming(long multiplyAdds, long turned, boolean repeats, double halo) {
    double nanos = multiplyAdds / MULTIPLY_ADDS + turned / LOADED;
    return new UnitCost(products, nanos, repeats, halo, weights);
  }

  /** The same, and each block reads all these weights. */
  public UnitCost weighing(long floats) {
    double nanos = floats / (floats > NEAR_FLOATS ? FAR : NEAR);
    return new UnitCost(products, loads, repeatsLoads, halo, nanos);
  }
}
