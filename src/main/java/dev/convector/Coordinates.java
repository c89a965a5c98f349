package dev.convector;

/**
 * Where an element of the resized axis lies on the input's, as ONNX calls them: {@code i} is the
 * element, {@code scale} the one that was set, or {@code output / input}.
 */
public enum Coordinates {
  /** {@code (i + 0.5) / scale - 0.5}: pixels are areas. PyTorch's without {@code align_corners}. */
  HALF_PIXEL,
  /** As {@link #HALF_PIXEL}, but 0 where the output has one element. */
  PYTORCH_HALF_PIXEL,
  /**
   * {@code i * (input - 1) / (output - 1)}, 0 where the output has one element: pixels are points,
   * and the outermost ones stay outermost. The scale means nothing.
   */
  ALIGN_CORNERS,
  /** {@code i / scale}. */
  ASYMMETRIC
}
