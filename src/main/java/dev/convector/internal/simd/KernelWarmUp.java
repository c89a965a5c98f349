package dev.convector.internal.simd;

import java.util.Arrays;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Has HotSpot compile the shapes of a kernel family, each as soon as it has done a little work: it
 * is called on small operands of its own until C2 has been asked for it.
 *
 * <p>Until then a multiply-add of vectors takes 140 ns in the interpreter and 27 as the client
 * compiler leaves it, and 0.06 afterwards. Left alone, a shape waits long. One that is called once
 * a run, for the last rows of a stretch, needs hundreds of runs until HotSpot asks for its
 * compilation. And where the depth is large a loop's counter is full before that of the calls, so
 * that C2 first compiles a version for the loop that runs: it takes three to five times as long as
 * the method, since all sums come in as objects, and is left with the loop. Calls of little depth
 * ask for the method. What this brings: docs/decisions.md.
 *
 * <p>Thread-safe: threads that meet the same cold shape each call it. Where nothing ever gets
 * faster, in the interpreter alone, no more is tried.
 */
public final class KernelWarmUp {
  /** What a shape's loop runs before: less than HotSpot compiles a running loop for, 40,000. */
  static final int RUNS = 5000;

  /** More than a compiled kernel takes for a multiply-add of vectors, less than any other. */
  private static final int FAST_NANOS = 3;

  /** More than as the client compiler leaves it, less than in the interpreter. */
  private static final int COUNTED_NANOS = 60;

  /** What a call takes beside its multiply-adds, at most. */
  private static final int CALL_NANOS = 300;

  private static final int CALLS = 16;

  /** So many calls that are counted make HotSpot ask C2 for a method, also where some wait. */
  private static final int ASKED = 1200;

  private static final long LIMIT_NANOS = 300_000_000;

  /** So many shapes may stay as they were before the first that gets faster. */
  private static final int PATIENCE = 2;

  private static final History HISTORY = new History();

  private final int[] left;
  private final LongSupplier clock;
  private final History history;

  /**
   * @param shapes how many; they are numbered from 0
   */
  public KernelWarmUp(int shapes) {
    this(shapes, System::nanoTime, HISTORY);
  }

  KernelWarmUp(int shapes, LongSupplier clock, History history) {
    this.left = new int[shapes];
    this.clock = clock;
    this.history = history;
    Arrays.fill(left, RUNS);
  }

  public boolean isCold(int shape) {
    return left[shape] > 0;
  }

  /**
   * Counts what a cold shape is about to do, and warms it where that is enough.
   *
   * @param runs of the shape's loop
   * @param calls makes a call of the shape on operands of its own
   * @param work of such a call, in multiply-adds of vectors
   */
  public void count(int shape, long runs, Supplier<Runnable> calls, int work) {
    long less = left[shape] - runs;
    left[shape] = (int) Math.max(0, less);
    if (less <= 0 && !history.isHopeless()) {
      history.add(repeat(calls.get(), CALLS * (long) work));
    }
  }

  /** Returns whether the calls got faster. */
  private boolean repeat(Runnable call, long work) {
    long began = clock.getAsLong();
    long last = began;
    for (int counted = 0; counted < ASKED; ) {
      if (last - began > LIMIT_NANOS) {
        return false;
      }
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      long now = clock.getAsLong();
      long nanos = now - last - CALLS * CALL_NANOS;
      if (nanos < FAST_NANOS * work) {
        return true;
      }
      counted += nanos < COUNTED_NANOS * work ? CALLS : 0;
      last = now;
    }
    return true;
  }

  /** Of this JVM: how it went with the shapes before. What threads don't see does no harm. */
  static final class History {
    private boolean anyFaster;
    private int slow;

    private void add(boolean isFaster) {
      if (isFaster) {
        anyFaster = true;
      } else {
        slow++;
      }
    }

    private boolean isHopeless() {
      return !anyFaster && slow >= PATIENCE;
    }
  }
}
