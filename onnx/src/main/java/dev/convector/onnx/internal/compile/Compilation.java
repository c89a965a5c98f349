package dev.convector.onnx.internal.compile;

import dev.convector.Accuracy;
import dev.convector.Execution;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.Step;
import dev.convector.onnx.internal.execute.Storage;
import dev.convector.onnx.internal.execute.StridedCopy;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import dev.convector.onnx.internal.graph.Value;
import dev.convector.onnx.internal.operator.Operands;
import dev.convector.onnx.internal.operator.Operators;
import dev.convector.onnx.internal.operator.Site;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Compiles node after node, and is the site of each. Steps whose operands are all constant run at
 * once instead, so that what depends on nothing but shapes is a constant too.
 */
final class Compilation implements Site {
  /** The most elements of all constants that are worked out while compiling. */
  private static final long MOST_FOLDED = 1L << 26;

  private final Accuracy accuracy;
  private final Map<Object, Object> shared;
  private final List<StepInfo> steps = new ArrayList<>();
  private final Map<Value, Operand> operands = new IdentityHashMap<>();
  private final Map<Move, Operand> moved = new HashMap<>();

  /** How often a value will be read yet. */
  private final Map<Value, Integer> pending = new IdentityHashMap<>();

  /** The same of storages that lie by themselves, through all values that lie in them. */
  private final Map<Storage, Integer> pendingStorage = new IdentityHashMap<>();

  private final Set<Storage> arena = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Run eager = new Run();
  private Node node;

  /** Whether everything that the current node reads is constant. */
  private boolean constant;

  private long folded;

  /** A value in another order, or dense in its own. */
  private record Move(Value value, Order order) {}

  /**
   * @param shared what shapes share, by a key that begins with its node
   * @param execution where constants are worked out
   */
  Compilation(Accuracy accuracy, Map<Object, Object> shared, Execution execution) {
    this.accuracy = accuracy;
    this.shared = shared;
    eager.start(null, null, execution);
  }

  /** Notes that so many reads of a value will come. */
  void expect(Value value, int reads) {
    pending.merge(value, reads, Integer::sum);
  }

  /** Says what a value is. */
  void define(Value value, Operand operand) {
    operands.put(value, operand);
    pendingStorage.merge(operand.storage().root(), pending.getOrDefault(value, 0), Integer::sum);
  }

  /** What a value is; null before it was defined. */
  Operand operand(Value value) {
    Operand operand = operands.get(value);
    if (operand == null && value.constant() != null) {
      operand = Operands.of(value.constant());
      define(value, operand);
    }
    return operand;
  }

  List<StepInfo> steps() {
    return steps;
  }

  Set<Storage> arena() {
    return arena;
  }

  /** Says on whose behalf the next steps are. */
  void enter(Node next) {
    node = next;
  }

  /** Compiles a node, and says where if that fails. */
  void compile(Node next) {
    enter(next);
    constant = true;
    for (Value input : node.inputs()) {
      constant &= input == null || operand(input).isConstant();
    }
    constant &= node.residual() == null || operand(node.residual()).isConstant();
    try {
      Operators.of(node).compile(this);
      for (Value output : node.outputs()) {
        if (output != null && !operands.containsKey(output)) {
          throw new OnnxException("output " + output + ": not supported");
        }
      }
    } catch (NeedsValue again) {
      throw again;
    } catch (RuntimeException broken) {
      throw new OnnxException(node + ": " + broken.getMessage(), broken);
    }
    for (Value input : node.inputs()) {
      read(input);
    }
    read(node.residual());
  }

  private void read(Value value) {
    if (value != null) {
      pending.merge(value, -1, Integer::sum);
      pendingStorage.merge(operand(value).storage().root(), -1, Integer::sum);
    }
  }

  @Override
  public Node node() {
    return node;
  }

  @Override
  public Accuracy accuracy() {
    return accuracy;
  }

  @Override
  public Operand input(int i) {
    return dense(apart(i));
  }

  @Override
  public Operand apart(int i) {
    Value value = node.input(i);
    return value == null ? null : operand(value);
  }

  @Override
  public Operand residual() {
    return node.residual() == null ? null : dense(operand(node.residual()));
  }

  private Operand dense(Operand operand) {
    return operand == null ? null : in(operand.order(), operand);
  }

  @Override
  public Constant constant(int i) {
    Operand operand = input(i);
    if (operand == null) {
      return null;
    }
    if (!operand.isConstant()) {
      throw new NeedsValue(node.input(i), node);
    }
    return Operands.constant(in(Order.NATURAL, operand));
  }

  @Override
  public Operand in(Order order, Operand operand) {
    if (!operand.isApart()) {
      if (operand.order() == order || operand.rank() != 4) {
        return operand;
      }
      if (operand.isEitherOrder()) {
        return operand.as(order);
      }
    }
    Value value = valueOf(operand);
    return value == null
        ? move(order, operand)
        : moved.computeIfAbsent(new Move(value, order), move -> move(order, operand));
  }

  /** The current node's input or residual that an operand is; null for what lies between. */
  private Value valueOf(Operand operand) {
    for (Value input : node.inputs()) {
      if (input != null && operands.get(input) == operand) {
        return input;
      }
    }
    Value residual = node.residual();
    return residual != null && operands.get(residual) == operand ? residual : null;
  }

  /** A copy in the other order, or a dense one. */
  private Operand move(Order order, Operand operand) {
    Operand copy = memory(operand.isConstant(), operand.type(), operand.shape(), order);
    int[] axes = {0, 1, 2, 3};
    if (operand.order() != order) {
      axes = order == Order.NATURAL ? new int[] {0, 3, 1, 2} : new int[] {0, 2, 3, 1};
    }
    Step step = StridedCopy.transposition(operand, copy, axes);
    String operator = operand.order() == order ? "Copy" : "To " + order;
    add(operator, "", 0, step, List.of(operand), List.of(copy));
    return copy;
  }

  @Override
  public Operand output(int i, ElementType type, int[] shape, Order order) {
    Operand operand = memory(constant, type, shape, order);
    alias(i, operand);
    return operand;
  }

  @Override
  public Operand between(ElementType type, int[] shape, Order order) {
    return memory(constant, type, shape, order);
  }

  private Operand memory(boolean asConstant, ElementType type, int[] shape, Order order) {
    int size = Shapes.size(shape);
    boolean whole = !type.isFloating();
    if (!asConstant) {
      Storage storage = Storage.arena(whole, size);
      arena.add(storage);
      return new Operand(type, shape, order, storage);
    }
    folded += size;
    if (folded > MOST_FOLDED) {
      throw new OnnxException("constants: more than " + MOST_FOLDED + " elements worked out");
    }
    Constant numbers =
        whole
            ? Constant.of(type, shape, new long[size])
            : Constant.of(type, shape, new float[size]);
    return new Operand(type, shape, order, Storage.constant(numbers));
  }

  @Override
  public Operand outputOver(int i, Operand operand) {
    Storage storage = operand.storage();
    int reads = 0;
    for (Value input : node.inputs()) {
      reads += liesIn(input, storage) ? 1 : 0;
    }
    reads += liesIn(node.residual(), storage) ? 1 : 0;
    boolean free =
        storage.kind() == Storage.Kind.ARENA
            && reads > 0
            && pendingStorage.getOrDefault(storage, 0) == reads;
    if (!free) {
      return output(i, operand.type(), operand.shape(), operand.order());
    }
    alias(i, operand);
    return operand;
  }

  private boolean liesIn(Value value, Storage storage) {
    return value != null && operand(value).storage().root() == storage;
  }

  @Override
  public boolean moveInto(Operand wide, int channel, Operand part) {
    Storage storage = part.storage();
    if (!storage.mayMove()) {
      return false;
    }
    storage.moveInto(wide.storage(), wide.dimension(1), channel, node.name());
    arena.remove(storage);
    pendingStorage.merge(wide.storage(), pendingStorage.getOrDefault(storage, 0), Integer::sum);
    return true;
  }

  @Override
  public void alias(int i, Operand operand) {
    Value value = node.output(i);
    if (value != null) {
      define(value, operand);
    }
  }

  @Override
  public void step(
      String algorithm, long multiplyAdds, Step step, List<Operand> reads, List<Operand> writes) {
    add(node.operator(), algorithm, multiplyAdds, step, reads, writes);
  }

  /** For steps outside of a node too. */
  void add(
      String operator,
      String algorithm,
      long multiplyAdds,
      Step step,
      List<Operand> reads,
      List<Operand> writes) {
    if (writes.getFirst().isConstant()) {
      step.run(eager);
      return;
    }
    int index = steps.size();
    for (Operand read : reads) {
      read.storage().touch(index, pixel(step, read));
      if (read.isConstant()) {
        // Now, so that runs need not wait for it.
        read.storage().constant().array();
      }
    }
    writes.forEach(write -> write.storage().touch(index, pixel(step, write)));
    steps.add(new StepInfo(step, node, operator, algorithm, writes.getFirst(), multiplyAdds));
  }

  /** Elements of an operand's pixels if these may lie apart for a step, else 0. */
  private static int pixel(Step step, Operand operand) {
    return operand.isChannelsLast() && step.allowsDistance(operand) ? operand.dimension(1) : 0;
  }

  @Override
  public <T> T shared(String key, Class<T> kind, Supplier<T> make) {
    record Key(Node node, String key) {}
    return kind.cast(shared.computeIfAbsent(new Key(node, key), unused -> make.get()));
  }
}
