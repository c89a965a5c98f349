package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Maxima of windows and where they were, with channels in the lanes: the first of equal ones, row
 * by row, and the last NaN.
 *
 * @param channels of a pixel, at least a vector
 */
record MaxWindows(PoolAxis rows, PoolAxis columns, int channels) {

  /**
   * One window. One loop over all taps, and places that move as floats with the maxima: in two
   * nested loops, with a mask for each kind of lane, C2 boxed all vectors in one JVM of many.
   *
   * @param at where the input begins
   */
  void take(float[] x, int at, int p, int q, float[] y, int yAt, int[] places, int placesAt) {
    int width = columns.taps()[q];
    int taps = rows.taps()[p] * width;
    int across = columns.dilation();
    int down = rows.dilation() * columns.size() - width * across;
    int place = rows.first()[p] * columns.size() + columns.first()[q];
    for (int c = 0; c < channels; c += LANES) {
      int channel = Math.min(c, channels - LANES);
      FloatVector most = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      FloatVector found = IntVector.broadcast(INTS, place).reinterpretAsFloats();
      int tap = place;
      for (int t = 0, s = 0; t < taps; t++) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, at + tap * channels + channel);
        VectorMask<Float> larger = most.lt(v).or(v.compare(VectorOperators.NE, v));
        most = most.blend(v, larger);
        found = found.blend(IntVector.broadcast(INTS, tap).reinterpretAsFloats(), larger);
        s++;
        int end = s == width ? 1 : 0;
        s -= end * width;
        tap += across + end * down;
      }
      most.intoArray(y, yAt + channel);
      found.reinterpretAsInts().intoArray(places, placesAt + channel);
    }
  }
}
