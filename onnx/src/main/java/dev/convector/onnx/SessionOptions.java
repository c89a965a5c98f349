package dev.convector.onnx;

import dev.convector.Accuracy;
import dev.convector.Execution;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How a session runs: where, how exactly, and for which shapes. Immutable; each method returns
 * options that differ in one thing.
 *
 * @param execution where runs take place; the common pool by default
 * @param accuracy how large rounding errors of convolutions may be; standard by default
 * @param inputShapes shapes that inputs have in every run, which the session then prepares for at
 *     once; none by default. A run with another shape is refused
 * @param cachedShapes how many combinations of input shapes to keep prepared, at least 1; the one
 *     that was not used for longest goes. 8 by default
 */
public record SessionOptions(
    Execution execution, Accuracy accuracy, Map<String, long[]> inputShapes, int cachedShapes) {

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if {@code cachedShapes} is not positive or a shape has a
   *     negative dimension
   */
  public SessionOptions {
    Objects.requireNonNull(execution, "execution");
    Objects.requireNonNull(accuracy, "accuracy");
    Map<String, long[]> copies = new HashMap<>();
    inputShapes.forEach((name, shape) -> copies.put(name, shape.clone()));
    inputShapes = Map.copyOf(copies);
    for (Map.Entry<String, long[]> entry : inputShapes.entrySet()) {
      for (long dimension : entry.getValue()) {
        if (dimension < 0) {
          throw new IllegalArgumentException(
              "inputShape: "
                  + dimension
                  + " of "
                  + entry.getKey()
                  + "; every dimension must be at least 0");
        }
      }
    }
    if (cachedShapes < 1) {
      throw new IllegalArgumentException("cachedShapes: " + cachedShapes + "; must be at least 1");
    }
  }

  /**
   * The options that a session has when none are given.
   *
   * @return the defaults
   */
  public static SessionOptions defaults() {
    return new SessionOptions(Execution.common(), Accuracy.STANDARD, Map.of(), 8);
  }

  /**
   * Where runs take place.
   *
   * @param where the calling thread alone, the common pool, or a pool of the caller's
   * @return options that differ in this
   */
  public SessionOptions execution(Execution where) {
    return new SessionOptions(where, accuracy, inputShapes, cachedShapes);
  }

  /**
   * How large rounding errors of convolutions may be.
   *
   * @param bound which algorithms may be chosen
   * @return options that differ in this
   */
  public SessionOptions accuracy(Accuracy bound) {
    return new SessionOptions(execution, bound, inputShapes, cachedShapes);
  }

  /**
   * The shape of an input in every run.
   *
   * @param input its name
   * @param shape each at least 0
   * @return options that have this in addition
   */
  public SessionOptions inputShape(String input, long... shape) {
    Map<String, long[]> more = new HashMap<>(inputShapes);
    more.put(input, shape);
    return new SessionOptions(execution, accuracy, more, cachedShapes);
  }

  /**
   * How many combinations of input shapes to keep prepared.
   *
   * @param count at least 1
   * @return options that differ in this
   */
  public SessionOptions cachedShapes(int count) {
    return new SessionOptions(execution, accuracy, inputShapes, count);
  }
}
