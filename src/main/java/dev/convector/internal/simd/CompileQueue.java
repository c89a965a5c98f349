package dev.convector.internal.simd;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The shapes of kernels that C2 is asked for, a few at a time: to ask for one takes 1000 calls of
 * it, which make 100 MB of garbage, and C2 takes a tenth to a quarter of a second for each. So no
 * shape is asked for before C2 is nearly through with those before; meanwhile stand-ins work, also
 * while the client compiler has the shapes that come next.
 *
 * <p>Thread-safe. One thread at a time asks and looks, and others don't wait for it.
 */
final class CompileQueue {
  /** Of this JVM: a shape for each thread of C2, or one that waits behind the only one. */
  static final CompileQueue COMMON =
      new CompileQueue(Math.max(2, Runtime.getRuntime().availableProcessors() / 2));

  /** Counted calls that make HotSpot ask C2 where no other method waits. */
  static final int ASKED = 720;

  /**
   * Calls in the interpreter that make HotSpot ask the client compiler: more would take the thread
   * that could do work meanwhile, and counted calls are ten times as fast.
   */
  private static final int BEGUN = 144;

  /** Where others wait it wants more: so many, so often. */
  private static final int AGAIN = 160;

  private static final long AGAIN_NANOS = 15_000_000;

  /**
   * Not all that the client compiler leaves is seen by its speed: without counters of loops, before
   * C2 has the methods of vectors, it is hardly faster than the interpreter (docs/decisions.md). So
   * what was not seen for so long is called all the same.
   */
  static final long UNSEEN_NANOS = 30_000_000;

  /** Between two looks at what was asked for: they take calls of what may not be compiled. */
  static final long LOOK_NANOS = 5_000_000;

  /** What is not fast after so much time in which plans ran will not be. */
  static final long LIMIT_NANOS = 2_000_000_000;

  /**
   * The most of the time between two looks in which plans are taken to have run: who measures
   * libraries in turn comes back after seconds, and what was left for C2 then has to be asked for.
   */
  static final long RUNNING_NANOS = 100_000_000;

  /** How long a stand-in is waited for. */
  private static final long STAND_IN_NANOS = 300_000_000;

  private static final long PAUSE_NANOS = 500_000;

  private final int most;
  private final LongSupplier clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Asked> asked = new ArrayList<>();
  private long looked;

  /** In which plans ran. */
  private long running;

  private static final class Asked {
    final KernelWarmUp family;
    final int shape;
    final Runnable call;
    final int work;
    final long beganRunning;
    long last;
    final KernelWarmUp.Speed speed = new KernelWarmUp.Speed();
    int left;

    Asked(KernelWarmUp family, int shape, Runnable call, int work, long running) {
      this.family = family;
      this.shape = shape;
      this.call = call;
      this.work = work;
      this.beganRunning = running;
      this.left = family.asked();
    }
  }

  CompileQueue(int most) {
    this(most, System::nanoTime);
  }

  CompileQueue(int most, LongSupplier clock) {
    this.most = most;
    this.clock = clock;
  }

  /**
   * Looks how far C2 is, and asks for a shape that was not asked for where there is room.
   *
   * @return whether the shape is to wait
   */
  boolean isWaiting(KernelWarmUp family, int shape, Supplier<Runnable> calls, int work) {
    if (!lock.tryLock()) {
      return true;
    }
    try {
      long now = clock.getAsLong();
      if (now - looked >= LOOK_NANOS) {
        running += Math.min(now - looked, RUNNING_NANOS);
        asked.removeIf(this::isDone);
        looked = clock.getAsLong();
      }
      if (begun() < most && family.isCold(shape) && !isAsked(family, shape)) {
        Asked next = new Asked(family, shape, calls.get(), work, running);
        asked.add(next);
        ask(next, isFull() ? BEGUN : next.left, BEGUN);
        asked.removeIf(this::isDone);
      }
      return family.isCold(shape);
    } finally {
      lock.unlock();
    }
  }

  /** Shapes that the client compiler was asked for, and C2 was not. */
  private int begun() {
    int count = 0;
    for (int i = 0; i < asked.size(); i++) {
      count += asked.get(i).left > 0 ? 1 : 0;
    }
    return count;
  }

  /** Whether C2 was asked for as many as there may be. */
  private boolean isFull() {
    return asked.size() - begun() >= most;
  }

  private boolean isAsked(KernelWarmUp family, int shape) {
    for (int i = 0; i < asked.size(); i++) {
      if (asked.get(i).family == family && asked.get(i).shape == shape) {
        return true;
      }
    }
    return false;
  }

  private boolean isDone(Asked shape) {
    long now = clock.getAsLong();
    long nanos = KernelWarmUp.second(shape.call, clock);
    if (KernelWarmUp.isFast(nanos, shape.work) || running - shape.beganRunning >= LIMIT_NANOS) {
      shape.family.setWarm(shape.shape);
      return true;
    }
    if (shape.left <= 0) {
      if (now - shape.last > AGAIN_NANOS) {
        askAgain(shape);
      }
    } else if (!isFull()) {
      if (shape.speed.isCounted(nanos, shape.work)) {
        ask(shape, shape.left, 0);
      } else if (now - shape.last > UNSEEN_NANOS) {
        askAgain(shape);
      }
    }
    return false;
  }

  /** Makes so many calls that are counted, or more than so many in the interpreter. */
  private void ask(Asked shape, int calls, int interpreted) {
    shape.left -= KernelWarmUp.ask(shape.call, shape.work, calls, interpreted, shape.speed, clock);
    shape.last = clock.getAsLong();
  }

  /** Makes some calls, whatever they take. */
  private void askAgain(Asked shape) {
    KernelWarmUp.ask(shape.call, shape.work, AGAIN, AGAIN, shape.speed, clock);
    shape.left = Math.max(0, shape.left - AGAIN);
    shape.last = clock.getAsLong();
  }

  /**
   * Asks for a stand-in until it is compiled, with little work for the collector.
   *
   * @return whether it is
   */
  static boolean await(Runnable call, int work) {
    KernelWarmUp.Speed speed = new KernelWarmUp.Speed();
    long began = System.nanoTime();
    long now = began;
    while (now - began < STAND_IN_NANOS) {
      if (KernelWarmUp.ask(call, work, AGAIN, Integer.MAX_VALUE, speed, System::nanoTime) == 0) {
        return false;
      }
      if (KernelWarmUp.isFast(KernelWarmUp.second(call, System::nanoTime), work)) {
        return true;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
      now = System.nanoTime();
    }
    return false;
  }
}
