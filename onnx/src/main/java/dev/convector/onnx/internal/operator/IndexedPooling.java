package dev.convector.onnx.internal.operator;

import dev.convector.Pool2d;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import java.util.List;

/** The second output of MaxPool: where in the whole input each maximum was. */
final class IndexedPooling {
  private IndexedPooling() {}

  /**
   * Adds the step that finds the places.
   *
   * @param x as it was given, with one axis or two
   * @param pool the pooling that finds the maxima
   */
  static void add(Site site, Operand x, Pool2d pool) {
    Operand image = site.in(Order.NATURAL, Images.flat(x));
    int[] shape =
        Images.shape(x, pool.batch(), pool.channels(), pool.outputHeight(), pool.outputWidth());
    Operand indices = site.output(1, ElementType.INT64, shape, Order.NATURAL);
    boolean byColumns = site.attributes().integer("storage_order", 0) != 0;
    site.step(new Find(pool, byColumns, image, indices), List.of(image), indices);
  }

  private static final class Find extends SplitStep {
    private final Pool2d pool;
    private final boolean byColumns;
    private final Operand image;
    private final Operand indices;

    Find(Pool2d pool, boolean byColumns, Operand image, Operand indices) {
      super(indices.size(), 10L * image.size());
      this.pool = pool;
      this.byColumns = byColumns;
      this.image = image;
      this.indices = indices;
    }

    @Override
    protected void part(Run run, int from, int to) {
      int columns = pool.outputWidth();
      int rows = pool.outputHeight();
      for (int i = from; i < to; i++) {
        int plane = i / columns / rows;
        int place = find(run, plane, i / columns % rows, i % columns);
        int height = pool.rows().size();
        int width = pool.columns().size();
        int inPlane = byColumns ? place % width * height + place / width : place;
        run.longs(indices)[run.offset(indices) + i] = (long) plane * height * width + inPlane;
      }
    }

    /** Of several equal ones the first, row by row, and the last NaN: as the pool's value. */
    private int find(Run run, int plane, int outputRow, int outputColumn) {
      float[] x = run.floats(image);
      int height = pool.rows().size();
      int width = pool.columns().size();
      int start = run.offset(image) + plane * height * width;
      int top = outputRow * pool.rows().stride() - pool.rows().padBefore();
      int left = outputColumn * pool.columns().stride() - pool.columns().padBefore();
      int best = -1;
      for (int r = 0; r < pool.rows().kernel(); r++) {
        int row = top + r * pool.rows().dilation();
        for (int s = 0; s < pool.columns().kernel(); s++) {
          int column = left + s * pool.columns().dilation();
          if (row >= 0 && row < height && column >= 0 && column < width) {
            int at = row * width + column;
            float value = x[start + at];
            best = best < 0 || value > x[start + best] || Float.isNaN(value) ? at : best;
          }
        }
      }
      return best;
    }
  }
}
