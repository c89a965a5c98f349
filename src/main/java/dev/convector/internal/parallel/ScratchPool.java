package dev.convector.internal.parallel;

import dev.convector.internal.simd.AlignedFloats;

/**
 * The scratch of all plans. One pool for all, so that a network of a hundred plans needs no more
 * than its largest one.
 *
 * <p>The floats of all are 4 MiB, within which every algorithm keeps: so whatever ran before left
 * the same memory in the cache, and the array is of the size that begins at a known place on a
 * cache line ({@link AlignedFloats}). Ints are rounded up to powers of two, so that plans of
 * similar size share. Two objects per processor and size of ints are kept.
 */
final class ScratchPool {
  /** Ints are {@code 1 << class}; from 1 Ki to 1 Mi. */
  private static final int SMALLEST_CLASS = 10;

  private static final int LARGEST_CLASS = 20;

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static final ObjectPool<Scratch>[] POOLS = new ObjectPool[LARGEST_CLASS + 1];

  static {
    for (int i = SMALLEST_CLASS; i <= LARGEST_CLASS; i++) {
      int ints = 1 << i;
      POOLS[i] = new ObjectPool<>(() -> new Scratch(AlignedFloats.LEAST, ints));
    }
  }

  private ScratchPool() {}

  static Scratch take(int floats, int ints) {
    if (floats > AlignedFloats.LEAST) {
      throw new AssertionError("scratch of " + floats + " floats; at most 4 MiB are allowed");
    }
    return POOLS[sizeClass(ints)].take();
  }

  static void give(Scratch scratch) {
    scratch.clear();
    POOLS[sizeClass(scratch.ints.length)].give(scratch);
  }

  private static int sizeClass(int ints) {
    int rounded = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, ints - 1));
    if (rounded > LARGEST_CLASS) {
      throw new AssertionError("scratch of " + ints + " ints; at most 4 MiB are allowed");
    }
    return Math.max(SMALLEST_CLASS, rounded);
  }
}
