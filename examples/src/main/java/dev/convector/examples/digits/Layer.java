package dev.convector.examples.digits;

import java.util.List;

/**
 * A step of a network, on batches of one size. It keeps what the way back needs, so a layer takes
 * part in one network at a time; the arrays that it returns are its own and are overwritten by the
 * next call.
 */
interface Layer {
  /** From the input to the output. */
  float[] forward(float[] input);

  /**
   * From the gradient of the last output to those of the parameters and, if it is wanted, of the
   * input.
   *
   * @return the input's gradient; null if it isn't wanted
   */
  float[] backward(float[] outputGradient, boolean inputWanted);

  /** What it learns. */
  default List<Parameter> parameters() {
    return List.of();
  }
}
