package dev.convector;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Repeats a run until it is as fast as it gets: the one place that says when that is. */
final class WarmUp {
  /** What plans take if they are not given another. */
  static final Duration LIMIT = Duration.ofSeconds(3);

  /**
   * So long no run may have been faster. C2 takes up to a quarter of a second for a kernel and
   * compiles one after the other; until it is done all runs take alike.
   */
  private static final long STILL_NANOS = 500_000_000;

  /** Nor in so many runs, since one may take longer than that. */
  private static final int STILL_RUNS = 3;

  /** What takes longer than this part of the fastest run is not faster. */
  private static final double FASTER = 0.95;

  private WarmUp() {}

  /**
   * @return whether the speed was steady before the limit
   */
  static boolean repeat(Runnable run, Duration limit) {
    return repeat(run, limit, System::nanoTime);
  }

  static boolean repeat(Runnable run, Duration limit, LongSupplier clock) {
    long limitNanos = TimeUnit.NANOSECONDS.convert(Objects.requireNonNull(limit, "limit"));
    if (limitNanos < 0) {
      throw new IllegalArgumentException("limit: " + limit + "; must not be negative");
    }
    long start = clock.getAsLong();
    long now = start;
    long fastest = Long.MAX_VALUE;
    long fasterAt = start;
    int still = 0;
    do {
      long began = now;
      run.run();
      now = clock.getAsLong();
      still++;
      if (now - began < FASTER * fastest) {
        fastest = now - began;
        fasterAt = now;
        still = 0;
      }
      if (still >= STILL_RUNS && now - fasterAt >= STILL_NANOS) {
        return true;
      }
    } while (now - start < limitNanos);
    return false;
  }

  /** Elements that are not all the same, and not subnormal. */
  static float[] data(int size) {
    float[] data = new float[size];
    for (int i = 0; i < size; i++) {
      data[i] = (i % 15 - 7) / 8f;
    }
    return data;
  }
}
