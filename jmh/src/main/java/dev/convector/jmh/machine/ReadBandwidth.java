package dev.convector.jmh.machine;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Main memory, read only: what bounds a fully connected layer on one image, which uses each weight
 * once. The sum of 256 MiB, more than any cache, of which each thread has its part. The score is
 * bytes per nanosecond, that is GB/s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReadBandwidth {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int FLOATS = 1 << 26;

  /** Of one call, whatever the number of threads. */
  private static final int CHUNK = 1 << 18;

  private static final int BYTES = Float.BYTES * CHUNK;

  /** Before or after the race. */
  @Param("before")
  public String when;

  private int begin;
  private int end;
  private int next;

  /** Shared by the threads. Written, since pages that never were are all the same one. */
  @State(Scope.Benchmark)
  public static class Memory {
    private final float[] values = new float[FLOATS];

    /** Touches every page. */
    public Memory() {
      Arrays.fill(values, 1);
    }
  }

  @Setup
  public void takePart(ThreadParams threads) {
    int part = FLOATS / CHUNK / threads.getThreadCount() * CHUNK;
    begin = threads.getThreadIndex() * part;
    end = begin + part;
    next = begin;
  }

  @Benchmark
  @OperationsPerInvocation(BYTES)
  public float read(Memory memory) {
    float sum = sum(memory.values, next);
    next = next + CHUNK < end ? next + CHUNK : begin;
    return sum;
  }

  /** Four places at once, which is a quarter faster than one after the other. */
  private static float sum(float[] values, int from) {
    int part = CHUNK / 4;
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = from; i < from + part; i += SPECIES.length()) {
      a = a.add(FloatVector.fromArray(SPECIES, values, i));
      b = b.add(FloatVector.fromArray(SPECIES, values, i + part));
      c = c.add(FloatVector.fromArray(SPECIES, values, i + 2 * part));
      d = d.add(FloatVector.fromArray(SPECIES, values, i + 3 * part));
    }
    return a.add(b).add(c.add(d)).lane(0);
  }
}
