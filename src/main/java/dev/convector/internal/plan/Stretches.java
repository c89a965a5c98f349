package dev.convector.internal.plan;

import dev.convector.ConvShape;
import dev.convector.internal.problem.TapRanges;

/** The stretches of contiguous input that the direct method multiplies at a time. */
final class Stretches {
  /** The shortest, in floats, that are worth a loop of their own. */
  static final int LEAST = 64;

  /**
   * The same of kernels whose taps' channels don't follow one another, which unfolding copies in as
   * short pieces.
   */
  static final int LEAST_PARTED = 32;

  private Stretches() {}

  /** Floats that the direct method multiplies at a time. */
  static int floats(ConvShape s) {
    return areTapsJoined(s) ? s.kernelWidth() * s.channels() : s.groupChannels();
  }

  /** Whether a kernel row's taps follow one another in a channels-last image. */
  static boolean areTapsJoined(ConvShape s) {
    return s.dilationWidth() == 1 && s.groups() == 1;
  }

  /** Whether half of all taps meet padding, which only the direct method on stretches skips. */
  static boolean isMostlyPadding(ConvShape s) {
    return s.isPadded() && shareInside(s) < 0.5;
  }

  /** Which share of all outputs' taps lies inside the image. */
  static double shareInside(ConvShape s) {
    double all = (double) s.outputHeight() * s.outputWidth() * s.kernelHeight() * s.kernelWidth();
    return TapRanges.rows(s).taps() * TapRanges.columns(s).taps() / all;
  }
}
