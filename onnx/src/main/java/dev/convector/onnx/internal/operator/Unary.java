package dev.convector.onnx.internal.operator;

import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.graph.Attributes;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** A function of one operand, element by element, that has no vector code. */
final class Unary implements Operator {
  private final Maker maker;
  private final LongUnaryOperator whole;

  /** A function of a float. */
  @FunctionalInterface
  interface FloatFunction {
    float apply(float x);
  }

  /** Makes a function of a node's attributes. */
  @FunctionalInterface
  interface Maker {
    FloatFunction of(Attributes attributes);
  }

  private Unary(Maker maker, LongUnaryOperator whole) {
    this.maker = maker;
    this.whole = whole;
  }

  static Unary of(FloatFunction function) {
    return new Unary(unused -> function, null);
  }

  /**
   * Of whole numbers too.
   *
   * @param function null if floats are refused
   */
  static Unary of(FloatFunction function, LongUnaryOperator whole) {
    return new Unary(function == null ? null : unused -> function, whole);
  }

  static Unary with(Maker maker) {
    return new Unary(maker, null);
  }

  @Override
  public void compile(Site site) {
    Operand x = site.required(0);
    if (x.type() == ElementType.FLOAT && maker != null) {
      Operand y = site.outputOver(0, x);
      site.step(new FloatStep(maker.of(site.attributes()), x, y), List.of(x), y);
    } else if (x.type().isWhole() && whole != null) {
      Operand y = site.outputOver(0, x);
      site.step(new LongStep(whole, x, y), List.of(x), y);
    } else {
      throw new OnnxException(x + ": this type is not supported");
    }
  }

  static final class FloatStep extends SplitStep {
    private final FloatFunction function;
    private final Operand src;
    private final Operand dst;

    FloatStep(FloatFunction function, Operand src, Operand dst) {
      super(dst.size(), 40L * dst.size());
      this.function = function;
      this.src = src;
      this.dst = dst;
    }

    @Override
    protected void part(Run run, int from, int to) {
      float[] x = run.floats(src);
      float[] y = run.floats(dst);
      int xAt = run.offset(src);
      int yAt = run.offset(dst);
      for (int i = from; i < to; i++) {
        y[yAt + i] = function.apply(x[xAt + i]);
      }
    }
  }

  static final class LongStep extends SplitStep {
    private final LongUnaryOperator function;
    private final Operand src;
    private final Operand dst;

    LongStep(LongUnaryOperator function, Operand src, Operand dst) {
      super(dst.size(), 6L * dst.size());
      this.function = function;
      this.src = src;
      this.dst = dst;
    }

    @Override
    protected void part(Run run, int from, int to) {
      long[] x = run.longs(src);
      long[] y = run.longs(dst);
      int xAt = run.offset(src);
      int yAt = run.offset(dst);
      for (int i = from; i < to; i++) {
        y[yAt + i] = dst.type().wrap(function.applyAsLong(x[xAt + i]));
      }
    }
  }
}
