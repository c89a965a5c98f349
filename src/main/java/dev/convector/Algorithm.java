package dev.convector;

/**
 * The ways to compute a convolution.
 *
 * <p>{@link #AUTO} takes the first of one ordered list that accepts the problem and pays; any other
 * value forces that algorithm, and a plan is refused when it can't do the work: nothing falls back
 * silently.
 */
public enum Algorithm {
  /** The library chooses; {@link Conv2dPlan#algorithm()} tells what. */
  AUTO,
  /**
   * Plain scalar loops with double accumulation, in one thread's order; the oracle. Any problem.
   */
  REFERENCE,
  /**
   * Cache-blocked im2col and matrix product: a block of unfolded input is written into scratch that
   * stays in cache and multiplied with packed weights. Any problem.
   */
  IM2COL_GEMM,
  /**
   * The input is read with no unfolded copy: in place, one kernel row at a time; where channels or
   * filters are few, from a padded copy of some rows.
   */
  DIRECT,
  /** {@link #DIRECT} for 1x1 kernels without padding: a matrix product over the pixels. */
  POINTWISE,
  /** One input channel per group, channels across the lanes, no matrix product. */
  DEPTHWISE,
  /**
   * Winograd's minimal filtering F(2x2, 3x3): 2.25 times fewer multiplications, 3x3 kernels with
   * stride and dilation 1.
   */
  WINOGRAD_F2X2_3X3,
  /** Winograd's F(4x4, 3x3): 4 times fewer multiplications. */
  WINOGRAD_F4X4_3X3,
  /** Winograd's F(6x6, 3x3): 5.06 times fewer multiplications, less accurate. */
  WINOGRAD_F6X6_3X3,
  /**
   * Winograd's F(2x2, 5x5): 2.78 times fewer multiplications, 5x5 kernels with stride and dilation
   * 1.
   */
  WINOGRAD_F2X2_5X5,
  /** Winograd's F(4x4, 5x5): 6.25 times fewer multiplications, less accurate. */
  WINOGRAD_F4X4_5X5
}
