package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Operands;

/**
 * Maxima and where they were: the first of equal ones, row by row, and the last NaN. Channels in
 * the lanes where there are enough, else element by element, since in any order but that of the
 * taps the first of equal ones isn't found. Of many planes {@link MaxIndexPlanes}.
 */
final class MaxIndices extends PoolRowWork {
  private final MaxWindows windows;

  MaxIndices(PoolProblem problem) {
    super(problem);
    this.windows = new MaxWindows(rows, columns, image.group());
  }

  @Override
  public long packedBytes() {
    return 0;
  }

  @Override
  public int scratchFloats() {
    return 0;
  }

  @Override
  void rows(Operands o, int from, int to, Scratch scratch) {
    int group = image.group();
    for (int i = from; i < to; i++) {
      int at = o.srcOffset + i / rows.outputs() * image.plane();
      int p = i % rows.outputs();
      for (int q = 0; q < columns.outputs(); q++) {
        int pixel = i * image.outputRow() + q * group;
        if (group >= LANES) {
          windows.take(
              o.src, at, p, q, o.dst, o.dstOffset + pixel, o.indices, o.indicesOffset + pixel);
        } else {
          for (int c = 0; c < group; c++) {
            scalar(o, at + c, p, q, pixel + c);
          }
        }
      }
    }
  }

  private void scalar(Operands o, int at, int p, int q, int element) {
    float[] x = o.src;
    int group = image.group();
    int place = rows.first()[p] * columns.size() + columns.first()[q];
    int best = place;
    float most = Float.NEGATIVE_INFINITY;
    for (int r = 0; r < rows.taps()[p]; r++) {
      int tap = place + r * rows.dilation() * columns.size();
      for (int s = 0; s < columns.taps()[q]; s++, tap += columns.dilation()) {
        float value = x[at + tap * group];
        if (value > most || Float.isNaN(value)) {
          most = value;
          best = tap;
        }
      }
    }
    o.dst[o.dstOffset + element] = most;
    o.indices[o.indicesOffset + element] = best;
  }
}
