package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Pad: more elements around each axis, constant or taken from inside. */
final class Padding implements Operator {
  /** From here on pads and value are inputs. */
  private static final int PADS_ARE_INPUTS = 11;

  private static final Set<String> MODES = Set.of("constant", "reflect", "edge", "wrap");

  @Override
  public String refusal(Node node) {
    String mode = node.attributes().text("mode", "constant");
    return MODES.contains(mode) ? null : "mode " + mode;
  }

  @Override
  public void compile(Site site) {
    Operand x = site.required(0);
    int[] pads = pads(site, x.rank());
    String mode = site.attributes().text("mode", "constant");
    int[] shape = new int[x.rank()];
    int[][] sources = new int[x.rank()][];
    for (int i = 0; i < shape.length; i++) {
      int size = x.dimension(i);
      shape[i] = Math.addExact(Math.addExact(size, pads[i]), pads[i + x.rank()]);
      sources[x.place(i)] = sources(mode, size, pads[i], Math.max(0, shape[i]));
    }
    Operand y = site.output(0, x.type(), shape, x.order());
    site.step(new Pad(x, y, sources, value(site, x)), List.of(x), y);
  }

  private static int[] pads(Site site, int rank) {
    long[] given =
        site.version() < PADS_ARE_INPUTS ? site.attributes().integers("pads") : site.longs(1);
    long[] axes = site.version() < PADS_ARE_INPUTS ? null : site.longs(3);
    if (axes == null) {
      axes = new long[rank];
      Arrays.setAll(axes, i -> i);
    }
    if (given == null || given.length != 2 * axes.length) {
      throw new OnnxException("pads: must be two for each axis");
    }
    int[] pads = new int[2 * rank];
    for (int i = 0; i < axes.length; i++) {
      int axis = Shapes.axis(axes[i], rank);
      pads[axis] = Math.toIntExact(given[i]);
      pads[axis + rank] = Math.toIntExact(given[i + axes.length]);
    }
    return pads;
  }

  private static Constant value(Site site, Operand x) {
    if (site.version() < PADS_ARE_INPUTS) {
      return Constant.of(new int[0], site.attributes().number("value", 0));
    }
    Constant given = site.constant(2);
    if (given != null && given.size() == 1) {
      return given;
    }
    return x.type().isFloating()
        ? Constant.of(new int[0], 0)
        : Constant.of(x.type(), new int[0], new long[1]);
  }

  /** For each element of the result the source's, or -1 for the padding's value. */
  private static int[] sources(String mode, int size, int before, int count) {
    int[] sources = new int[count];
    for (int i = 0; i < count; i++) {
      sources[i] = source(mode, size, i - before);
    }
    return sources;
  }

  private static int source(String mode, int size, int index) {
    if (index >= 0 && index < size) {
      return index;
    }
    if (mode.equals("constant")) {
      return -1;
    }
    if (size == 0) {
      throw new OnnxException("mode " + mode + ": of an axis without elements");
    }
    return switch (mode) {
      case "edge" -> index < 0 ? 0 : size - 1;
      case "wrap" -> Math.floorMod(index, size);
      default -> {
        int period = Math.max(1, 2 * (size - 1));
        int place = Math.floorMod(index, period);
        yield place < size ? place : period - place;
      }
    };
  }

  /** Row by row of the result. */
  private static final class Pad extends SplitStep {
    private final Operand x;
    private final Operand y;
    private final int[][] sources;
    private final int[] strides;
    private final int[] sizes;
    private final Constant value;

    Pad(Operand x, Operand y, int[][] sources, Constant value) {
      super(rows(y), 3L * y.size());
      this.x = x;
      this.y = y;
      this.sources = sources;
      this.strides = Shapes.strides(x.physical());
      this.sizes = y.physical();
      this.value = value;
    }

    private static int rows(Operand y) {
      int[] sizes = y.physical();
      return y.size() == 0 ? 0 : Shapes.product(sizes, 0, Math.max(0, sizes.length - 1));
    }

    @Override
    protected void part(Run run, int from, int to) {
      int last = sizes.length - 1;
      int count = last < 0 ? 1 : sizes[last];
      for (int row = from; row < to; row++) {
        int start = 0;
        boolean inside = true;
        int rest = row;
        for (int i = last - 1; i >= 0; i--) {
          int source = sources[i][rest % sizes[i]];
          rest /= sizes[i];
          inside &= source >= 0;
          start += source * strides[i];
        }
        int dst = run.offset(y) + row * count;
        if (x.storage().isWhole()) {
          row(run.longs(x), run.offset(x) + start, inside, run.longs(y), dst, count);
        } else {
          row(run.floats(x), run.offset(x) + start, inside, run.floats(y), dst, count);
        }
      }
    }

    private void row(float[] from, int src, boolean inside, float[] to, int dst, int count) {
      int[] columns = sources.length == 0 ? new int[1] : sources[sources.length - 1];
      float outside = value.floats()[0];
      for (int i = 0; i < count; i++) {
        to[dst + i] = inside && columns[i] >= 0 ? from[src + columns[i]] : outside;
      }
    }

    private void row(long[] from, int src, boolean inside, long[] to, int dst, int count) {
      int[] columns = sources.length == 0 ? new int[1] : sources[sources.length - 1];
      long outside = value.longs()[0];
      for (int i = 0; i < count; i++) {
        to[dst + i] = inside && columns[i] >= 0 ? from[src + columns[i]] : outside;
      }
    }
  }
}
