package dev.convector.jmh.race;

import dev.convector.jmh.contender.Contender;
import dev.convector.jmh.contender.ConvTask;
import dev.convector.jmh.layer.Tables;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One call of a layer; each iteration measures the next contender ({@link Relay}). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConvRace {
  @Param("trivial/1x1")
  public String layer;

  /** Images for each image of the table. */
  @Param("1")
  public int batch;

  /** Threads that each contender may use, the caller's among them. */
  @Param("1")
  public int threads;

  /** Names, separated by commas, in the order of their turns. */
  @Param("convector/NHWC/AUTO")
  public String contenders;

  private ConvTask task;
  private Relay relay;
  private Contender current;

  @Setup(Level.Trial)
  public void enter() {
    task = new ConvTask(Tables.layer(layer).timesBatch(batch));
    relay =
        new Relay(
            threads, contenders, (library, variant) -> library.prepare(task, variant, threads));
  }

  @Setup(Level.Iteration)
  public void next() {
    current = relay.next();
  }

  @Benchmark
  public void run() throws Exception {
    current.run();
  }

  @TearDown(Level.Trial)
  public void finish() throws IOException {
    long start = System.nanoTime();
    float[] expected = task.expected();
    relay.finish(expected, System.nanoTime() - start);
  }
}
