package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;

/** Operators that give the same numbers under another shape, or under the same. */
final class Reshaping implements Operator {
  /** From here on the axes of Squeeze and Unsqueeze are an input. */
  private static final int AXES_ARE_INPUTS = 13;

  /** From here on a Dropout without inputs that say so is of a network that runs. */
  private static final int NEVER_TRAINS = 7;

  @Override
  public String refusal(Node node) {
    if (!node.is("Dropout")) {
      return null;
    }
    boolean trains = node.version() < NEVER_TRAINS && node.attributes().integer("is_test", 0) == 0;
    return trains ? "training" : node.output(1) != null ? "its second output, the mask" : null;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.required(0);
    switch (site.node().operator()) {
      case "Identity" -> site.alias(0, x);
      case "Dropout" -> dropout(site, x);
      default -> {
        Operand natural = site.in(Order.NATURAL, x);
        site.reshape(0, natural, shape(site, x));
      }
    }
  }

  /** In a network that learns it would be more; that is said by an input. */
  private static void dropout(Site site, Operand x) {
    long[] training = site.longs(2);
    if (training != null && training[0] != 0) {
      throw new OnnxException("training_mode: not supported");
    }
    site.alias(0, x);
  }

  private static int[] shape(Site site, Operand x) {
    return switch (site.node().operator()) {
      case "Reshape" -> target(site, x);
      case "Flatten" -> flat(x, site.attributes().integer("axis", 1));
      case "Squeeze" -> squeezed(x, axes(site));
      default -> unsqueezed(x, axes(site));
    };
  }

  private static long[] axes(Site site) {
    return site.version() < AXES_ARE_INPUTS ? site.attributes().integers("axes") : site.longs(1);
  }

  private static int[] target(Site site, Operand x) {
    long[] given = site.longs(1);
    if (given == null) {
      throw new OnnxException("shape: missing");
    }
    boolean zeroIsZero = site.attributes().integer("allowzero", 0) != 0;
    long[] sizes = given.clone();
    int open = -1;
    long known = 1;
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] == 0 && !zeroIsZero && i < x.rank()) {
        sizes[i] = x.dimension(i);
      }
      if (sizes[i] == -1 && open < 0) {
        open = i;
      } else {
        known = Math.multiplyExact(known, sizes[i]);
      }
    }
    if (open >= 0) {
      sizes[open] = known == 0 ? 0 : x.size() / known;
    }
    return Shapes.toInts(sizes);
  }

  private static int[] flat(Operand x, long given) {
    int axis = given == x.rank() ? x.rank() : Shapes.axis(given, x.rank());
    return new int[] {
      Shapes.product(x.shape(), 0, axis), Shapes.product(x.shape(), axis, x.rank())
    };
  }

  private static int[] squeezed(Operand x, long[] axes) {
    boolean[] gone = new boolean[x.rank()];
    for (int i = 0; axes == null && i < gone.length; i++) {
      gone[i] = x.dimension(i) == 1;
    }
    if (axes != null) {
      gone = Shapes.listed(axes, x.rank());
    }
    int[] shape = new int[x.rank()];
    int rank = 0;
    for (int i = 0; i < gone.length; i++) {
      if (!gone[i]) {
        shape[rank++] = x.dimension(i);
      } else if (x.dimension(i) != 1) {
        throw new OnnxException("axis " + i + " of " + x + ": can't be left out");
      }
    }
    return Arrays.copyOf(shape, rank);
  }

  private static int[] unsqueezed(Operand x, long[] axes) {
    if (axes == null) {
      throw new OnnxException("axes: missing");
    }
    int rank = x.rank() + axes.length;
    boolean[] added = Shapes.listed(axes, rank);
    int[] shape = new int[rank];
    int from = 0;
    for (int i = 0; i < rank; i++) {
      if (!added[i] && from == x.rank()) {
        throw new OnnxException("axes: " + Arrays.toString(axes) + ": must differ");
      }
      shape[i] = added[i] ? 1 : x.dimension(from++);
    }
    return shape;
  }
}
