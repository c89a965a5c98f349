package dev.convector.properties;

import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.properties.Member.Made;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import net.jqwik.api.Example;
import net.jqwik.api.Label;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

@Label("load")
class LoadProperties {
  private static final int CALLERS = Integer.getInteger("convector.test.callers", 12);
  private static final long MILLIS = Integer.getInteger("convector.test.loadMillis", 1000);
  private static final int PLANS_OF_A_MEMBER = 4;

  /** Of calls, see {@link #call}. */
  private static final int KINDS = 8;

  private record Expected(Made made, float[] src, float[] dst) {
    void require(Execution execution, String where) {
      check(made.run(src, execution), where);
    }

    void check(float[] actual, String where) {
      int at = Arrays.mismatch(dst, actual);
      if (at >= 0) {
        throw new AssertionError(
            "output "
                + at
                + " is "
                + actual[at]
                + ", not "
                + dst[at]
                + ", "
                + where
                + ": "
                + made.text());
      }
    }
  }

  /** Runs between two looks at what is left of them. */
  private static final int RUNS = Math.clamp(MILLIS / 5, 200, 20_000);

  /**
   * Eight workers' scratch, since pools may still be filling: a scratch that one kind of call left
   * behind would be 25 of them, and in a long test two kilobytes of each run are seen.
   */
  private static final long MOST_LEFT_BYTES = 32 << 20;

  /** Those that the JVM starts when it likes. */
  private static final int MOST_LEFT_THREADS = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<Expected> all = new ArrayList<>();
  private final ForkJoinPool shared = new ForkJoinPool(3);

  @BeforeTry
  void makePlans() {
    for (Member member : Member.values()) {
      for (int seed = 1; seed <= PLANS_OF_A_MEMBER; seed++) {
        Made made = member.make(seed, 3, Layout.values()[seed % 2]);
        float[] src = Member.floats(new Random(seed), made.inputSize());
        all.add(new Expected(made, src, made.run(src, Execution.serial())));
      }
    }
  }

  @AfterTry
  void end() {
    shared.shutdown();
  }

  @Example
  @Label("heap, scratch and threads return to their level, whatever ended the runs")
  void nothingIsLeft() throws Exception {
    // What is kept for the next run, by each plan and by each thread that may come first.
    for (int i = 0; i < RUNS; i++) {
      call(all.get(i % all.size()), i / all.size() % KINDS);
    }
    long bytes = heapInUse();
    int threads = Thread.getAllStackTraces().size();
    Random random = new Random(1);
    for (int i = 0; i < RUNS; i++) {
      call(all.get(random.nextInt(all.size())), random.nextInt(KINDS));
    }
    require(() -> heapInUse() - bytes, MOST_LEFT_BYTES, "bytes");
    require(() -> Thread.getAllStackTraces().size() - threads, MOST_LEFT_THREADS, "threads");
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** Threads of pools that were shut down take a while to end. */
  private static void require(LongSupplier left, long most, String what) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (left.getAsLong() > most) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(left.getAsLong() + " " + what + " more after " + RUNS + " runs");
      }
      Thread.sleep(50);
    }
  }

  @Example
  @Label("callers share plans of all members; pools end and runs are interrupted and cancelled")
  void manyCallers() throws Exception {
    long end = System.nanoTime() + MILLIS * 1_000_000;
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<Void>> running = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        Random random = new Random(caller);
        Callable<Void> calls =
            () -> {
              while (System.nanoTime() < end) {
                call(all.get(random.nextInt(all.size())), random.nextInt(KINDS));
              }
              return null;
            };
        running.add(callers.submit(calls));
      }
      for (Future<Void> each : running) {
        each.get();
      }
    }
  }

  private void call(Expected of, int kind) {
    switch (kind) {
      case 0 -> of.require(Execution.serial(), "alone");
      case 1 -> of.require(Execution.common(), "on the common pool");
      case 2 -> of.require(Execution.on(shared), "on a shared pool");
      case 3 ->
          shared
              .submit(() -> of.require(Execution.on(shared), "inside a shared pool's task"))
              .join();
      case 4 -> interrupted(of);
      case 5 -> cancelled(of, false);
      case 6 -> cancelled(of, true);
      default -> onAPoolThatEnds(of);
    }
  }

  /** The run goes on and the caller stays interrupted. */
  private void interrupted(Expected of) {
    Thread.currentThread().interrupt();
    try {
      of.require(Execution.on(shared), "interrupted");
      if (!Thread.currentThread().isInterrupted()) {
        throw new AssertionError("the interrupt is lost");
      }
    } finally {
      Thread.interrupted();
    }
  }

  /** Either it has not begun, or it ends as any, also where it is in the middle. */
  private void cancelled(Expected of, boolean begun) {
    float[] dst = new float[of.made.outputSize()];
    CountDownLatch running = new CountDownLatch(begun ? 1 : 0);
    ForkJoinTask<?> task =
        shared.submit(
            () -> {
              running.countDown();
              of.made.runner().run(of.src, dst, Execution.on(shared));
              of.check(dst, "in a cancelled task");
            });
    awaited(running);
    task.cancel(true);
    task.quietlyJoin();
    Throwable thrown = task.getException();
    if (thrown instanceof AssertionError wrong) {
      throw wrong;
    }
  }

  /** Right, or refused before it began because the pool was shut down already. */
  private void onAPoolThatEnds(Expected of) {
    ForkJoinPool pool = new ForkJoinPool(2);
    Thread ends = Thread.ofVirtual().start(pool::shutdownNow);
    try {
      of.require(Execution.on(pool), "on a pool that ends");
    } catch (IllegalArgumentException refused) {
      if (!refused.getMessage().contains("shut down")) {
        throw refused;
      }
    } finally {
      joined(ends);
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException early) {
      throw new AssertionError(early);
    }
  }

  private static void joined(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException early) {
      throw new AssertionError(early);
    }
  }
}
