package dev.convector.onnx;

import dev.convector.onnx.internal.compile.CompiledShape;
import dev.convector.onnx.internal.compile.ShapeCache;
import dev.convector.onnx.internal.execute.Arenas;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Runs a model. For each combination of input shapes the network is prepared once; the last few
 * combinations are kept, and share weights.
 *
 * <p>Thread-safe: any number of threads may run it at once, each with buffers of its own. There is
 * nothing to close. A run with shapes that were seen before allocates what it returns and a few
 * small objects, with TopK a row of its input, once as many runs as happen at the same time have
 * been made.
 */
public final class Session {
  private final OnnxModel model;
  private final SessionOptions options;
  private final ShapeCache shapes;
  private final Arenas arenas = new Arenas();

  Session(OnnxModel model, SessionOptions options) {
    this.model = model;
    this.options = options;
    this.shapes = new ShapeCache(model.graph(), options);
    requireInputNames(options.inputShapes());
    Map<String, long[]> known = knownShapes();
    if (known != null) {
      shapes.prepare(known);
    }
  }

  private void requireInputNames(Map<String, long[]> names) {
    for (Map.Entry<String, long[]> entry : names.entrySet()) {
      checkShape(info(entry.getKey()), entry.getValue());
    }
  }

  private ValueInfo info(String name) {
    for (ValueInfo input : model.inputs()) {
      if (input.name().equals(name)) {
        return input;
      }
    }
    throw new OnnxException(
        "input " + name + ": not one of the model's; they are " + model.inputs());
  }

  /** Null unless the shapes of all inputs are known now. */
  private Map<String, long[]> knownShapes() {
    Map<String, long[]> known = new LinkedHashMap<>();
    for (ValueInfo input : model.inputs()) {
      long[] shape = options.inputShapes().getOrDefault(input.name(), input.shape());
      if (shape == null || Arrays.stream(shape).anyMatch(size -> size < 0)) {
        return null;
      }
      known.put(input.name(), shape);
    }
    return known;
  }

  /**
   * Runs the network.
   *
   * @param inputs a tensor for each of the model's inputs, by name; only read
   * @return a tensor for each of the model's outputs, by name, in the model's order; the caller's
   *     own
   * @throws OnnxException if an input is missing, unknown, or of another type or shape than the
   *     model's, or the network can't take these shapes
   */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    List<Tensor> ordered = ordered(Objects.requireNonNull(inputs, "inputs"));
    CompiledShape compiled = shapes.get(ordered);
    Object[] results = compiled.run(arrays(ordered), arenas, options.execution());
    Map<String, Tensor> named = LinkedHashMap.newLinkedHashMap(results.length);
    for (int i = 0; i < results.length; i++) {
      named.put(model.outputs().get(i).name(), compiled.tensor(i, results[i]));
    }
    return named;
  }

  private List<Tensor> ordered(Map<String, Tensor> inputs) {
    List<Tensor> ordered = new ArrayList<>(model.inputs().size());
    for (ValueInfo input : model.inputs()) {
      Tensor tensor = inputs.get(input.name());
      if (tensor == null) {
        throw new OnnxException("input " + input + ": missing; given are " + inputs.keySet());
      }
      if (tensor.type() != input.type()) {
        throw new OnnxException("input " + input + ": given " + tensor + "; types must be equal");
      }
      checkShape(input, tensor.shape());
      long[] fixed = options.inputShapes().get(input.name());
      if (fixed != null && !Arrays.equals(fixed, tensor.shape())) {
        throw new OnnxException(
            "input "
                + input
                + ": given "
                + tensor
                + "; the session's options say "
                + Arrays.toString(fixed));
      }
      ordered.add(tensor);
    }
    if (inputs.size() > ordered.size()) {
      inputs.keySet().forEach(this::info);
    }
    return ordered;
  }

  private static void checkShape(ValueInfo input, long[] shape) {
    long[] declared = input.shape();
    boolean fits = declared == null || declared.length == shape.length;
    for (int i = 0; fits && declared != null && i < shape.length; i++) {
      fits = declared[i] < 0 || declared[i] == shape[i];
    }
    if (!fits) {
      throw new OnnxException(
          "input " + input + ": given the shape " + Arrays.toString(shape) + "; must fit");
    }
  }

  private static Object[] arrays(List<Tensor> tensors) {
    Object[] arrays = new Object[tensors.size()];
    for (int i = 0; i < arrays.length; i++) {
      Tensor tensor = tensors.get(i);
      arrays[i] = tensor.type().isFloating() ? tensor.floats() : tensor.longs();
    }
    return arrays;
  }

  /**
   * What the session holds.
   *
   * @return bytes, by what they are for
   */
  public MemoryUse memory() {
    return new MemoryUse(
        weightBytes(), shapes.packedBytes(), arenas.bytes(), shapes.workspaceBytes());
  }

  private long weightBytes() {
    Set<Constant> constants = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Value value : model.graph().constants()) {
      for (Constant held = value.constant(); held != null; held = held.base()) {
        constants.add(held);
      }
    }
    return constants.stream().mapToLong(Constant::bytes).sum();
  }

  /**
   * How long each step took in the runs with the input shapes that ran last.
   *
   * @return the rows, averages over all runs with these shapes so far
   * @throws IllegalStateException if there was no run yet
   */
  public Profile profile() {
    CompiledShape last = shapes.last();
    if (last == null || !last.hasRun()) {
      throw new IllegalStateException("profile: of no run; must be after run()");
    }
    return last.profile();
  }

  /**
   * What became of the model's nodes: one line for each step, with what was made part of it, for
   * the input shapes that were prepared last; without any, one line for each node that is left.
   *
   * @return lines of text
   */
  public String explain() {
    CompiledShape last = shapes.last();
    return last == null ? model.graph().toString() : last.explain();
  }
}
