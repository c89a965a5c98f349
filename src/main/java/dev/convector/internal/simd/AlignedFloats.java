package dev.convector.internal.simd;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

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
 * What is left of its last region no other array gets. Hence arrays are made as long as regions
 * are, header and all, and smaller pieces share one of 4 MiB or a region, also what is left behind
 * a piece of up to 20 MiB: with 4 MiB and the header on top, ResNet-50's 152 MiB of packed weights
 * took 270 of a heap. That suffices for heaps of up to 16 GiB. An array lives as long as any of its
 * pieces. With other collectors and in larger heaps pieces lie where they fall, as any array does.
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

  /** Floats that an array's header takes. */
  private static final int HEADER = LINE - FIRST;

  /** Floats, with the header, of the longest array that pieces share. */
  private static final int MOST_SHARED = 5 * LEAST;

  /** Arrays whose rest is remembered. */
  private static final int MOST_OPEN = 16;

  /** Floats of a region. */
  private static final int REGION = region(Runtime.getRuntime().maxMemory());

  private static final List<Slab> OPEN = new ArrayList<>();

  /** A shared array as long as it lives. */
  private static final class Slab {
    final WeakReference<float[]> array;
    int used = FIRST;

    Slab(float[] array) {
      this.array = new WeakReference<>(array);
    }
  }

  private final float[] array;
  private final int offset;
  private final int size;

  private AlignedFloats(float[] array, int offset, int size) {
    this.array = array;
    this.offset = offset;
    this.size = size;
  }

  /**
   * Floats of a G1 region, by its own rule: the power of two that is not below a 2048th of the
   * largest heap, from 1 MiB on. Larger ones than 8 MiB are not met.
   */
  static int region(long maxHeap) {
    int region = LEAST / 4;
    while (region < 2 * LEAST && region < maxHeap / 2048 / Float.BYTES) {
      region *= 2;
    }
    return region;
  }

  /** Zeros. */
  public static AlignedFloats allocate(int size) {
    if (size > Integer.MAX_VALUE - 8 - FIRST) {
      return new AlignedFloats(new float[size], 0, size);
    }
    long regions = Math.ceilDiv((long) LINE + size, REGION);
    long length = Math.max(LEAST, regions * REGION);
    return length > MOST_SHARED
        ? new AlignedFloats(new float[FIRST + size], FIRST, size)
        : allocateShared(size, (int) length - HEADER);
  }

  /**
   * In the first array that has room.
   *
   * @param length of one that has
   */
  private static synchronized AlignedFloats allocateShared(int size, int length) {
    OPEN.removeIf(slab -> slab.array.get() == null);
    for (Slab slab : OPEN) {
      float[] array = slab.array.get();
      if (array != null && size <= array.length - slab.used) {
        return piece(slab, array, size);
      }
    }
    float[] array = new float[length];
    Slab slab = new Slab(array);
    if (OPEN.size() == MOST_OPEN) {
      OPEN.removeFirst();
    }
    OPEN.add(slab);
    return piece(slab, array, size);
  }

  private static AlignedFloats piece(Slab slab, float[] array, int size) {
    int offset = slab.used;
    slab.used = Math.min(array.length, next(offset + size));
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
