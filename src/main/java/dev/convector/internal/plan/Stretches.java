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

  /**
   * The same of a few filters where neighbours' windows lie a distance apart that tiles of listed
   * taps have no constant for: each row of these has a check and an address of its own. Stretches
   * of 17 to 63 floats to 16 and 32 filters take 0.6 to 0.85 of the time, channels-last, of 11 and
   * 13 0.96 and 1.05; to 48 to 96 filters 0.8 to 1.35 (Xeon, family 6 model 207).
   */
  static final int LEAST_ANY_DISTANCE = 16;

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
