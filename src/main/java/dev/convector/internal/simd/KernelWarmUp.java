package dev.convector.internal.simd;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Has HotSpot compile the shapes of a kernel family, each as soon as it has done a little work: it
 * is called on small operands of its own until C2 has been asked for it.
 *
 * <p>Until then a multiply-add of vectors takes 140 ns in the interpreter and 27 as the client
 * compiler leaves it, and 0.06 afterwards; and each makes garbage of 100 bytes and more. Left
 * alone, a shape waits long. One that is called once a run, for the last rows of a stretch, needs
 * hundreds of runs until HotSpot asks for its compilation. And where the depth is large a loop's
 * counter is full before that of the calls, so that C2 first compiles a version for the loop that
 * runs: it takes three to five times as long as the method, since all sums come in as objects, and
 * is left with the loop. Calls of little depth ask for the method. What this brings:
 * docs/decisions.md.
 *
 * <p>A family may have a stand-in, one small kernel that does what each of its shapes does. Then
 * {@link CompileQueue} has C2 compile one shape after the other, and those that wait are not run.
 *
 * <p>Thread-safe: threads that meet the same cold shape each call it, or leave it to one of them
 * where there is a stand-in. Where nothing ever gets faster, in the interpreter alone, no more is
 * tried.
 */
public final class KernelWarmUp {
  /** What a shape's loop runs before: less than HotSpot compiles a running loop for, 40,000. */
  static final int RUNS = 2000;

  /** More than a compiled kernel takes for a multiply-add of vectors, less than any other. */
  static final int FAST_NANOS = 3;

  /** More than as the client compiler leaves it, less than in the interpreter. */
  static final int COUNTED_NANOS = 60;

  /** What a call takes beside its multiply-adds, at most. */
  private static final int CALL_NANOS = 300;

  static final int CALLS = 16;

  /** So many calls that are counted make HotSpot ask C2 for a method, also where some wait. */
  private static final int ASKED = 1200;

  /**
   * The same also where so many wait that HotSpot puts off counting (Tier3DelayOn): calls of a
   * method are looked at every 1,024, first for the client compiler's version without counters of
   * loops, then for the one with them, then for C2.
   */
  public static final int ASKED_LATE = 4500;

  private static final long LIMIT_NANOS = 300_000_000;

  /** So many shapes may stay as they were before the first that gets faster. */
  private static final int PATIENCE = 2;

  /** In {@link #left}: that all runs were counted, and C2 is not through with the shape. */
  private static final int WAITING = -1;

  private static final History HISTORY = new History();

  /** Runs to come before the shape is warmed, 0 of a warm one, or {@link #WAITING}. */
  private final int[] left;

  private final BooleanSupplier standIn;
  private final int asked;
  private final LongSupplier clock;
  private final History history;
  private final CompileQueue queue;

  /**
   * @param shapes how many; they are numbered from 0
   */
  public KernelWarmUp(int shapes) {
    this(shapes, ASKED);
  }

  /**
   * @param shapes how many; they are numbered from 0
   * @param asked calls of a shape that are counted
   */
  public KernelWarmUp(int shapes, int asked) {
    this(shapes, () -> false, asked, System::nanoTime, HISTORY, CompileQueue.COMMON);
  }

  /**
   * @param shapes how many; they are numbered from 0
   * @param standIn whether there is a kernel that does the work of shapes that wait
   */
  public KernelWarmUp(int shapes, BooleanSupplier standIn) {
    this(shapes, standIn, CompileQueue.ASKED);
  }

  /**
   * @param shapes how many; they are numbered from 0
   * @param standIn whether there is a kernel that does the work of shapes that wait
   * @param asked calls of a shape that are counted
   */
  public KernelWarmUp(int shapes, BooleanSupplier standIn, int asked) {
    this(shapes, standIn, asked, System::nanoTime, HISTORY, CompileQueue.COMMON);
  }

  KernelWarmUp(
      int shapes,
      BooleanSupplier standIn,
      int asked,
      LongSupplier clock,
      History history,
      CompileQueue queue) {
    this.left = new int[shapes];
    this.standIn = standIn;
    this.asked = asked;
    this.clock = clock;
    this.history = history;
    this.queue = queue;
    Arrays.fill(left, RUNS);
  }

  /**
   * A small call that differs from turn to turn: C2 leaves out branches that were never taken, and
   * orders registers by how often loops go on, so each loop must be seen to, and some of the calls
   * must be long.
   *
   * @param turns after which the first comes again
   */
  public static Runnable inTurn(int turns, IntConsumer call) {
    return new Runnable() {
      private int turn;

      @Override
      public void run() {
        turn = (turn + 1) % turns;
        call.accept(turn);
      }
    };
  }

  public boolean isCold(int shape) {
    return left[shape] != 0;
  }

  /**
   * Counts what a cold shape is about to do, and warms it where that is enough.
   *
   * @param runs of the shape's loop
   * @param calls makes a call of the shape on operands of its own
   * @param work of such a call, in multiply-adds of vectors
   * @return whether the stand-in should do it
   */
  public boolean count(int shape, long runs, Supplier<Runnable> calls, int work) {
    int still = left[shape];
    if (still > runs) {
      left[shape] = (int) (still - runs);
      return false;
    }
    if (still == 0) {
      return false;
    }
    if (standIn.getAsBoolean()) {
      left[shape] = WAITING;
      return queue.isWaiting(this, shape, calls, work);
    }
    left[shape] = 0;
    if (!history.isHopeless()) {
      history.add(ask(calls.get(), work, asked, Integer.MAX_VALUE, new Speed(), clock) > 0);
    }
    return false;
  }

  /** Calls of a shape that are counted. */
  int asked() {
    return asked;
  }

  /** Of a shape that waited. */
  void setWarm(int shape) {
    left[shape] = 0;
  }

  /**
   * Makes calls until they are fast, or so many are counted, or were not.
   *
   * @param most calls that are counted: faster than in the interpreter
   * @param interpreted calls that may be slower
   * @param speed of the calls so far
   * @return how many were counted; all of them where calls are fast, none where they took too long
   */
  static int ask(
      Runnable call, int work, int most, int interpreted, Speed speed, LongSupplier clock) {
    long began = clock.getAsLong();
    long last = began;
    int counted = 0;
    int slow = 0;
    while (counted < most && slow <= interpreted) {
      if (last - began > LIMIT_NANOS) {
        return 0;
      }
      for (int i = 0; i < CALLS; i++) {
        call.run();
      }
      long now = clock.getAsLong();
      long nanos = (now - last) / CALLS;
      if (isFast(nanos, work)) {
        return most;
      }
      if (speed.isCounted(nanos, work)) {
        counted += CALLS;
      } else {
        slow += CALLS;
      }
      speed.add(nanos);
      last = now;
    }
    return counted;
  }

  /** Whether a call is as fast as of what C2 compiled. */
  static boolean isFast(long nanos, int work) {
    return nanos - CALL_NANOS < FAST_NANOS * (long) work;
  }

  /** What the second of two calls takes: the first may meet cold caches. */
  static long second(Runnable call, LongSupplier clock) {
    call.run();
    long before = clock.getAsLong();
    call.run();
    return clock.getAsLong() - before;
  }

  /** How fast calls of a shape were, from which follows who made the code. */
  static final class Speed {
    private boolean isBegun;
    private long slowest;

    /** Whether a call is as fast as of what the client compiler made, on slow processors too. */
    boolean isCounted(long nanos, int work) {
      return nanos - CALL_NANOS < COUNTED_NANOS * (long) work || 2 * nanos < slowest;
    }

    /** The first is not taken: it loads what others have. */
    private void add(long nanos) {
      slowest = isBegun ? Math.max(slowest, nanos) : 0;
      isBegun = true;
    }
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
