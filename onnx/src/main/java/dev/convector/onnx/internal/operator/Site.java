package dev.convector.onnx.internal.operator;

import dev.convector.Accuracy;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Step;
import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;
import java.util.function.Supplier;

/**
 * Where an operator compiles one of its nodes: what it is given, and what it says of its output.
 */
public interface Site {
  Node node();

  /** How exact convolutions must be. */
  Accuracy accuracy();

  /** An input as it lies in memory, dense; null if it is left out. */
  Operand input(int i);

  /** The same, even if its pixels lie apart: for steps that allow it. */
  Operand apart(int i);

  /** What a convolution adds to its result; null for nothing. */
  Operand residual();

  /**
   * An input's numbers; null if it is left out. If they are known in runs only and come from the
   * caller, the network is compiled again for just these numbers.
   */
  Constant constant(int i);

  /** The same tensor in another order in memory; a step moves it there if need be. */
  Operand in(Order order, Operand operand);

  /** An output in memory of its own. */
  Operand output(int i, ElementType type, int[] shape, Order order);

  /** An output in an operand's place if nothing needs that any more, or in memory of its own. */
  Operand outputOver(int i, Operand operand);

  /**
   * Lets a part of an image's channels lie there from the first step on that writes it, if all
   * steps allow it.
   *
   * @param wide an output of this node, channels last
   * @param channel the first of the part's channels
   * @param part an image channels last
   * @return whether it does; if not, it must be copied there
   */
  boolean moveInto(Operand wide, int channel, Operand part);

  /** An output that is something there is already. */
  void alias(int i, Operand operand);

  /** Memory for what lies between two steps of this node. */
  Operand between(ElementType type, int[] shape, Order order);

  /**
   * Adds a step.
   *
   * @param algorithm how it computes, for people
   * @param multiplyAdds that it does; 0 where they don't count
   */
  void step(
      String algorithm, long multiplyAdds, Step step, List<Operand> reads, List<Operand> writes);

  /** Something that all shapes of this node share, made when it is asked for first. */
  <T> T shared(String key, Class<T> kind, Supplier<T> make);

  default void step(Step step, List<Operand> reads, Operand write) {
    step("", 0, step, reads, List.of(write));
  }

  default Attributes attributes() {
    return node().attributes();
  }

  default int version() {
    return node().version();
  }

  default boolean has(int i) {
    return node().input(i) != null;
  }

  /** An input that may not be left out. */
  default Operand required(int i) {
    return present(i, input(i));
  }

  /** The same, even if its pixels lie apart. */
  default Operand requiredApart(int i) {
    return present(i, apart(i));
  }

  private static Operand present(int i, Operand operand) {
    if (operand == null) {
      throw new OnnxException("input " + i + ": missing");
    }
    return operand;
  }

  /** An input of floats that may not be left out, as it lies. */
  default Operand floats(int i) {
    return ofFloats(i, required(i));
  }

  /** The same, even if its pixels lie apart. */
  default Operand floatsApart(int i) {
    return ofFloats(i, requiredApart(i));
  }

  private static Operand ofFloats(int i, Operand operand) {
    if (operand.type() != ElementType.FLOAT) {
      throw new OnnxException("input " + i + ": is " + operand + "; only FLOAT is supported");
    }
    return operand;
  }

  /** An input that may not be left out, in the model's order. */
  default Operand natural(int i) {
    return in(Order.NATURAL, requiredApart(i));
  }

  /** Whole numbers that are an input, or null. */
  default long[] longs(int i) {
    Constant constant = constant(i);
    return constant == null ? null : constant.longs();
  }

  /** An output that is a constant. */
  default void constant(int i, Constant value) {
    alias(i, Operands.of(value));
  }

  /** An output with the memory of an operand of as many elements, which must lie naturally. */
  default void reshape(int i, Operand operand, int[] shape) {
    if (Shapes.size(shape) != operand.size()) {
      throw new OnnxException("shape " + java.util.Arrays.toString(shape) + ": of " + operand);
    }
    alias(i, operand.reshaped(shape));
  }
}
