package dev.convector.internal.simd;

import java.lang.ref.WeakReference;

/**
 * Floats that begin on a cache line where that can be had: for packed weights, which the kernels
 * load most. A vector as long as a line that begins elsewhere is a load of two lines. With panels
 * on lines the dense kernel went from 84 to between 93 and 100 % of the multiply-add peak at depths
 * of 256 and 512 on Granite Rapids, which does two multiply-adds of 512 bits a cycle; on Zen 4,
 * which does one, aligned arrays had gained nothing.
 *
 * <p>Java can't read an array's address, and native memory brings range checks of 64 bits into the
 * kernel's loop. But G1, the default collector, gives every array of at least half a region a
 * region of its own, at whose start it stays, so that its first float lies 16 bytes behind a line.
 * Hence smaller requests share arrays of 4 MiB, which suffice for heaps of up to 16 GiB, and live
 * as long as any of them. In heaps of up to 8 GiB, whose regions are smaller, that is with the
 * header, so that an array fills its regions instead of taking one more. With other collectors and
 * in larger heaps pieces lie where they fall, as any array does.
 */
public final class AlignedFloats {
  /** Floats of a cache line. */
  public static final int LINE = 16;

  /**
   * Index of the first float on a line, where an array starts on one: its header has 16 bytes. For
   * scratch, whose larger arrays have regions of their own too.
   */
  public static final int FIRST = 12;

  /** Floats of the least array that has a region of 8 MiB to itself. */
  public static final int LEAST = 1024 * 1024;

  /** The largest heap whose regions have 4 MiB or less: HotSpot makes about 2048. */
  private static final long SMALL_HEAP = 8L << 30;

  /** Floats of shared arrays. */
  private static final int SHARED =
      Runtime.getRuntime().maxMemory() <= SMALL_HEAP ? LEAST - (LINE - FIRST) : LEAST;

  private static WeakReference<float[]> slab = new WeakReference<>(null);
  private static int used;

  private final float[] array;
  private final int offset;
  private final int size;

  private AlignedFloats(float[] array, int offset, int size) {
    this.array = array;
    this.offset = offset;
    this.size = size;
  }

  /** Zeros. */
  public static AlignedFloats allocate(int size) {
    if (size > Integer.MAX_VALUE - 8 - FIRST) {
      return new AlignedFloats(new float[size], 0, size);
    }
    return size > SHARED - FIRST
        ? new AlignedFloats(new float[FIRST + size], FIRST, size)
        : allocateShared(size);
  }

  private static synchronized AlignedFloats allocateShared(int size) {
    float[] array = slab.get();
    if (array == null || used + size > SHARED) {
      array = new float[SHARED];
      slab = new WeakReference<>(array);
      used = FIRST;
    }
    int offset = used;
    used += Math.ceilDiv(size, LINE) * LINE;
    return new AlignedFloats(array, offset, size);
  }

  /** The next index on a line from one on, in an array that starts on one. */
  public static int next(int index) {
    return Math.ceilDiv(index - FIRST, LINE) * LINE + FIRST;
  }

  /** Holds these floats among others. */
  public float[] array() {
    return array;
  }

  /** Index of the first of these floats. */
  public int offset() {
    return offset;
  }

  public long bytes() {
    return (long) size * Float.BYTES;
  }
}
