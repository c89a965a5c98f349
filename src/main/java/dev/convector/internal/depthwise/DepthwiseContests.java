package dev.convector.internal.depthwise;

import dev.convector.internal.simd.Contest;
import dev.convector.internal.simd.ShortCalls;
import java.util.Arrays;

/**
 * Contests of two ways to compute depthwise layers, one for each number of bits of their channels:
 * 512 at 14x14 may gain where 128 at 56x56 hardly do. Not for each layer, since compiled code is
 * thrown away each time a decided one is open again.
 */
final class DepthwiseContests {
  private final Contest[] contests = new Contest[Integer.SIZE + 1];

  /**
   * @param margin as {@link Contest} has it
   */
  DepthwiseContests(double margin) {
    Arrays.setAll(contests, i -> new Contest(margin));
  }

  /** That of layers of as many channels, or nearly so. */
  Contest of(int channels) {
    return contests[bits(channels)];
  }

  /**
   * Begins a call that a contest will count: of a challenger that isn't compiled it is a short one.
   *
   * @return when, in nanoseconds
   */
  static long begin(DepthwiseCall p, Contest contest, boolean isChallenger) {
    p.shortRuns = isChallenger && contest.isCold() ? ShortCalls.RUNS : 0;
    return System.nanoTime();
  }

  /**
   * Counts it.
   *
   * @param began when it did
   * @param steps its multiply-adds of vectors
   */
  static void end(DepthwiseCall p, Contest contest, boolean isChallenger, long began, long steps) {
    long nanos = System.nanoTime() - began;
    p.shortRuns = 0;
    contest.add(isChallenger, nanos, steps);
  }

  /** The bits of a number of channels, at most {@link Integer#SIZE}. */
  static int bits(int channels) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(channels);
  }
}
