package dev.convector;

/** The weights of a transposed convolution as what computes it, or its gradient, wants them. */
final class TransposedWeights {
  private TransposedWeights() {}

  /** Kernels that are not turned. */
  static float[] upright(ConvTransposeShape shape, boolean flipKernel, float[] weights) {
    int area = shape.kernelHeight() * shape.kernelWidth();
    return flipKernel ? Conv2d.flipped(weights, area) : weights;
  }

  /** With zeros for the taps that only the convolution back has. */
  static float[] extended(ConvTransposeShape shape, float[] weights) {
    ConvShape back = shape.back();
    int rows = shape.kernelHeight();
    int columns = shape.kernelWidth();
    if (rows == back.kernelHeight() && columns == back.kernelWidth()) {
      return weights;
    }
    float[] extended = new float[back.weightsSize()];
    for (int from = 0; from < weights.length; from += columns) {
      int row = from / columns;
      int to = (row / rows * back.kernelHeight() + row % rows) * back.kernelWidth();
      System.arraycopy(weights, from, extended, to, columns);
    }
    return extended;
  }
}
