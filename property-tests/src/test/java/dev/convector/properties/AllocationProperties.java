package dev.convector.properties;

import com.sun.management.ThreadMXBean;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import dev.convector.Gemm;
import dev.convector.GemmPlan;
import dev.convector.Layout;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import net.jqwik.api.Example;
import net.jqwik.api.Label;

/**
 * Allocation in the steady state: once the JIT compiler has seen a plan's kernels, no thread
 * allocates anything in a run. Until then the Vector API boxes its vectors, so runs are repeated
 * until a series of them allocates nothing, for a limited time.
 */
@Label("a run allocates nothing in the steady state")
class AllocationProperties {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SERIES = 20;

  /** Random cases that come before. */
  private static final int OTHERS = 300;

  /** Numbers of channels and filters that fill no vector. */
  private static final int[] TAILS = {3, 5, 8, 17, 24, 40, 100};

  private static final Activation[] ACTIVATIONS = {
    Activation.leakyRelu(0.1f),
    Activation.SIGMOID,
    Activation.SILU,
    Activation.HARD_SIGMOID,
    Activation.HARD_SWISH,
    Activation.TANH,
    Activation.GELU
  };

  private static final List<Thread> WORKERS = new CopyOnWriteArrayList<>();

  @Example
  @Label("on the calling thread alone")
  void serial() {
    checkAll(Execution.serial());
  }

  @Example
  @Label("on a pool")
  void pool() {
    try (ForkJoinPool pool = new ForkJoinPool(3, AllocationProperties::worker, null, false)) {
      checkAll(Execution.on(pool));
    }
  }

  /**
   * What the compiler has seen of other shapes decides what it inlines and which branches it
   * compiles: masked loads over an array's end, for one, allocated only then.
   */
  @Example
  @Label("in a process that has run many other shapes")
  void afterOthers() {
    new ConvCases.Any().get().sampleStream().limit(OTHERS).forEach(AllocationProperties::warm);
    for (Layout layout : Layout.values()) {
      check(dense(layout, 3, Activation.RELU), Execution.serial());
      for (int i = 0; i < TAILS.length; i++) {
        int channels = TAILS[i];
        int filters = TAILS[(i + 3) % TAILS.length];
        check(
            tails(layout, channels, filters, 3, 1, ACTIVATIONS[i % ACTIVATIONS.length]),
            Execution.serial());
        check(
            tails(layout, channels, filters, 1, 1, ACTIVATIONS[(i + 1) % ACTIVATIONS.length]),
            Execution.serial());
        check(
            tails(
                layout, channels, channels, 3, channels, ACTIVATIONS[(i + 2) % ACTIVATIONS.length]),
            Execution.serial());
      }
    }
    checkGemm(Execution.serial());
  }

  private static void warm(ConvCase other) {
    CaseArrays arrays = new CaseArrays(other);
    for (Algorithm algorithm : other.algorithms()) {
      Conv2dPlan plan = other.conv().plan(arrays.weights, arrays.bias, algorithm);
      plan.run(
          arrays.src,
          other.srcOffset(),
          arrays.residual,
          arrays.residualOffset,
          arrays.dst,
          other.dstOffset(),
          Execution.serial());
    }
  }

  /** A plane of 14 x 19 fills no vector either. */
  private static Conv2d tails(
      Layout layout, int channels, int filters, int kernel, int groups, Activation activation) {
    return Conv2d.builder()
        .input(1, channels, 14, 19)
        .filters(filters, kernel, kernel)
        .padding(kernel / 2)
        .groups(groups)
        .layout(layout)
        .activation(activation)
        .build();
  }

  private static ForkJoinWorkerThread worker(ForkJoinPool pool) {
    ForkJoinWorkerThread worker = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
    WORKERS.add(worker);
    return worker;
  }

  private static void checkAll(Execution execution) {
    for (Layout layout : Layout.values()) {
      check(dense(layout, 3, Activation.RELU), execution);
      check(dense(layout, 1, Activation.GELU), execution);
      check(depthwise(layout), execution);
    }
    checkGemm(execution);
  }

  /** Tails in all directions, transposed or not, packed before or not. */
  private static void checkGemm(Execution execution) {
    for (boolean transposed : new boolean[] {false, true}) {
      Gemm gemm =
          Gemm.builder()
              .sizes(130, 333, 40)
              .transposeA(transposed)
              .transposeB(transposed)
              .alpha(2)
              .beta(0.5f)
              .build();
      float[] a = new float[130 * 40];
      float[] b = new float[40 * 333];
      float[] c = new float[130 * 333];
      GemmPlan plan = gemm.plan(b);
      String what = "Gemm" + (transposed ? " of transposed matrices" : "");
      steady(() -> gemm.run(a, 0, b, 0, c, 0, execution), what, execution);
      steady(() -> plan.run(a, 0, c, 0, execution), what + ", packed", execution);
    }
  }

  private static Conv2d dense(Layout layout, int kernel, Activation activation) {
    return Conv2d.builder()
        .input(1, 32, 16, 16)
        .filters(40, kernel, kernel)
        .padding(kernel / 2)
        .layout(layout)
        .activation(activation)
        .build();
  }

  private static Conv2d depthwise(Layout layout) {
    return Conv2d.builder()
        .input(1, 40, 28, 28)
        .filters(40, 3, 3)
        .padding(1)
        .groups(40)
        .layout(layout)
        .build();
  }

  private static void check(Conv2d conv, Execution execution) {
    for (Algorithm algorithm : Algorithm.values()) {
      if (algorithm != Algorithm.REFERENCE && conv.refusal(algorithm).isEmpty()) {
        check(conv, algorithm, execution);
      }
    }
  }

  private static void check(Conv2d conv, Algorithm algorithm, Execution execution) {
    float[] src = new float[conv.shape().inputSize()];
    float[] dst = new float[conv.shape().outputSize()];
    float[] residual = new float[dst.length];
    Conv2dPlan plan = conv.plan(new float[conv.shape().weightsSize()], null, algorithm);
    String what = "Algorithm." + algorithm + ", " + ConvCase.text(conv);
    steady(() -> plan.run(src, 0, residual, 0, dst, 0, execution), what, execution);
    steady(() -> plan.run(src, 0, dst, 0, execution), what + " without residual", execution);
  }

  private static void steady(Runnable run, String what, Execution execution) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    long allocated;
    do {
      // The caller's count is read innermost: reading the workers' may allocate.
      long workersBefore = workersBytes();
      long callerBefore = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < SERIES; i++) {
        run.run();
      }
      allocated = THREADS.getCurrentThreadAllocatedBytes() - callerBefore;
      allocated += workersBytes() - workersBefore;
    } while (allocated > 0 && System.nanoTime() < deadline);
    if (allocated > 0) {
      throw new AssertionError(
          SERIES
              + " runs allocate "
              + allocated
              + " bytes: "
              + what
              + (execution.pool().isPresent() ? " on a pool" : " in serial"));
    }
  }

  private static long workersBytes() {
    long sum = 0;
    for (Thread worker : WORKERS) {
      sum += Math.max(0, THREADS.getThreadAllocatedBytes(worker.threadId()));
    }
    return sum;
  }
}
