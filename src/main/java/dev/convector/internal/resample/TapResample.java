package dev.convector.internal.resample;

import static dev.convector.internal.simd.AlignedFloats.FIRST;
import static dev.convector.internal.simd.MultiplyAdd.fma;
import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.Layout;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;

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

  /** Rows at a time where neighbouring pixels lie in the lanes. */
  private static final int LANE_ROWS = 4;

  /** The most taps of a plane whose rows are joined. */
  private static final int MOST_JOINED = 16 * 1024;

  private final Taps rows;
  private final Taps columns;
  private final int planes;
  private final int group;

  /** Output columns that are computed from one row in scratch; 0 where not even one's taps fit. */
  private final int block;

  /** For each block the first input column that it sees, and how many. */
  private final int[] seen;

  /** Of whole rows; null where the columns are summed up output by output. */
  private final PixelTaps pixels;

  /** Whether these columns are those of the input as they are. */
  private final boolean copying;

  /** Whether outputs are channels-last pixels, each one of the input. */
  private final boolean picking;

  /** Whether these rows are those of the input as they are. */
  private final boolean inPlace;

  public TapResample(Taps rows, Taps columns, Image image) {
    boolean joined = joins(rows, columns, image.group());
    this.rows = joined ? Taps.identity(1) : rows;
    this.columns = joined ? rows.of(columns.of(Taps.identity(image.group()))) : columns;
    this.planes = image.planes();
    this.group = joined ? 1 : image.group();
    this.block = this.columns.block(ROW / group);
    int rowFloats = this.columns.size() * group;
    this.inPlace = rowFloats >= LANES && this.rows.copies();
    this.copying = this.columns.copies();
    boolean inLanes = group < LANES && rowFloats <= ROW / LANE_ROWS - LANES;
    this.pixels = inLanes ? PixelTaps.of(this.columns.of(Taps.identity(group)), false) : null;
    this.picking =
        copying && !joined && image.layout() == Layout.NHWC && pixels == null && block > 0;
    this.seen = block == 0 ? new int[0] : this.columns.seen(block);
  }

  /** Whether rows are so short that those of a plane should be one. */
  private static boolean joins(Taps rows, Taps columns, int group) {
    long taps = (long) rows.indices().length * columns.indices().length * group;
    boolean isShort = Math.min(columns.size(), columns.targets()) * group < LANES;
    return isShort && taps <= MOST_JOINED;
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
  public int scratchInts() {
    return LANE_ROWS;
  }

  @Override
  public boolean allowsResultDistance() {
    return picking;
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, planes * rows.targets(), threads);
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, planes * rows.targets(), units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int all = planes * rows.targets();
    int first = Split.start(all, unit, units);
    int end = Split.start(all, unit + 1, units);
    int outputs = columns.targets() * group;
    footprint.written.add(first * outputs, (end - first) * outputs);
    int rowFloats = columns.size() * group;
    int to;
    for (int i = first; i < end; i = to) {
      int plane = i / rows.targets();
      to = Math.min(end, (plane + 1) * rows.targets());
      int row = i - plane * rows.targets();
      int endRow = to - plane * rows.targets();
      int at = (plane * rows.size() + rows.least(row, endRow)) * rowFloats;
      footprint.read.add(at, rows.span(row, endRow) * rowFloats);
    }
  }

  @Override
  public void run(Operands o, int unit, int units, Scratch scratch) {
    int all = planes * rows.targets();
    int rowFloats = columns.size() * group;
    int outputs = columns.targets();
    int from = Split.start(all, unit, units);
    int to = Split.start(all, unit + 1, units);
    if (pixels != null) {
      lanes(o, from, to, scratch);
      return;
    }
    int outputRow = outputs * o.resultPixel(group);
    for (int i = from; i < to; i++) {
      int at = o.srcOffset + i / rows.targets() * rows.size() * rowFloats;
      int yAt = o.dstOffset + i * outputRow;
      int target = i % rows.targets();
      boolean twice = copying && i + 1 < to && target + 1 < rows.targets();
      if (twice && block > 0 && rows.repeats(target + 1)) {
        blocks(o, at, yAt, target, outputRow, scratch);
        i++;
      } else if (i > from && rows.repeats(target) && !o.hasResultDistance()) {
        System.arraycopy(o.dst, yAt - outputs * group, o.dst, yAt, outputs * group);
      } else if (block == 0) {
        direct(o, at, yAt, target);
      } else {
        blocks(o, at, yAt, target, 0, scratch);
      }
    }
  }

  /**
   * A row.
   *
   * @param again floats to a second row that is the same; 0 if there is none
   */
  private void blocks(Operands o, int at, int yAt, int target, int again, Scratch scratch) {
    PickCall picks = null;
    if (copying) {
      picks = PickCall.of(scratch);
      picks.group = group;
      picks.yAt = yAt;
      picks.pixel = o.resultPixel(group);
      picks.again = again;
    }
    for (int index = 0; index < seen.length; index += 2) {
      int first = seen[index] * group;
      int rowFloats = columns.size() * group;
      float[] x = o.src;
      int xAt = at;
      if (rows.copies(target) && rowFloats >= LANES) {
        xAt += rows.indices()[rows.starts()[target]] * rowFloats;
      } else {
        int count = seen[index + 1] * group;
        x = scratch.floats;
        TapKernels.rows(rows, target, o.src, at + first, rowFloats, x, FIRST, count);
        xAt = FIRST - first;
      }
      int from = index / 2 * block;
      int to = Math.min(columns.targets(), from + block);
      if (picks != null) {
        picks.arrays(x, o.dst);
        picks.at = xAt;
        picks.copy(columns.indices(), from, to);
      } else {
        TapKernels.columns(columns, from, to, x, xAt, group, o.dst, yAt);
      }
    }
  }

  /** Rows {@code [from, to)} of all planes, several at a time. */
  private void lanes(Operands o, int from, int to, Scratch scratch) {
    int rowFloats = columns.size() * group;
    int outputs = columns.targets() * group;
    int count = Math.min(LANE_ROWS, to - from);
    int[] at = scratch.ints;
    for (int i = from; i < to; i += count) {
      int first = Math.min(i, to - count);
      for (int r = 0; r < count; r++) {
        int target = (first + r) % rows.targets();
        int plane = o.srcOffset + (first + r) / rows.targets() * rows.size() * rowFloats;
        if (inPlace) {
          at[r] = plane + rows.indices()[target] * rowFloats;
        } else {
          at[r] = FIRST + r * Simd.roundUp(rowFloats);
          TapKernels.rows(rows, target, o.src, plane, rowFloats, scratch.floats, at[r], rowFloats);
        }
      }
      float[] x = inPlace ? o.src : scratch.floats;
      PixelTapKernels.run(pixels, count, x, at, o.dst, o.dstOffset + first * outputs, outputs);
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
