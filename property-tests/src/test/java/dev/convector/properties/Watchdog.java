package dev.convector.properties;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.lifecycle.AroundTryHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.TryExecutionResult;
import net.jqwik.api.lifecycle.TryExecutor;
import net.jqwik.api.lifecycle.TryLifecycleContext;

/**
 * Ends the JVM, with the stacks of all threads, where one try of a property hangs: jqwik has no
 * timeout, and a run that waits for its units takes no interrupt. Registered for all tests as a
 * service.
 */
public final class Watchdog implements AroundTryHook {
  /** Of one try; those of {@link AllocationProperties} wait for the JIT compiler. */
  private static final Duration PATIENCE =
      Duration.ofSeconds(Integer.getInteger("convector.test.patience", 600));

  private static volatile Try current;

  private record Try(String name, long start) {}

  static {
    Thread.ofPlatform().daemon().name("watchdog").start(Watchdog::watch);
  }

  @Override
  public PropagationMode propagateTo() {
    return PropagationMode.ALL_DESCENDANTS;
  }

  /** Innermost: what is around it is quick. */
  @Override
  public int aroundTryProximity() {
    return 100;
  }

  @Override
  public TryExecutionResult aroundTry(
      TryLifecycleContext context, TryExecutor executor, List<Object> parameters) {
    current = new Try(context.label(), System.nanoTime());
    try {
      return executor.execute(parameters);
    } finally {
      current = null;
    }
  }

  private static void watch() {
    try {
      while (true) {
        Thread.sleep(1000);
        Try running = current;
        if (running != null && System.nanoTime() - running.start > PATIENCE.toNanos()) {
          System.err.println(stacks(running));
          System.err.flush();
          // Until surefire has read it.
          Thread.sleep(2000);
          Runtime.getRuntime().halt(1);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static String stacks(Try hanging) {
    StringBuilder text = new StringBuilder();
    text.append("A try hangs for ").append(PATIENCE.toSeconds()).append(" s: ");
    text.append(hanging.name).append(System.lineSeparator());
    for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
      text.append(each.getKey()).append(' ').append(each.getKey().getState());
      for (StackTraceElement frame : each.getValue()) {
        text.append(System.lineSeparator()).append("    at ").append(frame);
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }
}
