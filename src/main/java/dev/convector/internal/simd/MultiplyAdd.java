package dev.convector.internal.simd;

import jdk.incubator.vector.FloatVector;

/**
 * The multiply-add of all arithmetic: fused, with one rounding, where the processor and the JVM
 * have that; else a multiplication and an addition, with two, because Java's own {@code fma} then
 * computes exactly by {@code BigDecimal}, thousands of times slower. The last bits of results
 * differ between the two.
 *
 * <p>The system property {@code convector.fma} (0 or 1) overrides what {@link #probed} finds.
 */
public final class MultiplyAdd {
  /** Factors and summand whose exact sum needs 270 bits: the worst that BigDecimal can meet. */
  private static final float LARGE = 0x1p60f;

  private static final float SMALL = Float.MIN_VALUE;

  /**
   * How many times slower than separate operations a call may be: interpreted 1.3 times where it is
   * fused, and at least 40 times by BigDecimal, compiled (1300 times interpreted).
   */
  private static final int SLOWER = 10;

  /** So many measurements of so many calls; the fastest count, so that no pause decides. */
  private static final int ROUNDS = 5;

  private static final int CALLS = 8;

  private static float sink;

  /** Whether multiply-adds round once; a constant to C2, which drops the other way. */
  public static final boolean FUSED = fused(Setting.of("convector.fma", probed() ? 1 : 0));

  private MultiplyAdd() {}

  /**
   * {@code x * y + sum}. For small loops: in a large method C2 may not inline it, and kernels made
   * from templates have it written out.
   */
  public static FloatVector fma(FloatVector x, FloatVector y, FloatVector sum) {
    return FUSED ? x.fma(y, sum) : x.mul(y).add(sum);
  }

  /** {@code x * y + sum}, with the bits of the vectors' lanes. */
  public static float fma(float x, float y, float sum) {
    return FUSED ? Math.fma(x, y, sum) : x * y + sum;
  }

  /** Whether {@code Math.fma} is an instruction, by its time: no property of the JVM tells. */
  static boolean probed() {
    long fused = Long.MAX_VALUE;
    long separate = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        sink = Math.fma(LARGE, LARGE + i, SMALL);
      }
      long middle = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        sink = LARGE * (LARGE + i) + SMALL;
      }
      fused = Math.min(fused, middle - start);
      separate = Math.min(separate, System.nanoTime() - middle);
    }
    return fused < SLOWER * Math.max(separate, CALLS);
  }

  static boolean fused(int setting) {
    if (setting != 0 && setting != 1) {
      throw new IllegalArgumentException("convector.fma: " + setting + "; must be 0 or 1");
    }
    return setting == 1;
  }
}
