package dev.convector.internal.resample;

import static dev.convector.internal.simd.MultiplyAdd.fma;
import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The columns of a linear operation with neighbouring pixels in the lanes: what a vector of outputs
 * is made of lies within one vector of inputs or two, so that each of its taps is a permutation of
 * them. The order of each sum is that of {@link TapKernels}.
 */
final class PixelTaps {
  /** First output of each vector; the last vector overlaps the one before. */
  private final int[] targets;

  /** First input of each vector. */
  private final int[] sources;

  /** Taps of the output that has most. */
  private final int taps;

  /** For each vector, tap and lane: the input's place behind the vector's first. */
  private final int[] places;

  /** For each vector, tap and lane; zero where an output has fewer taps. */
  private final float[] weights;

  /** Bits that make zero of what has no weight, which may be infinite; only of two vectors. */
  private final int[] kept;

  private PixelTaps(int vectors, int taps) {
    this.targets = new int[vectors];
    this.sources = new int[vectors];
    this.taps = taps;
    this.places = new int[vectors * taps * LANES];
    this.weights = new float[places.length];
    this.kept = new int[places.length];
  }

  /** Of one vector of inputs: what has no weight is taken from a second one, of zeros. */
  private PixelTaps(PixelTaps wide) {
    this.targets = wide.targets;
    this.sources = wide.sources;
    this.taps = wide.taps;
    this.places = wide.places.clone();
    this.weights = wide.weights;
    this.kept = null;
    for (int i = 0; i < places.length; i++) {
      places[i] = wide.kept[i] == 0 ? LANES : places[i];
    }
  }

  /**
   * The same columns of pixels of so many floats; null where a vector's inputs lie too far apart,
   * or a row is shorter than a vector.
   */
  static PixelTaps of(Taps columns, int group) {
    int floats = columns.targets() * group;
    if (floats < LANES) {
      return null;
    }
    int most = 0;
    for (int q = 0; q < columns.targets(); q++) {
      most = Math.max(most, columns.starts()[q + 1] - columns.starts()[q]);
    }
    PixelTaps pixels = new PixelTaps(Math.ceilDiv(floats, LANES), most);
    boolean narrow = true;
    for (int v = 0; v < pixels.targets.length; v++) {
      int target = Math.min(v * LANES, floats - LANES);
      int from = target / group;
      int to = (target + LANES - 1) / group + 1;
      int span = columns.span(from, to) * group;
      if (span > 2 * LANES) {
        return null;
      }
      narrow &= span <= LANES;
      pixels.targets[v] = target;
      pixels.sources[v] = columns.least(from, to) * group;
      pixels.fill(columns, group, v);
    }
    return narrow ? new PixelTaps(pixels) : pixels;
  }

  private void fill(Taps columns, int group, int v) {
    for (int lane = 0; lane < LANES; lane++) {
      int output = targets[v] + lane;
      int first = columns.starts()[output / group];
      int count = columns.starts()[output / group + 1] - first;
      for (int t = 0; t < count; t++) {
        int at = (v * taps + t) * LANES + lane;
        places[at] = columns.indices()[first + t] * group + output % group - sources[v];
        weights[at] = columns.weights()[first + t];
        kept[at] = -1;
      }
    }
  }

  long bytes() {
    return 4L * (2L * targets.length + (kept == null ? 2L : 3L) * places.length);
  }

  /** One row; up to two vectors of {@code x} are loaded beyond its end. */
  void run(float[] x, int at, float[] y, int yAt) {
    if (kept == null) {
      narrow(x, at, y, yAt);
    } else {
      wide(x, at, y, yAt);
    }
  }

  private void narrow(float[] x, int at, float[] y, int yAt) {
    IntVector zeros = IntVector.zero(INTS);
    int k = 0;
    for (int v = 0; v < targets.length; v++) {
      IntVector loaded = FloatVector.fromArray(SPECIES, x, at + sources[v]).reinterpretAsInts();
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int t = 0; t < taps; t++, k += LANES) {
        IntVector taken = IntVector.fromArray(INTS, places, k).selectFrom(loaded, zeros);
        FloatVector w = FloatVector.fromArray(SPECIES, weights, k);
        sum = fma(taken.reinterpretAsFloats(), w, sum);
      }
      sum.intoArray(y, yAt + targets[v]);
    }
  }

  private void wide(float[] x, int at, float[] y, int yAt) {
    int k = 0;
    for (int v = 0; v < targets.length; v++) {
      int source = at + sources[v];
      IntVector first = FloatVector.fromArray(SPECIES, x, source).reinterpretAsInts();
      IntVector second = FloatVector.fromArray(SPECIES, x, source + LANES).reinterpretAsInts();
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int t = 0; t < taps; t++, k += LANES) {
        IntVector taken =
            IntVector.fromArray(INTS, places, k)
                .selectFrom(first, second)
                .and(IntVector.fromArray(INTS, kept, k));
        FloatVector w = FloatVector.fromArray(SPECIES, weights, k);
        sum = fma(taken.reinterpretAsFloats(), w, sum);
      }
      sum.intoArray(y, yAt + targets[v]);
    }
  }
}
