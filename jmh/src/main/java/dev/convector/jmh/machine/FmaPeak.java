package dev.convector.jmh.machine;

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
import org.openjdk.jmh.annotations.State;

/**
 * The most multiply-adds that a thread can do: twelve independent chains in registers, more than
 * two units times a latency of four or five cycles need. The score counts floating-point operations
 * of one lane per nanosecond; times the lanes, that is GFLOP/s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FmaPeak {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int CHAINS = 12;
  private static final int STEPS = 2048;

  /** An annotation needs a constant, and lanes are none: the score is per {@link #lanes lane}. */
  public static final int FLOPS_PER_LANE = 2 * CHAINS * STEPS;

  /** Before or after the race. */
  @Param("before")
  public String when;

  private final float[] operands = new float[3 * SPECIES.length()];

  /** Lanes of the widest vector. */
  public static int lanes() {
    return SPECIES.length();
  }

  @Benchmark
  @OperationsPerInvocation(FLOPS_PER_LANE)
  public float fma() {
    FloatVector x = FloatVector.fromArray(SPECIES, operands, 0);
    FloatVector y = FloatVector.fromArray(SPECIES, operands, SPECIES.length());
    FloatVector a = FloatVector.fromArray(SPECIES, operands, 2 * SPECIES.length());
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    FloatVector e = a;
    FloatVector f = a;
    FloatVector g = a;
    FloatVector h = a;
    FloatVector i = a;
    FloatVector j = a;
    FloatVector k = a;
    FloatVector l = a;
    for (int step = 0; step < STEPS; step++) {
      a = x.fma(y, a);
      b = x.fma(y, b);
      c = x.fma(y, c);
      d = x.fma(y, d);
      e = x.fma(y, e);
      f = x.fma(y, f);
      g = x.fma(y, g);
      h = x.fma(y, h);
      i = x.fma(y, i);
      j = x.fma(y, j);
      k = x.fma(y, k);
      l = x.fma(y, l);
    }
    FloatVector sum = a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k);
    return sum.add(l).lane(0);
  }
}
