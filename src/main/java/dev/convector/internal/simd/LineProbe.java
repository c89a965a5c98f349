package dev.convector.internal.simd;

import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Where an array's cache lines begin, by how long loads of vectors take: Java can't read an array's
 * address, but a vector as long as a line that begins elsewhere is a load of two. A wrong answer
 * costs speed alone, so callers must be right with any.
 *
 * <p>Thread-safe.
 */
public final class LineProbe {
  /** The answer where no place is clearly faster than others. */
  public static final int UNKNOWN = -1;

  /** Lines that are read, and how often. */
  private static final int LINES = 32;

  private static final int ROUNDS = 4;

  /** Measurements of a place, of which the least counts. */
  private static final int TRIES = 3;

  /** Objects begin at every eighth byte. */
  private static final int FLOATS_APART = 2;

  /** Floats from a place to another that is tried beside it: neither a line nor half of one. */
  private static final int ELSEWHERE = 3 * FLOATS_APART;

  /** The part of another place's time that the first on lines takes at most. */
  private static final double CLEAR = 0.88;

  /** More than a compiled measurement takes, less than any other. */
  private static final int COLD_NANOS = 1000;

  private static int sink;

  /** What threads don't see costs time. */
  private static boolean isCompiled;

  private LineProbe() {}

  /** Whether vectors are as long as lines, and an array is long enough behind an index. */
  public static boolean isPossible(float[] array, int from) {
    return LANES == AlignedFloats.LINE && array.length - from >= (LINES + 1) * LANES;
  }

  /** Whether C2 has compiled the loads: before, nothing is known, and they are done once a call. */
  public static boolean isCompiled() {
    return isCompiled;
  }

  /**
   * Floats from an index to the first one behind it with which a line begins, or {@link #UNKNOWN}.
   *
   * @param guess what it may be, which is quickly found to be right; or {@link #UNKNOWN}
   */
  public static int distance(float[] array, int from, int guess) {
    if (!isCompiled) {
      isCompiled = least(array, from, 1) < COLD_NANOS;
      return UNKNOWN;
    }
    if (guess != UNKNOWN) {
      long there = least(array, from + guess, 2);
      if (there < CLEAR * least(array, from + (guess + ELSEWHERE) % LANES, 2)) {
        return guess;
      }
    }
    int found = UNKNOWN;
    long first = Long.MAX_VALUE;
    long second = Long.MAX_VALUE;
    for (int i = 0; i < LANES; i += FLOATS_APART) {
      long nanos = least(array, from + i, TRIES);
      if (nanos < first) {
        second = first;
        first = nanos;
        found = i;
      } else {
        second = Math.min(second, nanos);
      }
    }
    return first < CLEAR * second ? found : UNKNOWN;
  }

  private static long least(float[] array, int from, int tries) {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < tries; i++) {
      long began = System.nanoTime();
      sink = read(array, from);
      least = Math.min(least, System.nanoTime() - began);
    }
    return least;
  }

  /** What is read is returned, combined, so that it can't be left out. */
  private static int read(float[] array, int from) {
    IntVector a = IntVector.zero(INTS);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = from; i < from + LINES * LANES; i += 4 * LANES) {
        a = a.or(FloatVector.fromArray(SPECIES, array, i).reinterpretAsInts());
        b = b.or(FloatVector.fromArray(SPECIES, array, i + LANES).reinterpretAsInts());
        c = c.or(FloatVector.fromArray(SPECIES, array, i + 2 * LANES).reinterpretAsInts());
        d = d.or(FloatVector.fromArray(SPECIES, array, i + 3 * LANES).reinterpretAsInts());
      }
    }
    return a.or(b).or(c.or(d)).lane(0);
  }
}
