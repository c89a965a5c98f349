package dev.convector.jmh.cliff;

/**
 * How fast a spot is.
 *
 * @param spot where
 * @param algorithm that was chosen
 * @param nanos of a run, median over the turns
 */
record Speed(Spot spot, String algorithm, double nanos) {
  /** Of the multiply-adds whose taps lie inside the image: what lies in the padding is no work. */
  double gflops() {
    return spot.layer().flopsInside() / nanos;
  }
}
