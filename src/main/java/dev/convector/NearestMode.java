package dev.convector;

/** Which element is the nearest, as ONNX calls them. */
public enum NearestMode {
  /** The nearest; the one before where two are. ONNX's default. */
  ROUND_PREFER_FLOOR,
  /** The nearest; the one behind where two are. */
  ROUND_PREFER_CEIL,
  /** The one before. With {@link Coordinates#ASYMMETRIC} it is PyTorch's {@code nearest}. */
  FLOOR,
  /** The one behind. */
  CEIL
}
