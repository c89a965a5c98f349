package dev.convector.properties;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.convector.Execution;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/**
 * Allocation in the steady state: once the JIT compiler has seen a plan's kernels, no thread
 * allocates anything in a run. Until then the Vector API boxes its vectors, so runs are repeated
 * until several series of them in a row allocate nothing, for a limited time.
 *
 * <p>Now and then C2 keeps the box of a vector for good, in one JVM and not in another; what
 * allocates therefore has to do so in a fresh JVM too.
 */
final class Steady {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final int SERIES = 20;

  /** In a row: one alone may lie between two compilations. */
  private static final int CLEAN_SERIES = 4;

  /** In a fresh JVM, the only runs that are made. */
  private static final String ONLY = System.getProperty("convector.test.steadyOnly");

  /** Of the processors' time, which compiling takes too: much else may run on the machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** The same once runs in this JVM kept allocating: others share what C2 left in a kernel. */
  private static final Duration LESS_PATIENCE = Duration.ofSeconds(4);

  private static volatile Duration patience = PATIENCE;

  private static final List<Thread> WORKERS = new CopyOnWriteArrayList<>();

  private Steady() {}

  /** Whose allocation counts. */
  static ForkJoinPool pool(int parallelism) {
    return new ForkJoinPool(parallelism, Steady::worker, null, false);
  }

  private static ForkJoinWorkerThread worker(ForkJoinPool pool) {
    ForkJoinWorkerThread worker = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
    WORKERS.add(worker);
    return worker;
  }

  /** A name of the runs for each of {@code all}, a main class that makes them all. */
  static void require(Runnable run, String name, Execution execution, Class<?> all) {
    String what = name + (execution.pool().isPresent() ? " on a pool" : " in serial");
    if (ONLY != null && !ONLY.equals(what)) {
      return;
    }
    long allocated = allocated(run);
    if (allocated == 0) {
      return;
    }
    patience = LESS_PATIENCE;
    String message =
        "no %d series in a row allocate nothing; the last, of %d runs, %d bytes: %s"
            .formatted(CLEAN_SERIES, SERIES, allocated, what);
    if (ONLY != null) {
      throw new AssertionError(message);
    }
    String again = fresh(what, all);
    if (!again.isEmpty()) {
      throw new AssertionError(message + "\nand in a fresh JVM:\n" + again);
    }
    System.out.println("Only in some JVMs: " + message);
  }

  /** Bytes of the last series; none if it and some before allocated nothing. */
  private static long allocated(Runnable run) {
    long deadline = SYSTEM.getProcessCpuTime() + patience.toNanos();
    int clean = 0;
    while (true) {
      // The caller's count is read innermost: reading the workers' may allocate.
      long workersBefore = workersBytes();
      long callerBefore = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < SERIES; i++) {
        run.run();
      }
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - callerBefore;
      allocated += workersBytes() - workersBefore;
      clean = allocated > 0 ? 0 : clean + 1;
      if (clean == CLEAN_SERIES || allocated > 0 && SYSTEM.getProcessCpuTime() > deadline) {
        return allocated;
      }
    }
  }

  private static long workersBytes() {
    long sum = 0;
    for (Thread worker : WORKERS) {
      sum += Math.max(0, THREADS.getThreadAllocatedBytes(worker.threadId()));
    }
    return sum;
  }

  /** What a JVM with the same flags says that makes these runs alone; nothing if all is well. */
  private static String fresh(String what, Class<?> all) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("convector.")) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.add("-Dconvector.test.steadyOnly=" + what);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), all.getName()));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }
}
