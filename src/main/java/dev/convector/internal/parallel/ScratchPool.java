package dev.convector.internal.parallel;

/**
 * The scratch of all plans. One pool for all, so that a network of a hundred plans needs no more
 * than its largest one; sizes are rounded up to powers of two, so that plans of similar size share.
 *
 * <p>At most 4 MiB an object (every algorithm keeps within that) and two per processor and size
 * class are kept.
 */
final class ScratchPool {
  /** Sizes are {@code 1 << class}; from 1 Ki to 1 Mi elements. */
  private static final int SMALLEST_CLASS = 10;

  private static final int LARGEST_CLASS = 20;

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static final ObjectPool<Scratch>[] POOLS =
      new ObjectPool[(LARGEST_CLASS + 1) * (LARGEST_CLASS + 1)];

  static {
    for (int f = SMALLEST_CLASS; f <= LARGEST_CLASS; f++) {
      for (int i = SMALLEST_CLASS; i <= LARGEST_CLASS; i++) {
        int floats = 1 << f;
        int ints = 1 << i;
        POOLS[slot(f, i)] = new ObjectPool<>(() -> new Scratch(floats, ints));
      }
    }
  }

  private ScratchPool() {}

  static Scratch take(int floats, int ints) {
    return POOLS[slot(sizeClass(floats), sizeClass(ints))].take();
  }

  static void give(Scratch scratch) {
    POOLS[slot(sizeClass(scratch.floats.length), sizeClass(scratch.ints.length))].give(scratch);
  }

  private static int slot(int floatClass, int intClass) {
    return floatClass * (LARGEST_CLASS + 1) + intClass;
  }

  private static int sizeClass(int elements) {
    int rounded = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, elements - 1));
    if (rounded > LARGEST_CLASS) {
      throw new AssertionError("scratch of " + elements + " elements; at most 4 MiB are allowed");
    }
    return Math.max(SMALLEST_CLASS, rounded);
  }
}
