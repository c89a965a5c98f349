package dev.convector.jmh.layer;

import dev.convector.PaddingMode;

/**
 * What is computed of a layer. Pooling takes windows of each channel; a resizing's stride is the
 * factor by which both axes grow, half pixels its coordinates.
 */
public enum Operation {
  /** The convolution with its bias. */
  FORWARD,
  /** The same where the image lies again beyond its border. */
  CIRCULAR,
  /** The same where the image is mirrored at its border. */
  REFLECT,
  /** The same where the border goes on. */
  REPLICATE,
  /** The convolution of cubes with cubes: as many slices as the layer has rows, and its bias. */
  VOLUME,
  /** The transposed convolution with its bias. */
  TRANSPOSED,
  /** The input's gradient from the output's. */
  BACKWARD_DATA,
  /** The gradients of weights and bias from the input and the output's gradient. */
  BACKWARD_WEIGHTS,
  MAX_POOL,
  /** Averages of what lies inside the image. */
  AVERAGE_POOL,
  NEAREST,
  BILINEAR;

  /** What lies in the padding. */
  public PaddingMode paddingMode() {
    return switch (this) {
      case CIRCULAR -> PaddingMode.CIRCULAR;
      case REFLECT -> PaddingMode.REFLECT;
      case REPLICATE -> PaddingMode.REPLICATE;
      default -> PaddingMode.ZEROS;
    };
  }

  public boolean isBackward() {
    return this == BACKWARD_DATA || this == BACKWARD_WEIGHTS;
  }

  public boolean isPooling() {
    return this == MAX_POOL || this == AVERAGE_POOL;
  }

  public boolean isResizing() {
    return this == NEAREST || this == BILINEAR;
  }
}
