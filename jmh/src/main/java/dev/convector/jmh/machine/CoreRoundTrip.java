package dev.convector.jmh.machine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Control;

/**
 * Two threads hand a cache line to and fro: nanoseconds for there and back. On virtual machines it
 * is sometimes ten times what it is at other times, and decides every figure for several threads.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CoreRoundTrip {
  /** Before or after the race. */
  @Param("before")
  public String when;

  private final AtomicInteger ball = new AtomicInteger();

  @Benchmark
  @Group("roundTrip")
  public void there(Control control) {
    hand(control, 0, 1);
  }

  @Benchmark
  @Group("roundTrip")
  public void back(Control control) {
    hand(control, 1, 0);
  }

  private void hand(Control control, int mine, int other) {
    // No onSpinWait: x86's pause takes longer than the hand-over that is measured.
    while (!control.stopMeasurement && ball.get() != mine) {}
    ball.setRelease(other);
  }
}
