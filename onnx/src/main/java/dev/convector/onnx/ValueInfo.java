package dev.convector.onnx;

import java.util.List;
import java.util.stream.Collectors;

/**
 * An input or output of a model.
 *
 * @param name as the model calls it
 * @param type of its elements
 * @param dimensions in the model's order; null where the model doesn't say how many there are
 */
public record ValueInfo(String name, ElementType type, List<Dimension> dimensions) {

  /** Copies the list. */
  public ValueInfo {
    dimensions = dimensions == null ? null : List.copyOf(dimensions);
  }

  /**
   * The sizes as numbers.
   *
   * @return one for each dimension, -1 where it is open; null where their number is open
   */
  public long[] shape() {
    return dimensions == null ? null : dimensions.stream().mapToLong(Dimension::size).toArray();
  }

  /**
   * A line of a listing.
   *
   * @return such as {@code x FLOAT[1,3,height,width]}
   */
  @Override
  public String toString() {
    String sizes =
        dimensions == null
            ? "..."
            : dimensions.stream().map(Dimension::toString).collect(Collectors.joining(","));
    return name + " " + type + "[" + sizes + "]";
  }
}
