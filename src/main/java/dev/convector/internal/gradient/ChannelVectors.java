package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.pack.Transpose;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Vectors of neighbouring channels of a block in scratch, pixel after pixel, for each slot of the
 * taps: {@code [vector][row slot][column slot][pixel][LANES]}. Padding is there, and strides are
 * gone.
 *
 * <p>Of a channels-first image the rows that a block reads are first turned into pixels, once
 * whatever the taps.
 */
final class ChannelVectors {
  /** Vectors of channels that are best brought together. */
  static final int VECTORS = 4;

  private final GradientImage image;
  private final GradientAxis rows;
  private final GradientAxis columns;
  private final GradientBlocks blocks;

  /** Whether it is the output's gradient, of which the pixels of a block alone are wanted. */
  private final boolean ofOutput;

  /** The input. */
  static ChannelVectors ofInput(GradientProblem problem, GradientBlocks blocks) {
    return new ChannelVectors(problem.x(), problem.rows(), problem.columns(), blocks, false);
  }

  /** The output's gradient. */
  static ChannelVectors ofOutput(GradientProblem problem, GradientBlocks blocks) {
    GradientAxis rows = GradientAxis.alone(problem.rows().outputs());
    GradientAxis columns = GradientAxis.alone(problem.columns().outputs());
    return new ChannelVectors(problem.y(), rows, columns, blocks, true);
  }

  private ChannelVectors(
      GradientImage image,
      GradientAxis rows,
      GradientAxis columns,
      GradientBlocks blocks,
      boolean ofOutput) {
    this.image = image;
    this.rows = rows;
    this.columns = columns;
    this.blocks = blocks;
    this.ofOutput = ofOutput;
  }

  /** Whether what lies in the padding can be brought: of planes only zeros. */
  static boolean accepts(GradientProblem problem) {
    return problem.channelsLast()
        || problem.rows().isZeroOutside() && problem.columns().isZeroOutside();
  }

  /** Floats of scratch for so many vectors. */
  long floats(int vectors) {
    return vectors * planesFloats(blocks.largest()) + turnedFloats();
  }

  /** Floats from a vector of channels to the next one. */
  int vectorFloats(GradientBlock block) {
    return (int) planesFloats(block);
  }

  private long planesFloats(GradientBlock block) {
    return (long) rowSlots() * columnSlots() * block.planeFloats() * LANES;
  }

  /** Of the rows that the largest block reads. */
  private long turnedFloats() {
    if (image.channelsLast()) {
      return 0;
    }
    GradientBlock block = blocks.largest();
    long width = image.width();
    return read(rows, block.rows)
        * (blocks.isWholeRows() ? width : read(columns, block.columns))
        * LANES;
  }

  /** Elements that so many outputs read at most. */
  private static long read(GradientAxis axis, int outputs) {
    long reach = (axis.taps() - 1L) * axis.dilation() + 1;
    return Math.min(axis.inputs(), (outputs - 1L) * axis.stride() + reach);
  }

  private int rowSlots() {
    return ofOutput ? 1 : blocks.rowSlots().count();
  }

  private int columnSlots() {
    return ofOutput ? 1 : blocks.columnSlots().count();
  }

  /** How far behind the first plane a tap's first pixel lies. */
  int place(GradientBlock block, int r, int s) {
    TapSlots down = blocks.rowSlots();
    TapSlots across = blocks.columnSlots();
    int slot = down.slot(r) * across.count() + across.slot(s);
    int shift = down.shift(r) * block.pitch() + across.shift(s);
    return (slot * block.planeFloats() + shift) * LANES;
  }

  /**
   * Brings channels to scratch; lanes beyond the last one hold anything.
   *
   * @param from holds the images
   * @param offset index of their first element
   * @param channel the first of them
   * @param at where in scratch
   */
  void load(
      float[] from,
      int offset,
      GradientBlock block,
      int channel,
      int channels,
      float[] floats,
      int at) {
    int vectors = Math.ceilDiv(channels, LANES);
    int step = vectorFloats(block);
    for (int n = 0; n < block.images; n++) {
      int first = offset + image.at(block.image + n, channel, 0, 0);
      int to = at + n * block.imageFloats() * LANES;
      if (image.channelsLast()) {
        slots(from, first, block, channels, floats, to);
        continue;
      }
      for (int v = 0; v < vectors; v++) {
        int count = Math.min(LANES, channels - v * LANES);
        int plane = first + v * LANES * image.channelStep();
        planes(from, plane, count, block, floats, to + v * step, at + vectors * step);
      }
    }
    int used = block.images * block.imageFloats();
    int most = used + block.pitch() - block.columns;
    for (int slot = 0; slot < vectors * rowSlots() * columnSlots(); slot++) {
      int plane = at + slot * block.planeFloats() * LANES;
      Arrays.fill(floats, plane + used * LANES, plane + most * LANES, 0);
    }
  }

  /** Adds a block's pixels to each other, and to so many vectors of sums. */
  void addPixels(GradientBlock block, int vectors, float[] floats, int at, int sums) {
    int plane = vectorFloats(block);
    int depth = block.depth() * LANES;
    int v = 0;
    for (; v + VECTORS <= vectors; v += VECTORS) {
      addWide(floats, at + v * plane, plane, depth, sums + v * LANES);
    }
    for (; v < vectors; v++) {
      addNarrow(floats, at + v * plane, depth, sums + v * LANES);
    }
  }

  private static void addNarrow(float[] floats, int at, int depth, int sums) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < depth; i += LANES) {
      sum = sum.add(FloatVector.fromArray(SPECIES, floats, at + i));
    }
    sum.add(FloatVector.fromArray(SPECIES, floats, sums)).intoArray(floats, sums);
  }

  private static void addWide(float[] floats, int at, int plane, int depth, int sums) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < depth; i += LANES) {
      a = a.add(FloatVector.fromArray(SPECIES, floats, at + i));
      b = b.add(FloatVector.fromArray(SPECIES, floats, at + plane + i));
      c = c.add(FloatVector.fromArray(SPECIES, floats, at + 2 * plane + i));
      d = d.add(FloatVector.fromArray(SPECIES, floats, at + 3 * plane + i));
    }
    // Not by a method that takes a vector: where C2 does not inline it, the vector is allocated.
    a.add(FloatVector.fromArray(SPECIES, floats, sums)).intoArray(floats, sums);
    int next = sums + LANES;
    b.add(FloatVector.fromArray(SPECIES, floats, next)).intoArray(floats, next);
    next += LANES;
    c.add(FloatVector.fromArray(SPECIES, floats, next)).intoArray(floats, next);
    next += LANES;
    d.add(FloatVector.fromArray(SPECIES, floats, next)).intoArray(floats, next);
  }

  /**
   * Brings a vector of channels of planes.
   *
   * @param turned where the pixels that a block reads are turned to, if not to where they belong
   */
  private void planes(
      float[] from,
      int first,
      int channels,
      GradientBlock block,
      float[] floats,
      int at,
      int turned) {
    int width = image.width();
    int step = image.channelStep();
    if (rows.isAlone() && columns.isAlone() && !block.hasGaps()) {
      int pixel = first + block.row * width + block.column;
      int pixels = block.rows * block.columns;
      Transpose.run(from, pixel, step, channels, pixels, floats, at, LANES);
      return;
    }
    int top = rows.leastRead(block.row);
    int bottom = Math.max(top, rows.endRead(block.row + block.rows - 1));
    int left = leastColumn(block);
    int count = sourceWidth(block);
    int together = count == width ? bottom - top : 1;
    for (int y = top; y < bottom && count > 0; y += together) {
      int to = turned + (y - top) * count * LANES;
      int line = first + y * width + left;
      Transpose.run(from, line, step, channels, together * count, floats, to, LANES);
    }
    slots(floats, turned - (top * count + left) * LANES, block, LANES, floats, at);
  }

  /** The first column that is turned. */
  private int leastColumn(GradientBlock block) {
    return blocks.isWholeRows() ? 0 : columns.leastRead(block.column);
  }

  /** Pixels from a row to the next one, where a block's are copied from. */
  private int sourceWidth(GradientBlock block) {
    if (image.channelsLast() || blocks.isWholeRows()) {
      return image.width();
    }
    int end = columns.endRead(block.column + block.columns - 1);
    return Math.max(0, end - leastColumn(block));
  }

  /**
   * Makes an image's part of each slot's plane.
   *
   * @param first index of the first channel of the image's first pixel
   */
  private void slots(
      float[] from, int first, GradientBlock block, int channels, float[] floats, int at) {
    for (int r = 0; r < rowSlots(); r++) {
      for (int s = 0; s < columnSlots(); s++) {
        int down = ofOutput ? 0 : blocks.rowSlots().offset(r);
        int across = ofOutput ? 0 : blocks.columnSlots().offset(s);
        int to = at + (r * columnSlots() + s) * block.planeFloats() * LANES;
        if (rows.isZeroOutside() && columns.isZeroOutside()) {
          inside(from, first, block, channels, down, across, floats, to);
        } else {
          copied(from, first, block, channels, down, across, floats, to);
        }
      }
    }
  }

  /** What a slot reads inside the image, amid zeros. */
  private void inside(
      float[] from,
      int first,
      GradientBlock block,
      int channels,
      int down,
      int across,
      float[] floats,
      int at) {
    int width = ofOutput ? block.columns : block.pitch();
    int height = ofOutput ? block.rows : block.planeRows();
    int pitch = block.pitch();
    int plane = vectorFloats(block);
    int top = rows.firstInside(block.row, block.row + height, down) - block.row;
    int bottom = rows.endInside(block.row, block.row + height, down) - block.row;
    int left = columns.firstInside(block.column, block.column + width, across) - block.column;
    int right = columns.endInside(block.column, block.column + width, across) - block.column;
    // What lies behind the last window, where taps read only what has no gradient, isn't turned.
    int end = rows.endRead(block.row + block.rows - 1);
    while (bottom > top && rows.source(block.row + bottom - 1, down) >= end) {
      bottom--;
    }
    end = columns.endRead(block.column + block.columns - 1);
    while (right > left && columns.source(block.column + right - 1, across) >= end) {
      right--;
    }
    boolean empty = top >= bottom || left >= right;
    for (int v = 0; v * LANES < channels; v++) {
      int start = at + v * plane;
      int stop = start + block.planeRows() * pitch * LANES;
      if (empty) {
        Arrays.fill(floats, start, stop, 0);
      } else {
        int before = (pitch - right) * LANES;
        Arrays.fill(floats, start, start + (top * pitch + left) * LANES, 0);
        for (int i = top + 1; i < bottom && before + left > 0; i++) {
          int row = start + i * pitch * LANES;
          Arrays.fill(floats, row - before, row + left * LANES, 0);
        }
        Arrays.fill(floats, start + bottom * pitch * LANES - before, stop, 0);
      }
    }
    if (empty) {
      return;
    }
    int step = pixelStep();
    int row = rows.source(block.row + top, down);
    int column = columns.source(block.column + left, across);
    int source = sourceWidth(block);
    int line = first + (row * source + column) * step;
    int to = at + (top * pitch + left) * LANES;
    int stride = columns.stride() * step;
    boolean joined = rows.stride() == 1 && stride == step && pitch == source;
    int lines = joined && left == 0 && right == pitch ? 1 : bottom - top;
    int pixels = (bottom - top) / lines * (right - left);
    for (int i = 0; i < lines; i++) {
      copy(from, line, stride, pixels, channels, floats, to, plane);
      line += rows.stride() * source * step;
      to += pitch * LANES;
    }
  }

  private int pixelStep() {
    return image.channelsLast() ? image.channels() : LANES;
  }

  /** Copies pixels: some vectors of one together, since they are neighbours in memory. */
  static void copy(
      float[] from, int at, int step, int pixels, int channels, float[] to, int toAt, int plane) {
    int c = 0;
    int p = toAt;
    for (; c + VECTORS * LANES <= channels; c += VECTORS * LANES, p += VECTORS * plane) {
      wide(from, at + c, step, pixels, to, p, plane);
    }
    for (; c + LANES <= channels; c += LANES, p += plane) {
      for (int i = 0; i < pixels; i++) {
        FloatVector.fromArray(SPECIES, from, at + c + i * step).intoArray(to, p + i * LANES);
      }
    }
    if (c < channels) {
      part(from, at + c, step, pixels, channels - c, to, p);
    }
  }

  /**
   * Less than a vector of channels: with what lies behind them, except at the array's end, where a
   * masked load would keep a mask for each pixel in some JVMs.
   */
  private static void part(
      float[] from, int at, int step, int pixels, int channels, float[] to, int toAt) {
    for (int i = 0; i < pixels; i++) {
      int x = at + i * step;
      int p = toAt + i * LANES;
      if (x > from.length - LANES) {
        System.arraycopy(from, x, to, p, channels);
      } else {
        FloatVector.fromArray(SPECIES, from, x).intoArray(to, p);
      }
    }
  }

  private static void wide(
      float[] from, int at, int step, int pixels, float[] to, int toAt, int plane) {
    for (int i = 0; i < pixels; i++) {
      int x = at + i * step;
      int p = toAt + i * LANES;
      FloatVector.fromArray(SPECIES, from, x).intoArray(to, p);
      FloatVector.fromArray(SPECIES, from, x + LANES).intoArray(to, p + plane);
      FloatVector.fromArray(SPECIES, from, x + 2 * LANES).intoArray(to, p + 2 * plane);
      FloatVector.fromArray(SPECIES, from, x + 3 * LANES).intoArray(to, p + 3 * plane);
    }
  }

  /** The same with what the padding copies, pixel by pixel. */
  private void copied(
      float[] from,
      int first,
      GradientBlock block,
      int channels,
      int down,
      int across,
      float[] floats,
      int at) {
    int plane = vectorFloats(block);
    int to = at;
    for (int i = 0; i < block.planeRows(); i++) {
      int row = rows.source(block.row + i, down);
      for (int j = 0; j < block.pitch(); j++, to += LANES) {
        int column = row < 0 ? -1 : columns.source(block.column + j, across);
        if (column >= 0) {
          int pixel = first + (row * image.width() + column) * pixelStep();
          copy(from, pixel, 0, 1, channels, floats, to, plane);
        }
        for (int v = 0; v * LANES < channels && column < 0; v++) {
          Arrays.fill(floats, to + v * plane, to + v * plane + LANES, 0);
        }
      }
    }
  }
}
