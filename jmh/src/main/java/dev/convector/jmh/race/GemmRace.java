package dev.convector.jmh.race;

import dev.convector.jmh.contender.Contender;
import dev.convector.jmh.contender.GemmTask;
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

/** One call of a matrix product; each iteration measures the next contender ({@link Relay}). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GemmRace {
  @Param("gemm/49_512_4608")
  public String size;

  /** Threads that each contender may use, the caller's among them. */
  @Param("1")
  public int threads;

  /** Names, separated by commas, in the order of their turns. */
  @Param("openblas/row-major")
  public String contenders;

  private GemmTask task;
  private Relay relay;
  private Contender current;

  @Setup(Level.Trial)
  public void enter() {
    task = new GemmTask(Tables.gemm(size));
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
