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
 * Main memory, for the roofline's slope: a copy between two arrays that no cache holds. The score
 * counts bytes read or written per nanosecond, that is GB/s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemoryBandwidth {
  private static final int FLOATS = 1 << 25;
  private static final int BYTES = 2 * Float.BYTES * FLOATS;

  /** Before or after the race. */
  @Param("before")
  public String when;

  private final float[] from = new float[FLOATS];
  private final float[] to = new float[FLOATS];

  @Benchmark
  @OperationsPerInvocation(BYTES)
  public float[] copy() {
    System.arraycopy(from, 0, to, 0, FLOATS);
    return to;
  }
}
