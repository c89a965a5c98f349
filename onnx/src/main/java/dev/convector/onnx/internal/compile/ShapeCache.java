package dev.convector.onnx.internal.compile;

import dev.convector.Plan;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.SessionOptions;
import dev.convector.onnx.Tensor;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Storage;
import dev.convector.onnx.internal.execute.StridedCopy;
import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import dev.convector.onnx.internal.graph.Value;
import dev.convector.onnx.internal.operator.Operands;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The network compiled for the combinations of input shapes that were used last.
 *
 * <p>Where shapes inside the network depend on the numbers of an input, such as a Reshape's target,
 * a combination includes these numbers.
 */
public final class ShapeCache {
  /** Numbers of an input that a combination may include: shapes and scales are shorter. */
  private static final int MOST_NUMBERS = 4096;

  private final Graph graph;
  private final SessionOptions options;
  private final Map<Object, Object> shared = new HashMap<>();

  /** Inputs whose numbers are part of a combination; only grows. */
  private volatile BitSet valued = new BitSet();

  private volatile Kept last;

  private final Map<Key, Kept> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Kept> eldest) {
          return size() > options.cachedShapes();
        }
      };

  /** A combination: for each input its rank, its sizes, and its numbers if they matter. */
  private record Key(long[] numbers) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && Arrays.equals(numbers, key.numbers);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(numbers);
    }
  }

  /**
   * What is known of an input.
   *
   * @param tensor null before any run
   */
  private record Given(ElementType type, long[] shape, Tensor tensor) {}

  private record Kept(Key key, CompiledShape compiled) {}

  public ShapeCache(Graph graph, SessionOptions options) {
    this.graph = graph;
    this.options = options;
  }

  /** Compiles for shapes that are known before any run, unless numbers matter. */
  public void prepare(Map<String, long[]> shapes) {
    List<Given> given = new ArrayList<>();
    for (Value input : graph.inputs()) {
      given.add(new Given(input.declared().type(), shapes.get(input.name()), null));
    }
    synchronized (shared) {
      try {
        keep(new Kept(key(given), compile(given)));
      } catch (NeedsValue inRuns) {
        // The first run has the numbers.
      }
    }
  }

  /** The network for the shapes of these tensors. */
  public CompiledShape get(List<Tensor> tensors) {
    List<Given> given = new ArrayList<>(tensors.size());
    for (Tensor tensor : tensors) {
      given.add(new Given(tensor.type(), tensor.shape(), tensor));
    }
    Key key = key(given);
    Kept recent = last;
    if (recent != null && recent.key.equals(key)) {
      return recent.compiled;
    }
    Kept entry = find(key);
    if (entry == null) {
      // One at a time; who needs another shape that is there doesn't wait.
      synchronized (shared) {
        entry = find(key);
        if (entry == null) {
          CompiledShape compiled = compileWithNumbers(given);
          entry = new Kept(key(given), compiled);
          keep(entry);
        }
      }
    } else {
      keep(entry);
    }
    return entry.compiled;
  }

  private Kept find(Key key) {
    synchronized (entries) {
      return entries.get(key);
    }
  }

  private void keep(Kept entry) {
    synchronized (entries) {
      entries.put(entry.key, entry);
    }
    last = entry;
  }

  /** Of the run or preparation that was last; null before the first. */
  public CompiledShape last() {
    Kept recent = last;
    return recent == null ? null : recent.compiled;
  }

  /** Bytes of packed weights: those that shapes share, and those of each that is kept. */
  public long packedBytes() {
    long bytes;
    synchronized (entries) {
      bytes = entries.values().stream().mapToLong(kept -> kept.compiled.packedBytes()).sum();
    }
    synchronized (shared) {
      for (Object object : shared.values()) {
        bytes += object instanceof Plan plan ? plan.packedBytes() : 0;
      }
      return bytes;
    }
  }

  /** Bytes of a thread's scratch, of the kept shape that needs most. */
  public long workspaceBytes() {
    synchronized (entries) {
      return entries.values().stream()
          .mapToLong(kept -> kept.compiled.workspaceBytes())
          .max()
          .orElse(0);
    }
  }

  /** Begins with how many inputs' numbers there are in it: it tells keys from before and after. */
  private Key key(List<Given> given) {
    BitSet withNumbers = valued;
    int length = 1;
    for (int i = 0; i < given.size(); i++) {
      Given input = given.get(i);
      length += 1 + input.shape.length + (withNumbers.get(i) ? input.tensor.size() : 0);
    }
    long[] numbers = new long[length];
    numbers[0] = withNumbers.cardinality();
    int at = 1;
    for (int i = 0; i < given.size(); i++) {
      long[] shape = given.get(i).shape;
      numbers[at++] = shape.length;
      System.arraycopy(shape, 0, numbers, at, shape.length);
      at += shape.length;
      if (withNumbers.get(i)) {
        at = append(given.get(i).tensor, numbers, at);
      }
    }
    return new Key(numbers);
  }

  private static int append(Tensor tensor, long[] numbers, int at) {
    boolean floating = tensor.type().isFloating();
    for (int i = 0; i < tensor.size(); i++) {
      numbers[at + i] = floating ? Float.floatToRawIntBits(tensor.floats()[i]) : tensor.longs()[i];
    }
    return at + tensor.size();
  }

  private CompiledShape compileWithNumbers(List<Given> given) {
    while (true) {
      try {
        return compile(given);
      } catch (NeedsValue needed) {
        BitSet more = (BitSet) valued.clone();
        more.or(inputsBefore(needed.value()));
        for (int i = 0; i < given.size(); i++) {
          if (more.get(i) && given.get(i).tensor.size() > MOST_NUMBERS) {
            more.clear(i);
          }
        }
        if (more.equals(valued)) {
          throw new OnnxException(
              "value "
                  + needed.value()
                  + ": must be constant, or made of shapes, since shapes or weights depend on it; "
                  + needed.where());
        }
        valued = more;
      }
    }
  }

  /** The inputs that a value is made of. */
  private BitSet inputsBefore(Value value) {
    BitSet found = new BitSet();
    Map<Value, Node> producers = graph.producers();
    Set<Value> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Value> open = new ArrayDeque<>();
    open.push(value);
    while (!open.isEmpty()) {
      Value next = open.pop();
      Node producer = producers.get(next);
      if (seen.add(next) && producer == null && next.constant() == null) {
        found.set(graph.inputs().indexOf(next));
      } else if (producer != null) {
        for (Value input : producer.inputs()) {
          if (input != null && !seen.contains(input)) {
            open.push(input);
          }
        }
      }
    }
    return found;
  }

  private CompiledShape compile(List<Given> given) {
    try {
      return compiled(given);
    } catch (OutOfMemoryError full) {
      throw new OnnxException("session: what these shapes need doesn't fit the memory", full);
    }
  }

  private CompiledShape compiled(List<Given> given) {
    Compilation compilation = new Compilation(options.accuracy(), shared, options.execution());
    for (Node node : graph.nodes()) {
      for (Value input : node.inputs()) {
        if (input != null) {
          compilation.expect(input, 1);
        }
      }
      if (node.residual() != null) {
        compilation.expect(node.residual(), 1);
      }
    }
    graph.outputs().forEach(output -> compilation.expect(output, 1));
    for (int i = 0; i < given.size(); i++) {
      compilation.define(graph.inputs().get(i), input(given.get(i), i));
    }
    graph.nodes().forEach(compilation::compile);
    List<Operand> outputs = new ArrayList<>();
    for (int i = 0; i < graph.outputs().size(); i++) {
      outputs.add(output(compilation, graph.outputs().get(i), i));
    }
    List<Storage> floats = compilation.arena().stream().filter(s -> !s.isWhole()).toList();
    List<Storage> longs = compilation.arena().stream().filter(Storage::isWhole).toList();
    return new CompiledShape(
        compilation.steps(), outputs, BufferPlan.place(floats), BufferPlan.place(longs));
  }

  private Operand input(Given given, int index) {
    int[] shape = Shapes.toInts(given.shape);
    boolean whole = !given.type.isFloating();
    if (valued.get(index)) {
      return Operands.of(
          whole
              ? Constant.of(given.type, shape, given.tensor.longs().clone())
              : Constant.of(shape, given.tensor.floats().clone()));
    }
    Storage storage = Storage.input(whole, Shapes.size(shape), index);
    return new Operand(given.type, shape, Order.NATURAL, storage);
  }

  /** In an array of its own: where it was made if nothing else claims that. */
  private static Operand output(Compilation compilation, Value value, int index) {
    Operand made = compilation.operand(value);
    Node node = new Node("Output", value.name(), 0, Attributes.NONE, List.of(value), List.of());
    compilation.enter(node);
    Operand natural = compilation.in(Order.NATURAL, made);
    Storage storage = natural.storage();
    if (storage.kind() == Storage.Kind.ARENA) {
      storage.becomeOutput(index);
      compilation.arena().remove(storage);
      return natural;
    }
    Storage own = Storage.output(storage.isWhole(), storage.size(), index);
    Operand copy = new Operand(natural.type(), natural.shape(), Order.NATURAL, own);
    compilation.add(
        "Copy", "", 0, StridedCopy.whole(natural, copy), List.of(natural), List.of(copy));
    return copy;
  }
}
