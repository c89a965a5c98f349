package dev.convector.onnx.cli;

import dev.convector.Execution;
import dev.convector.onnx.MemoryUse;
import dev.convector.onnx.OnnxModel;
import dev.convector.onnx.Session;
import dev.convector.onnx.SessionOptions;
import dev.convector.onnx.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a network. */
@Command(
    name = "bench",
    description =
        "Measures a network on random numbers: the time to load it, to the first answer and, after"
            + " warming up, of a run; memory; and how the time is shared among its steps.")
final class BenchCommand implements Callable<Integer> {
  private static final double MIB = 1 << 20;

  @Mixin private Help help;
  @Mixin private ModelArgument argument;

  @Option(
      names = "--threads",
      defaultValue = "0",
      paramLabel = "COUNT",
      description = "How many work on a run; by default as many as there are processors.")
  private int threads;

  @Option(
      names = "--warm-up",
      defaultValue = "3",
      paramLabel = "SECONDS",
      description = "Runs before any is measured; ${DEFAULT-VALUE} by default.")
  private double warmUp;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      paramLabel = "SECONDS",
      description = "How long to measure, at least three runs; ${DEFAULT-VALUE} by default.")
  private double seconds;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Also writes the steps for chrome://tracing or Perfetto.")
  private Path trace;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (threads < 0 || threads > 1024) {
      throw new IllegalArgumentException("--threads: " + threads + "; must be from 1 to 1024");
    }
    requireTime("--warm-up", warmUp);
    requireTime("--seconds", seconds);
    ForkJoinPool pool = threads > 1 ? new ForkJoinPool(threads) : null;
    try {
      bench(
          threads == 0
              ? Execution.common()
              : pool == null ? Execution.serial() : Execution.on(pool));
    } finally {
      if (pool != null) {
        pool.shutdown();
      }
    }
    return 0;
  }

  private static void requireTime(String option, double seconds) {
    if (!(seconds >= 0 && seconds <= 3600)) {
      throw new IllegalArgumentException(option + ": " + seconds + "; must be from 0 to 3600");
    }
  }

  private void bench(Execution execution) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    long begin = System.nanoTime();
    OnnxModel model = argument.load();
    Map<String, Tensor> inputs = Inputs.random(model, argument);
    long loaded = System.nanoTime();
    SessionOptions options = SessionOptions.defaults().execution(execution);
    Session first = model.session(options);
    first.run(inputs);
    long answered = System.nanoTime();
    row(out, "threads", "%d", execution.threads());
    row(out, "loading", "%.1f ms", (loaded - begin) * 1e-6);
    row(out, "first answer", "%.1f ms", (answered - loaded) * 1e-6);
    out.flush();

    repeat(first, inputs, warmUp, 0);
    // Another, whose profile is of warm runs only.
    Session session = model.session(options);
    session.run(inputs);
    double[] times = repeat(session, inputs, seconds, 3);
    row(
        out,
        "run",
        "median %.3f ms, half of %d within %.3f and %.3f, fastest %.3f",
        quantile(times, 0.5),
        times.length,
        quantile(times, 0.25),
        quantile(times, 0.75),
        times[0]);
    MemoryUse memory = session.memory();
    row(
        out,
        "memory",
        "%.1f MiB: weights %.1f, packed for runs %.1f, buffers %.1f, scratch %.1f a thread",
        memory.total() / MIB,
        memory.weights() / MIB,
        memory.packed() / MIB,
        memory.buffers() / MIB,
        memory.scratch() / MIB);
    out.println();
    out.print(session.profile());
    if (trace != null) {
      session.profile().writeChromeTrace(trace);
    }
    out.flush();
  }

  private static void row(PrintWriter out, String name, String format, Object... values) {
    out.printf("%-13s %s%n", name, String.format(Locale.ROOT, format, values));
  }

  /** Milliseconds of each run, the shortest first. */
  private static double[] repeat(
      Session session, Map<String, Tensor> inputs, double seconds, int fewest) {
    DoubleStream.Builder times = DoubleStream.builder();
    long begin = System.nanoTime();
    long before = begin;
    for (int i = 0; i < fewest || (before - begin) * 1e-9 < seconds; i++) {
      session.run(inputs);
      long after = System.nanoTime();
      times.add((after - before) * 1e-6);
      before = after;
    }
    return times.build().sorted().toArray();
  }

  private static double quantile(double[] sorted, double part) {
    return sorted[(int) (part * (sorted.length - 1))];
  }
}
