package dev.convector.properties;

import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.properties.Member.Made;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import net.jqwik.api.Example;
import net.jqwik.api.Label;

@Label("load")
class LoadProperties {
  private static final int CALLERS = Integer.getInteger("convector.test.callers", 12);
  private static final long MILLIS = Integer.getInteger("convector.test.loadMillis", 1000);
  private static final int PLANS_OF_A_MEMBER = 4;

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

  private final List<Expected> all = new ArrayList<>();
  private final ForkJoinPool shared = new ForkJoinPool(3);

  @Example
  @Label("callers share plans of all members; pools end and runs are interrupted and cancelled")
  void manyCallers() throws Exception {
    for (Member member : Member.values()) {
      for (int seed = 1; seed <= PLANS_OF_A_MEMBER; seed++) {
        Made made = member.make(seed, 3, Layout.values()[seed % 2]);
        float[] src = Member.floats(new Random(seed), made.inputSize());
        all.add(new Expected(made, src, made.run(src, Execution.serial())));
      }
    }
    long end = System.nanoTime() + MILLIS * 1_000_000;
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<Void>> running = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        Random random = new Random(caller);
        Callable<Void> calls =
            () -> {
              while (System.nanoTime() < end) {
                call(all.get(random.nextInt(all.size())), random.nextInt(7));
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
      case 5 -> cancelled(of);
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

  /** Either it has not begun, or it ends as any. */
  private void cancelled(Expected of) {
    float[] dst = new float[of.made.outputSize()];
    boolean[] done = new boolean[1];
    ForkJoinTask<?> task =
        shared.submit(
            () -> {
              of.made.runner().run(of.src, dst, Execution.on(shared));
              of.check(dst, "in a cancelled task");
              done[0] = true;
            });
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

  private static void joined(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException early) {
      throw new AssertionError(early);
    }
  }
}
