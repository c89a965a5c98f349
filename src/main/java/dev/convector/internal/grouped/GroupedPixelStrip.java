package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.Elements;
import dev.convector.internal.problem.Operands;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The planes of a group, or of some groups of a channels-last image, that a strip of output rows
 * needs, padded, in scratch, so that a tap of any output pixel of the strip lies a constant
 * distance from {@code row * pitch + column}.
 *
 * <p>Strided planes are parted into phases: the rows and columns that leave the same remainder by
 * the stride. Between two rows of a phase lie as many zeros as padding needs on either side, which
 * serve both rows: with padding 1, rows of 14 lie 15 apart.
 */
final class GroupedPixelStrip {
  private static final IntVector EVEN = IntVector.zero(INTS).addIndex(2);
  private static final IntVector ODD = EVEN.add(1);

  /**
   * Rows of so many floats are copied one by one. Columns of vectors go through many lines for each
   * vector, few rows of wide images: 3x3 from 16 channels to 3 takes at 112x112 0.96, at 224x224
   * 0.91 and at 400x400 0.75 of the time one by one, in groups of four 0.96, 0.82 and 0.8
   * (Regression, Zen 4 without AVX-512).
   */
  private static final int WIDE_FLOATS = 8 * LANES;

  private final ConvShape shape;

  /** Whether the input has to be turned. */
  private final boolean channelsLast;

  private final int[] rowShifts;
  private final int[] columnShifts;
  private final int leastRowShift;
  private final int extraRows;
  private final int before;
  private final int pitch;
  private final int planeFloats;

  /** Of the planes of a phase of all groups that are held. */
  private final int phaseFloats;

  /** Where the last vector of a row of the input, or the last pair of them, starts. */
  private final int lastColumn;

  /** Of the lanes inside the row, for the last vector or pair, then for the others. */
  private final int[] masks;

  /**
   * For strips of at most so many output rows.
   *
   * @param groups that are held, of planes one
   */
  GroupedPixelStrip(ConvShape shape, boolean channelsLast, int groups, int rows) {
    this.shape = shape;
    this.channelsLast = channelsLast && shape.channels() > 1;
    this.rowShifts =
        shifts(shape.kernelHeight(), shape.strideHeight(), shape.dilationHeight(), shape.padTop());
    this.columnShifts =
        shifts(shape.kernelWidth(), shape.strideWidth(), shape.dilationWidth(), shape.padLeft());
    this.leastRowShift = rowShifts[0];
    this.extraRows = rowShifts[rowShifts.length - 1] - leastRowShift;
    this.before = before(shape);
    this.pitch = (int) pitch(shape);
    this.planeFloats = before + (rows + extraRows) * pitch + LANES;
    this.phaseFloats = groups * shape.groupChannels() * planeFloats;
    int stride = shape.strideWidth();
    this.lastColumn = Math.max(0, Math.ceilDiv(shape.width() - stride * LANES, stride) * stride);
    this.masks = new int[2 * stride * LANES];
    for (int i = 0; i < masks.length; i++) {
      int column = lastColumn + i % LANES * stride + i / LANES;
      masks[i] = i >= stride * LANES || column < shape.width() ? -1 : 0;
    }
  }

  /** Taps' phases lie so many of its rows or columns from the output's. */
  private static int[] shifts(int kernel, int stride, int dilation, int padding) {
    int[] shifts = new int[kernel];
    for (int tap = 0; tap < kernel; tap++) {
      shifts[tap] = Math.floorDiv(tap * dilation - padding, stride);
    }
    return shifts;
  }

  /** Zeros before the first row: columns of a phase that padding needs on the left. */
  private static int before(ConvShape s) {
    return -Math.floorDiv(-s.padLeft(), s.strideWidth());
  }

  /** Floats from row to row; may be more than an array can hold. */
  static long pitch(ConvShape s) {
    int stride = s.strideWidth();
    long last = (s.kernelWidth() - 1L) * s.dilationWidth() - s.padLeft();
    long shift = Math.floorDiv(last, stride);
    long before = before(s);
    long after = Math.max(0, s.outputWidth() + shift - s.width() / stride);
    long size = Math.ceilDiv(s.width(), stride);
    return Math.max(s.outputWidth(), size + Math.max(before, after));
  }

  /** Floats of a strip of so many groups and output rows; may be more than an array can hold. */
  static long floats(ConvShape s, int groups, long rows) {
    long planes = (long) groups * s.groupChannels() * s.strideHeight() * s.strideWidth();
    long extraRows = Math.ceilDiv(s.effectiveKernelHeight() - 1, s.strideHeight());
    long pitch = pitch(s);
    return planes * ((rows + extraRows) * pitch + before(s) + LANES) + before(s) + pitch + LANES;
  }

  /** Floats from row to row. */
  int pitch() {
    return pitch;
  }

  /** Where the first output pixel would lie, for the first group that is held. */
  int start() {
    return before;
  }

  /** Floats from a group's planes to the next one's. */
  int groupFloats() {
    return shape.groupChannels() * planeFloats;
  }

  /** How far from an output pixel each tap of each channel lies, channel by channel. */
  int[] steps() {
    int[] steps = new int[shape.groupChannels() * rowShifts.length * columnShifts.length];
    int at = 0;
    for (int channel = 0; channel < shape.groupChannels(); channel++) {
      for (int r = 0; r < rowShifts.length; r++) {
        int rowPhase = phase(r, shape.dilationHeight(), shape.padTop(), shape.strideHeight());
        for (int s = 0; s < columnShifts.length; s++) {
          int phase = phase(s, shape.dilationWidth(), shape.padLeft(), shape.strideWidth());
          steps[at++] =
              plane(channel, rowPhase, phase)
                  + (rowShifts[r] - leastRowShift) * pitch
                  + columnShifts[s];
        }
      }
    }
    return steps;
  }

  private static int phase(int tap, int dilation, int padding, int stride) {
    return Math.floorMod(tap * dilation - padding, stride);
  }

  private int plane(int channel, int rowPhase, int columnPhase) {
    int phase = rowPhase * shape.strideWidth() + columnPhase;
    return phase * phaseFloats + channel * planeFloats;
  }

  /** Floats of the strip and of what the last tile reads beyond it. */
  int floats() {
    return before + plane(0, shape.strideHeight(), 0) + pitch + LANES;
  }

  /** Writes the zeros of the padding of so many output rows, which {@link #load} leaves alone. */
  void clear(float[] scratch, int rows) {
    int used = before + (rows + extraRows) * pitch + LANES;
    for (int plane = 0; plane < plane(0, shape.strideHeight(), 0); plane += planeFloats) {
      Arrays.fill(scratch, plane, plane + used, 0);
    }
    Arrays.fill(scratch, plane(0, shape.strideHeight(), 0), floats(), 0);
  }

  /** The first row of the input that output rows from one on need, and one past the last. */
  void rows(Elements.Region region, int row, int endRow) {
    int stride = shape.strideHeight();
    region.rows(
        Math.clamp((row + leastRowShift) * (long) stride, 0, shape.height()),
        Math.clamp((endRow + leastRowShift + extraRows) * (long) stride, 0, shape.height()));
  }

  /**
   * Loads what the output rows {@code row} to {@code endRow} need of the groups {@code group} to
   * {@code endGroup}. Those loaded since the last {@link #clear} must have been the same rows.
   */
  void load(
      Operands operands, int image, int group, int endGroup, int row, int endRow, float[] scratch) {
    float[] src = operands.src;
    int planeStep = operands.sourcePlane(shape.height() * shape.width());
    int stride = shape.strideHeight();
    int first = row + leastRowShift;
    int rows = endRow - row + extraRows;
    int channel = group * shape.groupChannels();
    if (channelsLast) {
      int from = image * shape.height() * shape.width() * shape.channels() + channel;
      int count = (endGroup - group) * shape.groupChannels();
      turn(src, operands.srcOffset + from, count, first, rows, scratch);
      return;
    }
    int srcOffset = operands.srcOffset + (image * shape.channels() + channel) * planeStep;
    for (int c = 0; c < shape.groupChannels(); c++) {
      int plane = srcOffset + c * planeStep;
      for (int phase = 0; phase < stride; phase++) {
        int inside = Math.max(0, Math.ceilDiv(shape.height() - phase, stride));
        int from = Math.clamp(-(long) first, 0, rows);
        int to = Math.clamp((long) inside - first, from, rows);
        int srcAt = plane + ((first + from) * stride + phase) * shape.width();
        int at = before + plane(c, phase, 0) + from * pitch;
        int done = copyVectors(src, srcAt, to - from, scratch, at);
        for (; done < to - from; done++) {
          copyRow(src, srcAt + done * stride * shape.width(), scratch, at + done * pitch);
        }
      }
    }
  }

  /** Turns so many channels of pixels to planes, row by row. */
  private void turn(float[] src, int srcOffset, int count, int first, int rows, float[] scratch) {
    int stride = shape.strideHeight();
    int row = shape.width() * shape.channels();
    int end = Math.min(shape.height(), (first + rows) * stride);
    for (int y = Math.max(0, first * stride); y < end; y++) {
      int from = srcOffset + y * row;
      int to = before + plane(0, y % stride, 0) + (y / stride - first) * pitch;
      if (count == shape.channels()) {
        turnPixels(src, from, scratch, to);
      } else {
        turnChannels(src, from, count, scratch, to);
      }
    }
  }

  /**
   * The pixels of all phases of columns are one of more channels, but behind the last whole one.
   */
  private void turnPixels(float[] src, int from, float[] scratch, int to) {
    int together = shape.strideWidth() * shape.channels();
    int whole = shape.width() / shape.strideWidth();
    int rest = shape.width() * shape.channels() - whole * together;
    if (whole > 0) {
      Transpose.run(src, from, together, whole, together, scratch, to, planeFloats);
    }
    for (int j = 0; j < rest; j++) {
      scratch[to + whole + j * planeFloats] = src[from + whole * together + j];
    }
  }

  private void turnChannels(float[] src, int from, int count, float[] scratch, int to) {
    int stride = shape.strideWidth();
    int step = stride * shape.channels();
    for (int phase = 0; phase < stride; phase++) {
      int pixels = Math.ceilDiv(shape.width() - phase, stride);
      if (pixels > 0) {
        int at = from + phase * shape.channels();
        Transpose.run(src, at, step, pixels, count, scratch, to + phase * phaseFloats, planeFloats);
      }
    }
  }

  private void copyRow(float[] src, int srcAt, float[] scratch, int at) {
    int stride = shape.strideWidth();
    if (stride == 1) {
      System.arraycopy(src, srcAt, scratch, at, shape.width());
      return;
    }
    for (int phase = 0; phase < stride; phase++) {
      int to = at + phase * phaseFloats;
      for (int x = phase; x < shape.width(); x += stride) {
        scratch[to++] = src[srcAt + x];
      }
    }
  }

  /**
   * Copies as many rows as vectors can without leaving the source, or none that are wide. They go
   * downwards, the last columns first, so that the zeros that a vector writes beyond its row are
   * overwritten by the next row where they don't belong.
   */
  private int copyVectors(float[] src, int srcAt, int rows, float[] scratch, int at) {
    int stride = shape.strideWidth();
    int width = stride * LANES;
    int step = shape.strideHeight() * shape.width();
    int room = src.length - srcAt - lastColumn - width;
    if (stride > 2 || room < 0 || stride == 1 && shape.width() >= WIDE_FLOATS) {
      return 0;
    }
    int safe = Math.min(rows, room / step + 1);
    for (int x = lastColumn; ; x = (x - 1) / width * width) {
      int mask = x == lastColumn ? 0 : width;
      if (stride == 1) {
        copy(safe, src, srcAt + x, mask, scratch, at + x);
      } else {
        part(safe, src, srcAt + x, mask, scratch, at + x / 2);
      }
      if (x == 0) {
        return safe;
      }
    }
  }

  /** A column of vectors, one a row. */
  private void copy(int rows, float[] src, int from, int mask, float[] dst, int to) {
    int step = shape.strideHeight() * shape.width();
    IntVector m = IntVector.fromArray(INTS, masks, mask);
    for (int row = 0; row < rows; row++) {
      FloatVector.fromArray(SPECIES, src, from + row * step)
          .reinterpretAsInts()
          .and(m)
          .reinterpretAsFloats()
          .intoArray(dst, to + row * pitch);
    }
  }

  /** A column of pairs of vectors, parted into even and odd columns. */
  private void part(int rows, float[] src, int from, int mask, float[] dst, int to) {
    int step = shape.strideHeight() * shape.width();
    IntVector m = IntVector.fromArray(INTS, masks, mask);
    IntVector n = IntVector.fromArray(INTS, masks, mask + LANES);
    for (int row = 0; row < rows; row++) {
      int at = from + row * step;
      IntVector a = FloatVector.fromArray(SPECIES, src, at).reinterpretAsInts();
      IntVector b = FloatVector.fromArray(SPECIES, src, at + LANES).reinterpretAsInts();
      IntVector e = EVEN.selectFrom(a, b).and(m);
      IntVector o = ODD.selectFrom(a, b).and(n);
      e.reinterpretAsFloats().intoArray(dst, to + row * pitch);
      o.reinterpretAsFloats().intoArray(dst, to + phaseFloats + row * pitch);
    }
  }
}
