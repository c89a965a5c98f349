package dev.convector.onnx.internal.operator;

import dev.convector.Pool2d;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.StridedCopy;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;

/** ReduceSum and its like, over any axes. */
final class Reduction implements Operator {
  /** From here on the axes of a sum are an input; of the others from the next on. */
  private static final int SUM_AXES_ARE_INPUTS = 13;

  private static final int AXES_ARE_INPUTS = 18;

  private final Kind kind;

  /** What becomes of the elements. */
  enum Kind {
    SUM("ReduceSum"),
    MEAN("ReduceMean"),
    MAX("ReduceMax"),
    MIN("ReduceMin"),
    PROD("ReduceProd"),
    L1("ReduceL1"),
    L2("ReduceL2"),
    SUM_SQUARE("ReduceSumSquare"),
    LOG_SUM("ReduceLogSum"),
    LOG_SUM_EXP("ReduceLogSumExp");

    private final String operator;

    Kind(String operator) {
      this.operator = operator;
    }

    String operator() {
      return operator;
    }
  }

  /** The version from which on the axes are an input. */
  static int axesAreInputs(Kind kind) {
    return kind == Kind.SUM ? SUM_AXES_ARE_INPUTS : AXES_ARE_INPUTS;
  }

  Reduction(Kind kind) {
    this.kind = kind;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.required(0);
    boolean input = site.version() >= axesAreInputs(kind);
    long[] axes = input ? site.longs(1) : site.attributes().integers("axes");
    boolean none = axes == null || axes.length == 0;
    if (none && site.attributes().integer("noop_with_empty_axes", 0) != 0) {
      site.alias(0, x);
      return;
    }
    boolean[] gone = none ? all(x.rank()) : Shapes.listed(axes, x.rank());
    boolean keep = site.attributes().integer("keepdims", 1) != 0;
    if (isGlobalPool(x, gone)) {
      globalPool(site, x, keep);
    } else {
      reduce(site, x, gone, keep);
    }
  }

  private boolean isGlobalPool(Operand x, boolean[] gone) {
    return (kind == Kind.MEAN || kind == Kind.MAX)
        && x.type() == ElementType.FLOAT
        && x.size() > 0
        && Arrays.equals(gone, new boolean[] {false, false, true, true});
  }

  private void globalPool(Site site, Operand x, boolean keep) {
    int batch = x.dimension(0);
    int channels = x.dimension(1);
    Pool2d pool = GlobalPooling.pool(x, kind == Kind.MAX);
    Operand y = site.between(x.type(), new int[] {batch, channels, 1, 1}, x.order());
    site.step(new PlanStep(pool.plan(), x, y), List.of(x), y);
    site.alias(0, keep ? y : y.reshaped(new int[] {batch, channels}));
  }

  private static boolean[] all(int rank) {
    boolean[] all = new boolean[rank];
    Arrays.fill(all, true);
    return all;
  }

  private void reduce(Site site, Operand given, boolean[] gone, boolean keep) {
    boolean image = keep || gone.length == 4 && (gone[1] || gone[2] && gone[3]);
    Operand x = image ? given : site.in(Order.NATURAL, given);
    Operand packed = together(site, x, gone);
    int[] shape = shape(x, gone, keep);
    Order order = keep ? x.order() : Order.NATURAL;
    Operand y = site.output(0, x.type(), shape, order);
    AxisRows rows = rows(packed, x, gone);
    if (x.type() == ElementType.FLOAT) {
      site.step(new FloatReduction(kind, rows, packed, y), List.of(packed), y);
    } else if (x.type().isWhole() && kind.ordinal() <= Kind.PROD.ordinal()) {
      site.step(new WholeReduction(kind, rows, packed, y), List.of(packed), y);
    } else {
      throw new OnnxException(x + ": this type is not supported");
    }
  }

  private static int[] shape(Operand x, boolean[] gone, boolean keep) {
    int[] shape = new int[x.rank()];
    int rank = 0;
    for (int i = 0; i < x.rank(); i++) {
      if (!gone[i] || keep) {
        shape[rank++] = gone[i] ? 1 : x.dimension(i);
      }
    }
    return Arrays.copyOf(shape, rank);
  }

  /** For each axis as it lies, whether it goes. */
  private static boolean[] places(Operand x, boolean[] gone) {
    boolean[] places = new boolean[gone.length];
    for (int i = 0; i < gone.length; i++) {
      places[x.place(i)] = gone[i];
    }
    return places;
  }

  /** First and end of the axes that go, if none between them stays; null otherwise. */
  private static int[] block(Operand x, boolean[] gone) {
    boolean[] places = places(x, gone);
    int[] sizes = x.physical();
    int first = -1;
    int end = -1;
    for (int i = 0; i < places.length; i++) {
      if (places[i] && sizes[i] != 1) {
        first = first < 0 ? i : first;
        end = i + 1;
      }
    }
    for (int i = Math.max(first, 0); i < end; i++) {
      if (!places[i] && sizes[i] != 1) {
        return null;
      }
    }
    return first < 0 ? new int[] {0, 0} : new int[] {first, end};
  }

  /** With the axes that go side by side, moved behind the others if need be. */
  private static Operand together(Site site, Operand x, boolean[] gone) {
    if (block(x, gone) != null) {
      return x;
    }
    boolean[] places = places(x, gone);
    int[] axes = new int[places.length];
    int[] shape = new int[places.length];
    int count = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < places.length; i++) {
        if (places[i] == (pass == 1)) {
          shape[count] = x.physical()[i];
          axes[count++] = i;
        }
      }
    }
    Operand packed = site.between(x.type(), shape, Order.NATURAL);
    site.step(StridedCopy.transposition(x, packed, axes), List.of(x), packed);
    return packed;
  }

  private static AxisRows rows(Operand packed, Operand x, boolean[] gone) {
    if (packed == x) {
      int[] block = block(x, gone);
      return AxisRows.of(x, block[0], block[1]);
    }
    int kept = 0;
    for (boolean axis : gone) {
      kept += axis ? 0 : 1;
    }
    return AxisRows.of(packed, kept, packed.rank());
  }
}
