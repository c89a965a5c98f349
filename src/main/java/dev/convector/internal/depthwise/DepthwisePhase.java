package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Contest;
import dev.convector.internal.simd.LineProbe;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What the kernels with channels innermost need where their vectors begin some channels later, its
 * phase, so that results are stored on cache lines: a vector then holds the last channels of a
 * pixel and the first of the next, and so do its weights.
 *
 * <p>A store across two lines costs most of what a depthwise layer takes where stores, not loads,
 * are the bottleneck: 256 channels at 28x28 had 98 to 109 GFLOP/s with and 79 to 94 without, 512 at
 * 14x14 86 to 109 and 58 to 70 (loops outside the library, Granite Rapids).
 *
 * <p>Thread-safe.
 */
final class DepthwisePhase {
  /** The {@link #line} that is found out. */
  static final int FIND_OUT = -1;

  private static final DepthwiseContests CONTESTS = new DepthwiseContests(Contest.CLEAR);

  /** Answers that were none, by the bits of the channels. What threads don't see costs time. */
  private static final int[] UNKNOWN = new int[Integer.SIZE + 1];

  /** For tests: an index with which a line of each output is taken to begin, and wins. */
  static volatile int line = FIND_OUT;

  /**
   * Answers that are none after which no more are asked for, which takes 2 us a run: where loads of
   * half a line cost what those of a whole one do.
   */
  private static final int MOST_UNKNOWN = 32;

  private final int channels;
  private final DepthwiseTaps taps;
  private final float[] biases;
  private final AtomicReferenceArray<AlignedFloats> weights = new AtomicReferenceArray<>(LANES);

  private final Contest contest;

  /**
   * That of an array before, most likely of the next one too. What threads don't see costs time.
   */
  private int guess = LineProbe.UNKNOWN;

  DepthwisePhase(ConvShape shape, DepthwiseTaps taps, float[] biases) {
    this.channels = shape.channels();
    this.contest = CONTESTS.of(channels);
    this.taps = taps;
    this.biases = Arrays.copyOf(biases, channels + LANES);
    System.arraycopy(biases, 0, this.biases, channels, LANES);
  }

  /** Whether one pixel's channels follow on the other's, in whole vectors as long as lines. */
  static boolean fits(ConvShape shape, int columnStep) {
    return LANES == AlignedFloats.LINE
        && Simd.MANY_REGISTERS
        && shape.strideWidth() == 1
        && shape.filters() == shape.channels()
        && columnStep == shape.channels()
        && shape.channels() % LANES == 0;
  }

  /** Whether vectors that begin elsewhere are found to be faster. */
  boolean isWon() {
    return contest.isWon() || line != FIND_OUT;
  }

  /** Whether that is to be found out. */
  boolean isOpen() {
    return !contest.isDecided() && line == FIND_OUT;
  }

  Contest contest() {
    return contest;
  }

  /** Channels from a call's first result to the first on a line; 0 where that isn't known. */
  int of(DepthwiseCall p) {
    int first = p.firstY + p.from;
    if (line != FIND_OUT) {
      return Math.floorMod(line - first, LANES);
    }
    if (p.yLine == LineProbe.UNKNOWN && LineProbe.isPossible(p.y, first)) {
      int found = LineProbe.distance(p.y, first, Math.max(guess, 0));
      p.yLine = found == LineProbe.UNKNOWN ? first % LANES : (first + found) % LANES;
      guess = found;
      if (found == LineProbe.UNKNOWN && LineProbe.isCompiled()) {
        countUnknown();
      }
    }
    return p.yLine == LineProbe.UNKNOWN ? 0 : Math.floorMod(p.yLine - first, LANES);
  }

  private void countUnknown() {
    if (++UNKNOWN[DepthwiseContests.bits(channels)] >= MOST_UNKNOWN && isOpen()) {
      contest.decide(false);
    }
  }

  /** The biases, and behind them the first again. */
  float[] biases() {
    return biases;
  }

  /** The taps of vectors that begin so many channels later. */
  AlignedFloats weights(int phase) {
    AlignedFloats found = weights.get(phase);
    if (found == null) {
      AlignedFloats made = rotated(phase);
      found = weights.compareAndSet(phase, null, made) ? made : weights.get(phase);
    }
    return found;
  }

  private AlignedFloats rotated(int phase) {
    int vector = taps.taps() * LANES;
    float[] from = taps.weights();
    int first = taps.firstWeight();
    AlignedFloats to = AlignedFloats.allocate(channels * taps.taps());
    for (int channel = 0; channel < channels; channel++) {
      int source = (channel + phase) % channels;
      int at = first + source / LANES * vector + source % LANES;
      int place = to.offset() + channel / LANES * vector + channel % LANES;
      for (int tap = 0; tap < taps.taps(); tap++) {
        to.array()[place + tap * LANES] = from[at + tap * LANES];
      }
    }
    return to;
  }

  long bytes() {
    long bytes = (long) biases.length * Float.BYTES;
    for (int i = 0; i < LANES; i++) {
      AlignedFloats made = weights.get(i);
      bytes += made == null ? 0 : made.bytes();
    }
    return bytes;
  }
}
