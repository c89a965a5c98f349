package dev.convector.properties;

import dev.convector.Conv2d;
import dev.convector.ConvTranspose2d;
import dev.convector.Layout;

/**
 * A convolution, transposed or not, and how its gradients are run.
 *
 * @param conv null if it is a transposed one
 * @param transposed null if it isn't
 * @param bias whether the bias' gradient is wanted
 * @param accumulating whether the gradients are added to what is there
 * @param run the case that it was made of
 */
record GradientCase(
    Conv2d conv,
    ConvTranspose2d transposed,
    boolean bias,
    boolean accumulating,
    Values values,
    RunCase run) {

  static GradientCase of(ConvCase any, Values values) {
    boolean added = any.residual() != Residual.NONE;
    return new GradientCase(any.conv(), null, any.bias(), added, values, any);
  }

  static GradientCase of(TransposedCase any, Values values) {
    boolean added = any.residual() != Residual.NONE;
    return new GradientCase(null, any.conv(), any.bias(), added, values, any);
  }

  GradientCase overwriting() {
    return new GradientCase(conv, transposed, bias, false, values, run);
  }

  Layout layout() {
    return conv != null ? conv.layout() : transposed.layout();
  }

  boolean flipKernel() {
    return conv != null ? conv.flipKernel() : transposed.flipKernel();
  }

  int batch() {
    return conv != null ? conv.shape().batch() : transposed.shape().batch();
  }
}
