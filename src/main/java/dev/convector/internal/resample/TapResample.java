package dev.convector.internal.resample;

import static dev.convector.internal.simd.AlignedFloats.FIRST;
import static dev.convector.internal.simd.MultiplyAdd.fma;
import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.Layout;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/**
 * A linear operation that is one sum for each axis: each output row is the weighted sum of input
 * rows, taken into scratch, and then of that row's columns. Each sum has the order of its taps.
 */
public final class TapResample implements PackedWork {
  /** Floats of the row in scratch: a quarter of a second-level cache of 1 MB. */
  private static final int ROW = 64 * 1024;

  /** Images in their memory order. */
  public record Image(Layout layout, int batch, int channels) {

    /** What is resampled apart: channels of images, or images with all their channels. */
    int planes() {
      return layout == Layout.NCHW ? batch * channels : batch;
    }

    /** Floats of a pixel. */
    int group() {
      return layout == Layout.NCHW ? 1 : channels;
    }
  }

  private final Taps rows;
  private final Taps columns;
  private final int planes;
  private final int group;

  /** Output columns that are computed from one row in scratch; 0 where not even one's taps fit. */
  private final int block;

  /** Null where the columns are summed up output by output. */
  private final PixelTaps pixels;

  public TapResample(Taps rows, Taps columns, Image image) {
    this.rows = rows;
    this.columns = columns;
    this.planes = image.planes();
    this.group = image.group();
    int outputs = columns.targets();
    while (outputs > 0 && widest(outputs) > ROW / group) {
      outputs = outputs == 1 ? 0 : Math.ceilDiv(outputs, 2);
    }
    this.block = outputs;
    boolean inLanes = group < LANES && block == columns.targets();
    this.pixels = inLanes ? PixelTaps.of(columns, group) : null;
  }

  private int widest(int outputs) {
    int widest = 0;
    for (int q = 0; q < columns.targets(); q += outputs) {
      widest = Math.max(widest, columns.span(q, Math.min(columns.targets(), q + outputs)));
    }
    return widest;
  }

  @Override
  public long packedBytes() {
    return rows.bytes() + columns.bytes() + (pixels == null ? 0 : pixels.bytes());
  }

  @Override
  public int scratchFloats() {
    return FIRST + ROW + 2 * LANES;
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, planes * rows.targets(), threads);
  }

  @Override
  public void run(Operands o, int unit, int units, Scratch scratch) {
    int all = planes * rows.targets();
    int rowFloats = columns.size() * group;
    int outputs = columns.targets();
    int to = Split.start(all, unit + 1, units);
    for (int i = Split.start(all, unit, units); i < to; i++) {
      int at = o.srcOffset + i / rows.targets() * rows.size() * rowFloats;
      int yAt = o.dstOffset + i * outputs * group;
      int target = i % rows.targets();
      if (block == 0) {
        direct(o, at, yAt, target);
        continue;
      }
      for (int q = 0; q < outputs; q += block) {
        block(o, at, yAt, target, q, Math.min(outputs, q + block), scratch.floats);
      }
    }
  }

  private void block(Operands o, int at, int yAt, int target, int from, int to, float[] row) {
    int least = columns.least(from, to);
    int width = columns.span(from, to) * group;
    int rowFloats = columns.size() * group;
    TapKernels.sum(rows, target, o.src, at + least * group, rowFloats, row, FIRST, width);
    for (int q = from; q < to; q++) {
      TapKernels.sum(columns, q, row, FIRST - least * group, group, o.dst, yAt + q * group, group);
    }
  }

  /** Windows so wide that not even one output's taps fit the scratch. */
  private void direct(Operands o, int at, int yAt, int target) {
    int rowFloats = columns.size() * group;
    for (int q = 0; q < columns.targets(); q++) {
      for (int c = 0; c < group; c++) {
        float sum = 0;
        for (int s = columns.starts()[q]; s < columns.starts()[q + 1]; s++) {
          float column = 0;
          int place = at + columns.indices()[s] * group + c;
          for (int r = rows.starts()[target]; r < rows.starts()[target + 1]; r++) {
            column = fma(rows.weights()[r], o.src[place + rows.indices()[r] * rowFloats], column);
          }
          sum = fma(columns.weights()[s], column, sum);
        }
        o.dst[yAt + q * group + c] = sum;
      }
    }
  }
}
