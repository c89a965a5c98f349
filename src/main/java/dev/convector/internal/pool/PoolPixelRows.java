package dev.convector.internal.pool;

import static dev.convector.internal.simd.AlignedFloats.FIRST;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Operands;
import java.util.Arrays;

/**
 * Pooling with neighbouring pixels in the lanes, one row of outputs after another: the rows of its
 * windows are folded into one row, which gets its padding on both sides, and then its columns.
 */
final class PoolPixelRows extends PoolRowWork {
  /** Floats of a folded row, with room for one window more: a first-level cache and a half. */
  private static final int FOLDED = 16 * 1024;

  private final PoolProblem problem;

  /** Of an average, what it divides by along the columns. */
  private final float[] counted;

  /** Outputs of a row that are computed from one folded row; 0 where one window is too wide. */
  private final int block;

  PoolPixelRows(PoolProblem problem) {
    super(problem);
    this.problem = problem;
    this.counted = problem.max() ? null : image.counted(1);
    this.block = block();
  }

  /** As many outputs as fit; the first block has the most padding, so none is wider. */
  private int block() {
    int outputs = columns.outputs();
    while (outputs > 0 && widest(outputs) > FOLDED / image.group()) {
      outputs = outputs == 1 ? 0 : Math.ceilDiv(outputs, 2);
    }
    return outputs;
  }

  private long widest(int outputs) {
    long widest = 0;
    for (int q = 0; q < columns.outputs(); q += outputs) {
      int end = Math.min(columns.outputs(), q + outputs);
      widest = Math.max(widest, (long) end(end) - start(q));
    }
    return widest;
  }

  /** First column, maybe of the padding, of a block's windows. */
  private int start(int q) {
    return columns.kernel() == 0 ? columns.first()[q] : q * columns.stride() - columns.lead();
  }

  /** One past the last column of the windows before {@code q}. */
  private int end(int q) {
    return columns.kernel() == 0
        ? columns.first()[q - 1] + columns.taps()[q - 1]
        : start(q - 1) + (columns.kernel() - 1) * columns.dilation() + 1;
  }

  @Override
  public long packedBytes() {
    return counted == null ? 0 : (long) counted.length * Float.BYTES;
  }

  @Override
  public int scratchFloats() {
    return FIRST + FOLDED;
  }

  @Override
  void rows(Operands operands, int from, int to, Scratch scratch) {
    for (int i = from; i < to; i++) {
      int plane = i / rows.outputs();
      int at = operands.srcOffset + plane * image.plane();
      int yAt = operands.dstOffset + i * image.outputRow();
      row(operands, at, yAt, i % rows.outputs(), scratch.floats);
    }
  }

  private void row(Operands o, int at, int yAt, int p, float[] folded) {
    int outputs = columns.outputs();
    if (block == 0) {
      image.scalars(o, at, yAt, p, 0, outputs, image.group());
    } else {
      for (int q = 0; q < outputs; q += block) {
        block(o, at, yAt, p, q, Math.min(outputs, q + block), folded);
      }
    }
  }

  private void block(Operands o, int at, int yAt, int p, int from, int to, float[] folded) {
    int group = image.group();
    int start = start(from);
    int end = end(to);
    int first = Math.max(0, start);
    int last = Math.min(columns.size(), end);
    float nothing = problem.max() ? Float.NEGATIVE_INFINITY : 0;
    Arrays.fill(folded, FIRST, FIRST + (first - start) * group, nothing);
    Arrays.fill(folded, FIRST + (last - start) * group, FIRST + (end - start) * group, nothing);
    boolean nan =
        PoolStrips.fold(
            problem.max(),
            o.src,
            at + rows.first()[p] * image.row() + first * group,
            rows.dilation() * image.row(),
            rows.taps()[p],
            folded,
            FIRST + (first - start) * group,
            (last - first) * group);
    if (nan) {
      image.scalars(o, at, yAt, p, from, to, image.group());
      return;
    }
    int count = (to - from) * group;
    if (columns.stride() == 1) {
      int step = columns.dilation() * group;
      int taps = columns.kernel();
      PoolStrips.fold(problem.max(), folded, FIRST, step, taps, o.dst, yAt + from * group, count);
    } else {
      scattered(folded, start, o.dst, yAt, from, to);
    }
    if (counted != null) {
      SumPixelKernels.divide(
          o.dst, yAt + from * group, count, counted, from * group, rows.counted()[p]);
    }
  }

  /** Windows that lie anywhere in the folded row, without their padding. */
  private void scattered(float[] folded, int start, float[] y, int yAt, int from, int to) {
    int group = image.group();
    int step = columns.dilation() * group;
    for (int q = from; q < to; q++) {
      int first = FIRST + (columns.first()[q] - start) * group;
      PoolScalar.strip(
          problem.max(), folded, first, step, columns.taps()[q], y, yAt + q * group, group);
    }
  }
}
