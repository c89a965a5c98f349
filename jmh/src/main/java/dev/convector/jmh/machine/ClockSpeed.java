package dev.convector.jmh.machine;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The clock, in GHz: a chain of 64-bit multiplications, of which each waits three cycles for the
 * one before on Intel's processors since Nehalem and AMD's since Zen (Agner Fog's instruction
 * tables). A square can't be reassociated by the compiler. On other processors than x86 it says
 * nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClockSpeed {
  private static final int CYCLES = 3;
  private static final int STEPS = 8192;
  private static final int UNROLLED = 4;

  /** Before or after the race. */
  @Param("before")
  public String when;

  private long seed = 3;

  @Benchmark
  @OperationsPerInvocation(CYCLES * STEPS * UNROLLED)
  public long squares() {
    long x = seed;
    for (int i = 0; i < STEPS; i++) {
      x *= x;
      x *= x;
      x *= x;
      x *= x;
    }
    return x;
  }
}
