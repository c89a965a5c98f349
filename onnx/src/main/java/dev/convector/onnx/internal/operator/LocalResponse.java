package dev.convector.onnx.internal.operator;

import static dev.convector.internal.simd.MultiplyAdd.fma;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Run;
import dev.convector.onnx.internal.execute.SplitStep;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** LRN: each element divided by a power of the squares of its neighbours among the channels. */
final class LocalResponse implements Operator {
  /** The power of this is two square roots. */
  private static final float USUAL_BETA = 0.75f;

  @Override
  public void compile(Site site) {
    Operand x = site.floats(0);
    long size = site.attributes().integer("size", 0);
    if (size < 1 || x.rank() < 2) {
      throw new OnnxException("size " + size + " of " + x + ": must be positive, of channels");
    }
    Operand y = site.output(0, x.type(), x.shape(), x.order());
    site.step(new Pixels(site, size, x, y), List.of(x), y);
  }

  private static final class Pixels extends SplitStep {
    private final int before;
    private final int after;
    private final double share;
    private final float beta;
    private final float bias;
    private final AxisRows rows;
    private final Operand x;
    private final Operand y;

    Pixels(Site site, long size, Operand x, Operand y) {
      super(y.size() == 0 ? 0 : y.size() / y.dimension(1), 60L * y.size());
      this.before = (int) Math.min((size - 1) / 2, x.dimension(1));
      this.after = (int) Math.min(size / 2, x.dimension(1));
      this.share = (double) site.attributes().number("alpha", 1e-4f) / size;
      this.beta = site.attributes().number("beta", 0.75f);
      this.bias = site.attributes().number("bias", 1);
      this.rows = AxisRows.of(x, x.place(1), x.place(1) + 1);
      this.x = x;
      this.y = y;
    }

    @Override
    protected void part(Run run, int from, int to) {
      float[] src = run.floats(x);
      float[] dst = run.floats(y);
      int inner = rows.inner();
      for (int i = from; i < to; i++) {
        int start = rows.start(i);
        int at = run.offset(x) + start;
        int dstAt = run.offset(y) + start;
        if (inner == 1 && beta == USUAL_BETA) {
          pixel(src, at, dst, dstAt);
        } else {
          channels(src, at, dst, dstAt, 0, rows.length());
        }
      }
    }

    /** Vectors where all neighbours are channels of the pixel, the rest one by one. */
    private void pixel(float[] src, int at, float[] dst, int dstAt) {
      int count = rows.length();
      int inside = Math.max(0, SPECIES.loopBound(count - after - before));
      for (int c = before; c < before + inside; c += SPECIES.length()) {
        FloatVector squares = FloatVector.zero(SPECIES);
        for (int k = c - before; k <= c + after; k++) {
          FloatVector value = FloatVector.fromArray(SPECIES, src, at + k);
          squares = fma(value, value, squares);
        }
        FloatVector root = squares.mul((float) share).add(bias).lanewise(VectorOperators.SQRT);
        FloatVector divisor = root.mul(root.lanewise(VectorOperators.SQRT));
        FloatVector.fromArray(SPECIES, src, at + c).div(divisor).intoArray(dst, dstAt + c);
      }
      channels(src, at, dst, dstAt, 0, Math.min(before, count));
      channels(src, at, dst, dstAt, Math.min(count, before + inside), count);
    }

    private void channels(float[] src, int at, float[] dst, int dstAt, int first, int end) {
      int inner = rows.inner();
      for (int c = first; c < end; c++) {
        int last = Math.min(rows.length() - 1, c + after);
        double squares = 0;
        for (int k = Math.max(0, c - before); k <= last; k++) {
          double value = src[at + k * inner];
          squares += value * value;
        }
        double divisor = Math.pow(bias + share * squares, beta);
        dst[dstAt + c * inner] = (float) (src[at + c * inner] / divisor);
      }
    }
  }
}
