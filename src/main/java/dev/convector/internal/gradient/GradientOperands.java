package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import jdk.incubator.vector.FloatVector;

/** The arrays of one run, already checked; {@link GradientProblem} says what they are. */
public final class GradientOperands {
  float[] x;
  int xOffset;
  float[] y;
  int yOffset;
  float[] weights;
  int weightsOffset;

  /** Null where it isn't wanted. */
  float[] bias;

  int biasOffset;

  /** Whether to add to what weights and bias hold. */
  boolean accumulating;

  public void read(float[] x, int xOffset, float[] y, int yOffset) {
    this.x = x;
    this.xOffset = xOffset;
    this.y = y;
    this.yOffset = yOffset;
  }

  public void write(
      float[] weights, int weightsOffset, float[] bias, int biasOffset, boolean accumulating) {
    this.weights = weights;
    this.weightsOffset = weightsOffset;
    this.bias = bias;
    this.biasOffset = biasOffset;
    this.accumulating = accumulating;
  }

  /** Lets go of the caller's arrays. */
  public void clear() {
    read(null, 0, null, 0);
    write(null, 0, null, 0, false);
  }

  /**
   * Stores a weight of a slice, or adds it.
   *
   * @param index counted as if there were no other slice
   */
  void putWeight(GradientProblem slice, int index, float value) {
    int at = weightsOffset + slice.weight(index);
    weights[at] = accumulating ? weights[at] + value : value;
  }

  /**
   * Stores weights of a slice that follow each other there, or adds them.
   *
   * @param index of the first, counted as if there were no other slice
   */
  void putWeights(GradientProblem slice, float[] from, int offset, int index, int count) {
    int run;
    for (int i = 0; i < count; i += run) {
      int area = slice.area();
      run = slice.isApart() ? Math.min(count - i, area - (index + i) % area) : count;
      int at = weightsOffset + slice.weight(index + i);
      if (accumulating) {
        add(from, offset + i, run, weights, at);
      } else {
        System.arraycopy(from, offset + i, weights, at, run);
      }
    }
  }

  private static void add(float[] from, int offset, int count, float[] to, int at) {
    int whole = count / LANES * LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, to, at + i)
          .add(FloatVector.fromArray(SPECIES, from, offset + i))
          .intoArray(to, at + i);
    }
    for (int i = whole; i < count; i++) {
      to[at + i] += from[offset + i];
    }
  }

  /** Stores elements of the bias' gradient, or adds them. */
  void putBias(int index, float[] from, int offset, int count) {
    for (int i = 0; i < count; i++) {
      putBias(index + i, from[offset + i]);
    }
  }

  /** Stores an element of the bias' gradient, or adds it. */
  void putBias(int index, float value) {
    int at = biasOffset + index;
    bias[at] = accumulating ? bias[at] + value : value;
  }
}
