package dev.convector.internal.parallel;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Keeps objects for use again, without locks and without allocating. Holds a bounded number; what
 * comes back beyond that is left to the garbage collector.
 */
public final class ObjectPool<T> {
  /** Twice the processors: more threads than that rarely run at once. */
  private static final int CAPACITY = 2 * Runtime.getRuntime().availableProcessors();

  private final AtomicReferenceArray<T> kept = new AtomicReferenceArray<>(CAPACITY);
  private final Supplier<T> maker;

  public ObjectPool(Supplier<T> maker) {
    this.maker = maker;
  }

  public T take() {
    for (int i = 0; i < CAPACITY; i++) {
      T object = kept.getPlain(i);
      if (object != null && kept.compareAndSet(i, object, null)) {
        return object;
      }
    }
    return maker.get();
  }

  public void give(T object) {
    for (int i = 0; i < CAPACITY; i++) {
      if (kept.getPlain(i) == null && kept.compareAndSet(i, null, object)) {
        return;
      }
    }
  }
}
