package dev.convector.onnx.internal.operator;

import dev.convector.Activation;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Broadcast;
import dev.convector.onnx.internal.execute.BroadcastStep;
import dev.convector.onnx.internal.execute.FloatBinary;
import dev.convector.onnx.internal.execute.FloatBinary.Kind;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.StridedCopy;
import dev.convector.onnx.internal.execute.StridedCopy.Strided;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongBinaryOperator;

/** Arithmetic of two operands that are broadcast to each other, and of more, two at a time. */
final class Binary implements Operator {
  /** From here on operands are broadcast by NumPy's rule. */
  private static final int BROADCASTS = 7;

  private final Kind kind;
  private final LongBinaryOperator whole;

  /**
   * @param whole for integers
   */
  Binary(Kind kind, LongBinaryOperator whole) {
    this.kind = kind;
    this.whole = whole;
  }

  @Override
  public void compile(Site site) {
    int count = site.node().inputs().size();
    Operand result = site.required(0);
    if (count == 1) {
      site.alias(0, result);
    }
    for (int i = 1; i < count; i++) {
      result = apply(site, result, second(site, result, i), i == count - 1);
    }
  }

  /** Before opset 7 a node could say at which of the first's axes those of the second begin. */
  static Operand second(Site site, Operand first, int i) {
    Operand second = site.required(i);
    if (site.node().is("PRelu") && site.version() < BROADCASTS) {
      return slopes(site, first, second);
    }
    if (!site.attributes().has("axis") || site.attributes().integer("broadcast", 0) == 0) {
      return second;
    }
    int axis = Shapes.axis(site.attributes().integer("axis", 0), first.rank());
    int[] shape = new int[Math.max(first.rank() - axis, second.rank())];
    Arrays.fill(shape, 1);
    System.arraycopy(second.shape(), 0, shape, 0, second.rank());
    return site.in(Order.NATURAL, second).reshaped(shape);
  }

  /** One for each channel. */
  private static Operand slopes(Site site, Operand x, Operand slopes) {
    if (slopes.rank() != 1 || slopes.size() == 1 || x.rank() < 2) {
      return slopes;
    }
    int[] shape = new int[x.rank() - 1];
    Arrays.fill(shape, 1);
    shape[0] = slopes.size();
    return site.in(Order.NATURAL, slopes).reshaped(shape);
  }

  private Operand apply(Site site, Operand a, Operand b, boolean last) {
    if (a.type() != b.type() && kind != Kind.POW) {
      throw new OnnxException(a + " and " + b + ": must have one type");
    }
    if (!a.type().isWhole()) {
      if (kind == Kind.MOD && site.attributes().integer("fmod", 0) == 0) {
        throw new OnnxException("fmod 0: must be 1 of " + a.type());
      }
      Operand right = b.type().isWhole() ? Casting.toFloats(site, b) : b;
      return floats(site, kind, a, right, last);
    }
    if (b.type().isFloating()) {
      throw new OnnxException(a + " and " + b + ": not supported");
    }
    LongBinaryOperator operator = kind == Kind.MOD ? modulus(site) : whole;
    return WholeStep.add(site, a.type(), a, b, operator, last);
  }

  /** The sign of the divisor, or with fmod that of the dividend. */
  private LongBinaryOperator modulus(Site site) {
    return site.attributes().integer("fmod", 0) == 0 ? whole : (a, b) -> a % b;
  }

  /** Adds and applies an activation, as the current node's output. */
  static void add(Site site, Operand a, Operand b, Activation activation) {
    Operand sum = floats(site, Kind.ADD, a, b, true);
    if (!activation.equals(Activation.NONE)) {
      site.step(new ActivationStep(activation, sum, sum), List.of(sum), sum);
    }
  }

  static Operand floats(Site site, Kind kind, Operand a, Operand b, boolean last) {
    if (a.type() != ElementType.FLOAT || b.type() != ElementType.FLOAT) {
      throw new OnnxException(a + " and " + b + ": only FLOAT is supported");
    }
    int[] shape = Shapes.broadcast(a.shape(), b.shape());
    Order order = order(shape, a, b);
    Operand left = inOrder(site, a, order, shape.length);
    Operand right = inOrder(site, b, order, shape.length);
    Operand result = result(site, shape, order, left, right, last);
    int together = 1;
    if (isChannels(left, result) && right.size() == result.size()) {
      together = Images.pixelsTogether(result);
      left = together == 1 ? left : repeated(site, left, together);
    } else if (isChannels(right, result) && left.size() == result.size()) {
      together = Images.pixelsTogether(result);
      right = together == 1 ? right : repeated(site, right, together);
    }
    int row = together == 1 ? 0 : together * result.dimension(1);
    Broadcast broadcast = new Broadcast(sizes(result, row), sizes(left, row), sizes(right, row));
    site.step(new FloatStep(kind, broadcast, left, right, result), List.of(left, right), result);
    return result;
  }

  /** As an operand lies, or as rows of so many elements. */
  private static int[] sizes(Operand operand, int row) {
    return row == 0 ? operand.physical() : new int[] {operand.size() / row, row};
  }

  /** Whether an operand has a number for each channel of an image channels last. */
  private static boolean isChannels(Operand operand, Operand image) {
    return image.rank() == 4
        && image.isChannelsLast()
        && operand.rank() == 4
        && operand.dimension(1) == image.dimension(1)
        && operand.size() == image.dimension(1)
        && operand.size() > 0
        && operand.size() < image.size();
  }

  /** Again and again. */
  private static Operand repeated(Site site, Operand channels, int times) {
    int[] shape = {times, channels.size()};
    Operand rows = site.between(ElementType.FLOAT, shape, Order.NATURAL);
    Strided again = new Strided(new int[] {0, 1}, 0);
    Strided dense = new Strided(Shapes.strides(shape), 0);
    site.step(StridedCopy.of(channels, rows, again, dense, shape), List.of(channels), rows);
    return rows;
  }

  private static Operand result(
      Site site, int[] shape, Order order, Operand a, Operand b, boolean last) {
    if (!last) {
      return site.between(ElementType.FLOAT, shape, order);
    }
    if (Arrays.equals(a.shape(), shape)) {
      return site.outputOver(0, a);
    }
    return Arrays.equals(b.shape(), shape)
        ? site.outputOver(0, b)
        : site.output(0, ElementType.FLOAT, shape, order);
  }

  /** Channels last if one of several operands of four dimensions is. */
  static Order order(int[] shape, Operand... operands) {
    for (Operand operand : operands) {
      if (shape.length == 4 && operand.isChannelsLast() && !operand.isEitherOrder()) {
        return Order.CHANNELS_LAST;
      }
    }
    return Order.NATURAL;
  }

  /** With so many dimensions, in an order. */
  static Operand inOrder(Site site, Operand operand, Order order, int rank) {
    if (order == Order.CHANNELS_LAST && operand.rank() < rank) {
      return site.in(order, operand.reshaped(Shapes.ofRank(operand.shape(), rank)));
    }
    return site.in(order, operand);
  }

  private static final class FloatStep extends BroadcastStep {
    private final FloatBinary binary;
    private final Operand a;
    private final Operand b;
    private final Operand result;

    FloatStep(Kind kind, Broadcast broadcast, Operand a, Operand b, Operand result) {
      super(broadcast, result.size(), kind == Kind.POW ? 60 : 3);
      this.binary = new FloatBinary(kind, broadcast.stride(0), broadcast.stride(1));
      this.a = a;
      this.b = b;
      this.result = result;
    }

    @Override
    protected void row(Run run, int aAt, int bAt, int unused, int to, int count) {
      binary.row(
          run.floats(a),
          run.offset(a) + aAt,
          run.floats(b),
          run.offset(b) + bAt,
          run.floats(result),
          run.offset(result) + to,
          count);
    }
  }
}
