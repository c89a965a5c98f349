package dev.convector.onnx.internal.operator;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.StridedCopy;
import dev.convector.onnx.internal.execute.StridedCopy.Strided;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.Arrays;
import java.util.List;

/** Slice: a part along some axes, with steps that may go backwards. */
final class Slicing implements Operator {
  /** From here on everything is an input. */
  private static final int BOUNDS_ARE_INPUTS = 10;

  @Override
  public void compile(Site site) {
    Operand x = site.requiredApart(0);
    boolean inputs = site.version() >= BOUNDS_ARE_INPUTS;
    long[] starts = inputs ? site.longs(1) : site.attributes().integers("starts");
    long[] ends = inputs ? site.longs(2) : site.attributes().integers("ends");
    long[] axes = inputs ? site.longs(3) : site.attributes().integers("axes");
    long[] steps = inputs ? site.longs(4) : null;
    if (starts == null || ends == null) {
      throw new OnnxException("starts or ends: missing");
    }
    if (axes == null) {
      axes = new long[starts.length];
      Arrays.setAll(axes, i -> i);
    }
    if (steps == null) {
      steps = new long[starts.length];
      Arrays.fill(steps, 1);
    }
    int count = starts.length;
    if (ends.length != count || axes.length != count || steps.length != count) {
      throw new OnnxException("starts, ends, axes and steps: must be equally many");
    }
    int[] shape = x.shape().clone();
    int[] strides = Shapes.strides(x.physical());
    boolean[] seen = new boolean[x.rank()];
    int first = 0;
    for (int i = 0; i < count; i++) {
      int axis = Shapes.axis(axes[i], x.rank());
      if (seen[axis]) {
        throw new OnnxException("axes: " + axis + " is named twice");
      }
      seen[axis] = true;
      int size = x.dimension(axis);
      long step = steps[i];
      if (step == 0) {
        throw new OnnxException("steps: must not be 0");
      }
      long start = bound(starts[i], size, step < 0);
      long end = bound(ends[i], size, step < 0);
      long distance = step > 0 ? end - start : start - end;
      long stride = step > 0 ? step : step == Long.MIN_VALUE ? Long.MAX_VALUE : -step;
      shape[axis] = distance <= 0 ? 0 : (int) ((distance - 1) / stride + 1);
      int place = x.place(axis);
      first += shape[axis] == 0 ? 0 : (int) start * strides[place];
      strides[place] = shape[axis] <= 1 ? 0 : strides[place] * (int) step;
    }
    Operand part = site.output(0, x.type(), shape, x.order());
    int[] sizes = part.physical();
    Strided from = new Strided(strides, first);
    Strided to = new Strided(Shapes.strides(sizes), 0);
    site.step(StridedCopy.of(x, part, from, to, sizes), List.of(x), part);
  }

  /** Within the axis; backwards, one before the first is a bound too. */
  private static long bound(long given, int size, boolean backwards) {
    long index = given < 0 ? given + size : given;
    return backwards ? Math.min(Math.max(index, -1), size - 1) : Math.min(Math.max(index, 0), size);
  }
}
