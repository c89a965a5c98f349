package dev.convector.onnx.internal.graph;

import dev.convector.onnx.ValueInfo;

/** What flows between nodes. Compared by identity: names were unique when the model was read. */
public final class Value {
  private final String name;
  private Constant constant;
  private ValueInfo declared;

  public Value(String name) {
    this.name = name;
  }

  public Value(String name, Constant constant) {
    this.name = name;
    this.constant = constant;
  }

  public String name() {
    return name;
  }

  /** Null if it is known in runs only. */
  public Constant constant() {
    return constant;
  }

  public void setConstant(Constant known) {
    constant = known;
  }

  /** What the model says of an input or output; null of what lies between. */
  public ValueInfo declared() {
    return declared;
  }

  public void setDeclared(ValueInfo info) {
    declared = info;
  }

  @Override
  public String toString() {
    return name;
  }
}
