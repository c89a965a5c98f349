package dev.convector.onnx.internal.operator;

import dev.convector.Axis;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import dev.convector.onnx.internal.graph.Shapes;
import java.util.List;

/** The second output of MaxPool: where in the whole input each maximum was. */
final class IndexedPooling {
  private IndexedPooling() {}

  /**
   * Adds the step that finds the places.
   *
   * @param x as it was given
   * @param axes as many as it has behind its channels, as the pooling that finds the maxima has
   *     them
   * @param shape of the maxima
   */
  static void add(Site site, Operand x, List<Axis> axes, int[] shape) {
    Operand image = site.in(Order.NATURAL, x);
    Operand indices = site.output(1, ElementType.INT64, shape, Order.NATURAL);
    boolean byColumns = site.attributes().integer("storage_order", 0) != 0;
    site.step(new Find(axes, byColumns, image, indices), List.of(image), indices);
  }

  private static final class Find extends SplitStep {
    private final Axis[] axes;
    private final int[] strides;

    /** What an index counts with: strides, or as if the first axis were the fastest. */
    private final int[] counts;

    private final Operand image;
    private final Operand indices;

    Find(List<Axis> axes, boolean byColumns, Operand image, Operand indices) {
      super(indices.size(), 10L * image.size());
      this.axes = axes.toArray(Axis[]::new);
      int[] sizes = axes.stream().mapToInt(Axis::size).toArray();
      this.strides = Shapes.strides(sizes);
      this.counts = strides.clone();
      for (int i = 0; byColumns && i < sizes.length; i++) {
        counts[i] = Shapes.product(sizes, 0, i);
      }
      this.image = image;
      this.indices = indices;
    }

    @Override
    protected void part(Run run, int from, int to) {
      int volume = strides[0] * axes[0].size();
      int[] starts = new int[axes.length];
      for (int i = from; i < to; i++) {
        int plane = i;
        for (int k = axes.length - 1; k >= 0; k--) {
          int output = indices.dimension(k + 2);
          starts[k] = plane % output * axes[k].stride() - axes[k].padBefore();
          plane /= output;
        }
        int best = find(run.floats(image), run.offset(image) + plane * volume, starts);
        long index = (long) plane * volume;
        for (int k = 0; k < axes.length; k++) {
          index += (long) best / strides[k] % axes[k].size() * counts[k];
        }
        run.longs(indices)[run.offset(indices) + i] = index;
      }
    }

    /** Of several equal ones the first, row by row, and the last NaN: as the pool's value. */
    private int find(float[] x, int start, int[] starts) {
      int taps = 1;
      for (Axis axis : axes) {
        taps *= axis.kernel();
      }
      int best = -1;
      for (int tap = 0; tap < taps; tap++) {
        int at = place(tap, starts);
        if (at >= 0) {
          float value = x[start + at];
          best = best < 0 || value > x[start + best] || Float.isNaN(value) ? at : best;
        }
      }
      return best;
    }

    /** Where a tap lies; -1 in the padding. */
    private int place(int tap, int[] starts) {
      int rest = tap;
      int at = 0;
      for (int k = axes.length - 1; k >= 0; k--) {
        int place = starts[k] + rest % axes[k].kernel() * axes[k].dilation();
        rest /= axes[k].kernel();
        if (place < 0 || place >= axes[k].size()) {
          return -1;
        }
        at += place * strides[k];
      }
      return at;
    }
  }
}
