package dev.convector.examples.digits;

/**
 * Numbers that are learned.
 *
 * @param values what a layer computes with
 * @param gradient of the loss with respect to each, as the last backward pass left it
 */
record Parameter(float[] values, float[] gradient) {
  Parameter(float[] values) {
    this(values, new float[values.length]);
  }
}
