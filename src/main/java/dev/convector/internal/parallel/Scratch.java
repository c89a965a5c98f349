package dev.convector.internal.parallel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A worker's private memory. Its arrays are at least as long as asked for; contents are arbitrary.
 * It also keeps one object of each kind that workers need, so that a unit of work costs no pool's
 * compare-and-set: of 110 units of 1.5 microseconds each they took 4 %.
 */
public final class Scratch {
  /** Kinds of objects that a worker may keep. */
  private static final int MOST_SLOTS = 32;

  public final float[] floats;
  public final int[] ints;

  private long[] longs;
  private final Kept[] kept = new Kept[MOST_SLOTS];

  /** The slots whose objects this run has used, a bit each. */
  private int used;

  Scratch(int floats, int ints) {
    this.floats = new float[floats];
    this.ints = new int[ints];
  }

  /**
   * As much memory as that of the floats, for pairs of them that are moved as one. Few plans want
   * it, so that the first that does makes it.
   */
  public long[] longs() {
    if (longs == null) {
      longs = new long[floats.length / 2];
    }
    return longs;
  }

  /** The worker's object of a kind, as it was left. */
  @SuppressWarnings("unchecked")
  public <T extends Kept> T get(Slot<T> slot) {
    used |= 1 << slot.index;
    Kept object = kept[slot.index];
    if (object == null) {
      object = slot.maker.get();
      kept[slot.index] = object;
    }
    return (T) object;
  }

  /** After a run: lets go of all arrays that aren't the worker's. */
  void clear() {
    for (int left = used; left != 0; left &= left - 1) {
      kept[Integer.numberOfTrailingZeros(left)].clear();
    }
    used = 0;
  }

  /**
   * What a worker keeps from unit to unit and from run to run.
   *
   * <p>Only a run's end takes arrays from it, not that of a unit or a kernel's call: under G1 each
   * reference that is stored anew is a barrier with a fence, which waits for all stores before it,
   * those of a tile among them (docs/decisions.md).
   */
  public interface Kept {
    /** Lets go of arrays that aren't the worker's; what has none does nothing. */
    void clear();
  }

  /** A kind of object; a constant of the class that uses it. */
  public static final class Slot<T extends Kept> {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final int index = COUNT.getAndIncrement();
    private final Supplier<T> maker;

    public Slot(Supplier<T> maker) {
      if (index >= MOST_SLOTS) {
        throw new AssertionError("more than " + MOST_SLOTS + " kinds of objects");
      }
      this.maker = maker;
    }
  }
}
