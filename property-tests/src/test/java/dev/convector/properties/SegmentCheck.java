package dev.convector.properties;

import dev.convector.Execution;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;

/** A run on segments must give the bits of the run on arrays, and write nothing else. */
final class SegmentCheck {
  private final long seed;
  private final Execution execution;
  private final Object of;

  SegmentCheck(long seed, Threads threads, Object of) {
    this.seed = seed;
    this.execution = threads.execution;
    this.of = of;
  }

  /** A run on arrays; the residual is null for none. */
  interface OnArrays {
    void run(float[] src, float[] residual, float[] dst, Execution execution);
  }

  /** The same on segments. */
  interface OnSegments {
    void run(MemorySegment src, MemorySegment residual, MemorySegment dst, Execution execution);
  }

  void require(float[] src, int outputs, Residual residual, OnArrays arrays, OnSegments segments) {
    Random random = new Random(seed);
    float[] before = new float[outputs];
    Values.FLOATS.fill(random, before, 0, outputs);
    float[] expected = before.clone();
    float[] added =
        switch (residual) {
          case NONE -> null;
          case APART -> before;
          case IN_DST -> expected;
        };
    arrays.run(src, added, expected, execution);
    Memory from = Memory.any(random);
    Memory beside = Memory.any(random);
    Memory to = Memory.any(random);
    String where = from + ", " + beside + ", " + to + ", " + residual + ": " + of;
    Memory.Guarded x = from.of(src, random.nextInt(8));
    Memory.Guarded r = beside.of(before, random.nextInt(8));
    Memory.Guarded y = to.of(before, random.nextInt(8));
    MemorySegment place =
        switch (residual) {
          case NONE -> null;
          case APART -> r.segment().asReadOnly();
          case IN_DST -> y.segment();
        };
    segments.run(
        random.nextBoolean() ? x.segment() : x.segment().asReadOnly(),
        place,
        y.segment(),
        execution);
    float[] actual = y.content();
    int at = Arrays.mismatch(expected, actual);
    if (at >= 0) {
      throw new AssertionError(
          "output " + at + " is " + actual[at] + ", not " + expected[at] + ", " + where);
    }
    y.require(where);
    x.require(where);
    if (Arrays.mismatch(x.content(), src) >= 0 || Arrays.mismatch(r.content(), before) >= 0) {
      throw new AssertionError("an input was written, " + where);
    }
  }
}
