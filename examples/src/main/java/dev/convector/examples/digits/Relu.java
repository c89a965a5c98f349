package dev.convector.examples.digits;

/** {@code max(0, x)}, whose slope is 1 where the output is positive and 0 elsewhere. */
final class Relu implements Layer {
  private final float[] output;
  private final float[] inputGradient;

  /**
   * @param size elements of input and output
   */
  Relu(int size) {
    output = new float[size];
    inputGradient = new float[size];
  }

  @Override
  public float[] forward(float[] input) {
    for (int i = 0; i < output.length; i++) {
      output[i] = Math.max(0, input[i]);
    }
    return output;
  }

  @Override
  public float[] backward(float[] outputGradient, boolean inputWanted) {
    if (!inputWanted) {
      return null;
    }
    for (int i = 0; i < output.length; i++) {
      inputGradient[i] = output[i] > 0 ? outputGradient[i] : 0;
    }
    return inputGradient;
  }
}
