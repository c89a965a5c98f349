package dev.convector.internal.gradient;

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

  /** Stores an element of the weights' gradient, or adds it. */
  void putWeight(int index, float value) {
    int at = weightsOffset + index;
    weights[at] = accumulating ? weights[at] + value : value;
  }

  /** Stores an element of the bias' gradient, or adds it. */
  void putBias(int index, float value) {
    int at = biasOffset + index;
    bias[at] = accumulating ? bias[at] + value : value;
  }
}
