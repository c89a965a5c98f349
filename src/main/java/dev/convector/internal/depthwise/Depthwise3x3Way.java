package dev.convector.internal.depthwise;

import dev.convector.internal.simd.Contest;

/**
 * Which of the kernels with the same bits computes a 3x3 layer: rolling along a row, tiles with
 * channels innermost, or those with the lines of their results touched before. What a layer's shape
 * doesn't tell, contests find out, one after the other.
 *
 * @param tiled whether tiles are what is taken before anything is known
 * @param isTouchable whether touched tiles may be faster
 * @param rolled whether rolling is where tiles are taken and touching them does not pay; null if
 *     that is not to be asked
 */
record Depthwise3x3Way(boolean tiled, boolean isTouchable, Contest rolled) {
  /**
   * Whether tiles with channels innermost that touch the lines of their results are faster than
   * those that don't. Where they are, they are faster than rolling too, if the image is large.
   */
  static final Contest TOUCH = new Contest(Contest.CLEAR);

  /**
   * Whether rolling is faster than tiles of 4x2: 128 channels at 56x56 take 0.78 to 0.87 of the
   * time, 256 at 28x28 0.88, 128 at 28x28 0.92, but 768 at 14x14 1.04 (Zen 4, medians of 32 places
   * of the arrays); on Zen 5 and Intel tiles take 0.55 to 1.0 of the time of rolling.
   */
  static final DepthwiseContests ROLLED = new DepthwiseContests(Contest.CLEAR);

  /** The first contest that isn't decided; null if all are. */
  Contest open() {
    if (isTouchable && !TOUCH.isDecided()) {
      return TOUCH;
    }
    return isRollable() && !rolled.isDecided() ? rolled : null;
  }

  /**
   * Sets the way of a call, or the one that a contest asks for. Of short calls none is open, but
   * they alternate between what one method has both.
   */
  void set(DepthwiseCall p, Contest open, boolean isChallenger) {
    boolean isTried = open == TOUCH && isChallenger;
    boolean mayAlternate = isTouchable && p.isShort() && !TOUCH.isDecided();
    boolean alternates = mayAlternate && TOUCH.alternates();
    p.touched = isTried || alternates || isTouchable && TOUCH.isWon();
    boolean isRolled =
        isRollable() && open != TOUCH && (open == rolled ? isChallenger : rolled.isWon());
    p.tiled = open == TOUCH || p.touched || tiled && !isRolled;
  }

  private boolean isRollable() {
    return rolled != null && !TOUCH.isWon();
  }
}
