package dev.convector.onnx.internal.graph;

import dev.convector.onnx.OnnxException;
import java.util.Map;
import java.util.Set;

/**
 * What a node says beside its inputs. Values are Long, Float, String, long[], float[], Constant, or
 * something else that nothing supports.
 */
public final class Attributes {
  public static final Attributes NONE = new Attributes(Map.of());

  private final Map<String, Object> values;

  public Attributes(Map<String, Object> values) {
    this.values = Map.copyOf(values);
  }

  public Map<String, Object> values() {
    return values;
  }

  public Set<String> names() {
    return values.keySet();
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public long integer(String name, long otherwise) {
    return get(name, Long.class, otherwise);
  }

  public float number(String name, float otherwise) {
    return get(name, Float.class, otherwise);
  }

  public String text(String name, String otherwise) {
    return get(name, String.class, otherwise);
  }

  /** Null if absent. */
  public long[] integers(String name) {
    return get(name, long[].class, null);
  }

  /** Null if absent. */
  public float[] numbers(String name) {
    return get(name, float[].class, null);
  }

  /** Null if absent. */
  public Constant constant(String name) {
    return get(name, Constant.class, null);
  }

  private <T> T get(String name, Class<T> kind, T otherwise) {
    Object value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    if (!kind.isInstance(value)) {
      throw new OnnxException(
          "attribute "
              + name
              + ": is a "
              + value.getClass().getSimpleName()
              + "; must be a "
              + kind.getSimpleName());
    }
    return kind.cast(value);
  }
}
