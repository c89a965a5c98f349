package dev.convector.onnx.internal.graph;

import dev.convector.Activation;
import java.util.ArrayList;
import java.util.List;

/** An operator at its place in the network. Inputs and outputs that are left out are null. */
public final class Node {
  private final String operator;
  private final String name;
  private final int version;
  private final Attributes attributes;
  private final List<Value> inputs;
  private final List<Value> outputs;
  private final List<String> absorbed = new ArrayList<>();
  private Activation activation = Activation.NONE;
  private Value residual;

  /**
   * @param operator ONNX's name, with its domain before it where that isn't ONNX's own
   * @param version of the operator set
   */
  public Node(
      String operator,
      String name,
      int version,
      Attributes attributes,
      List<Value> inputs,
      List<Value> outputs) {
    this.operator = operator;
    this.name = name;
    this.version = version;
    this.attributes = attributes;
    this.inputs = new ArrayList<>(inputs);
    this.outputs = new ArrayList<>(outputs);
  }

  public String operator() {
    return operator;
  }

  public boolean is(String name) {
    return operator.equals(name);
  }

  public String name() {
    return name;
  }

  public int version() {
    return version;
  }

  public Attributes attributes() {
    return attributes;
  }

  public List<Value> inputs() {
    return inputs;
  }

  public List<Value> outputs() {
    return outputs;
  }

  /** Null if it is left out. */
  public Value input(int i) {
    return i < inputs.size() ? inputs.get(i) : null;
  }

  /** Null if it is left out. */
  public Value output(int i) {
    return i < outputs.size() ? outputs.get(i) : null;
  }

  /** The constant that an input is; null if it is left out or known in runs only. */
  public Constant constant(int i) {
    Value value = input(i);
    return value == null ? null : value.constant();
  }

  public void setInput(int i, Value value) {
    while (inputs.size() <= i) {
      inputs.add(null);
    }
    inputs.set(i, value);
  }

  /** What a convolution or product applies to its result. */
  public Activation activation() {
    return activation;
  }

  public void setActivation(Activation applied) {
    activation = applied;
  }

  /** What a convolution adds to its result before the activation; null for nothing. */
  public Value residual() {
    return residual;
  }

  public void setResidual(Value added) {
    residual = added;
  }

  /** Makes another node part of this one, which gives its outputs from now on. */
  public void absorb(Node other) {
    noteAbsorbed(other);
    outputs.clear();
    outputs.addAll(other.outputs);
    other.outputs.clear();
  }

  /** Notes nodes whose work this one does. */
  public void noteAbsorbed(Node other) {
    absorbed.add(other.name + " (" + other.operator + ")");
    absorbed.addAll(other.absorbed);
  }

  /** Names and operators of nodes that became part of this one. */
  public List<String> absorbed() {
    return absorbed;
  }

  /** How messages call it. */
  @Override
  public String toString() {
    return operator + " (node " + name + ", opset " + version + ")";
  }
}
