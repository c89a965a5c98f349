package dev.convector.internal.gradient;

import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.AlignedFloats;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Channels of a block in scratch, a plane for each and each slot of the taps: {@code [row slot]
 * [column slot][channels][plane]}. Padding is there, and strides are gone.
 *
 * <p>Of a channels-last image the rows that a block reads are first turned into planes as they are,
 * once whatever the taps and whole vectors of pixels at a time even where rows are short.
 */
final class ChannelPlanes {
  private final GradientImage image;
  private final GradientAxis rows;
  private final GradientAxis columns;
  private final GradientBlocks blocks;

  /** Whether it is the output's gradient, of which the pixels of a block alone are wanted. */
  private final boolean ofOutput;

  private final int mostChannels;

  /**
   * Of the turned rows, how far behind the beginning of the block's first window each is; null
   * where planes are made from the image at once.
   */
  private final int[] turned;

  /** Where among them each row of each slot is. */
  private final int[] turnedRows;

  /** The input. */
  static ChannelPlanes ofInput(GradientProblem problem, GradientBlocks blocks, int mostChannels) {
    return new ChannelPlanes(
        problem.x(), problem.rows(), problem.columns(), blocks, false, mostChannels);
  }

  /** The output's gradient. */
  static ChannelPlanes ofOutput(GradientProblem problem, GradientBlocks blocks, int mostFilters) {
    return new ChannelPlanes(
        problem.y(),
        GradientAxis.alone(problem.rows().outputs()),
        GradientAxis.alone(problem.columns().outputs()),
        blocks,
        true,
        mostFilters);
  }

  private ChannelPlanes(
      GradientImage image,
      GradientAxis rows,
      GradientAxis columns,
      GradientBlocks blocks,
      boolean ofOutput,
      int mostChannels) {
    this.image = image;
    this.rows = rows;
    this.columns = columns;
    this.blocks = blocks;
    this.ofOutput = ofOutput;
    this.mostChannels = mostChannels;
    boolean plain = rows.isAlone() && columns.isAlone() && !blocks.largest().hasGaps();
    int[] turning = image.channelsLast() && blocks.isWholeRows() && !plain ? offsets() : null;
    boolean fits =
        turning != null
            && (long) turning.length * image.width() * mostChannels
                <= Blocking.GRADIENT_PLANES_FLOATS;
    this.turned = fits ? turning : null;
    this.turnedRows = fits ? turnedRows(turning) : null;
  }

  private int[] turnedRows(int[] turning) {
    int most = blocks.largest().planeRows();
    return IntStream.range(0, slots() * most)
        .map(i -> offset(i / most) + i % most * rows.stride())
        .map(offset -> Math.max(0, Arrays.binarySearch(turning, offset)))
        .toArray();
  }

  /** Of all rows that a block reads, in ascending order. */
  private int[] offsets() {
    int outputs = ofOutput ? blocks.largest().rows : blocks.largest().planeRows();
    return IntStream.range(0, slots())
        .flatMap(slot -> IntStream.range(0, outputs).map(i -> offset(slot) + i * rows.stride()))
        .distinct()
        .sorted()
        .toArray();
  }

  private int slots() {
    return ofOutput ? 1 : blocks.rowSlots().count();
  }

  private int offset(int slot) {
    return ofOutput ? 0 : blocks.rowSlots().offset(slot);
  }

  private int columnSlots() {
    return ofOutput ? 1 : blocks.columnSlots().count();
  }

  private int columnOffset(int slot) {
    return ofOutput ? 0 : blocks.columnSlots().offset(slot);
  }

  /** Floats of scratch. */
  int floats() {
    return slots() * columnSlots() * mostChannels * blocks.largest().planeFloats()
        + (turned == null ? 0 : mostChannels * turnedFloats());
  }

  /** Floats of a plane of turned rows: an odd number of cache lines. */
  private int turnedFloats() {
    return (Math.ceilDiv(turned.length * image.width(), AlignedFloats.LINE) | 1)
        * AlignedFloats.LINE;
  }

  /** Ints of scratch: where the columns of each slot lie inside the image. */
  int ints() {
    return 2 * columnSlots();
  }

  /** How far behind the first of so many channels' planes a tap's first pixel lies. */
  int place(GradientBlock block, int channels, int r, int s) {
    TapSlots rowSlots = blocks.rowSlots();
    TapSlots columnSlots = blocks.columnSlots();
    int slot = rowSlots.slot(r) * columnSlots.count() + columnSlots.slot(s);
    return slot * channels * block.planeFloats()
        + rowSlots.shift(r) * block.pitch()
        + columnSlots.shift(s);
  }

  /**
   * Brings channels {@code [channel, channel + channels)} of a block to scratch.
   *
   * @param from holds the images
   * @param offset index of their first element
   * @param at where in scratch; its first ints are overwritten
   */
  void load(
      float[] from,
      int offset,
      GradientBlock block,
      int channel,
      int channels,
      Scratch scratch,
      int at) {
    inside(block, scratch.ints);
    int stage = at + slots() * columnSlots() * channels * block.planeFloats();
    for (int n = 0; n < block.images; n++) {
      int first = offset + image.at(block.image + n, channel, 0, 0);
      int to = at + n * block.imageFloats();
      if (turned != null) {
        turnRows(from, first, block, channels, scratch.floats, stage);
        planes(scratch.floats, stage, block, channels, scratch, to);
      } else if (image.channelsLast()) {
        pixels(from, first, block, channels, scratch, to);
      } else {
        planes(from, first, block, channels, scratch, to);
      }
    }
    int used = ofOutput ? block.depth() : block.usedFloats();
    for (int plane = 0; plane < slots() * columnSlots() * channels; plane++) {
      int start = at + plane * block.planeFloats();
      Arrays.fill(scratch.floats, start + used, start + block.planeFloats(), 0);
    }
  }

  /** The columns of each slot that lie inside the image, {@code [from, to)} of a row. */
  private void inside(GradientBlock block, int[] ints) {
    int width = ofOutput ? block.columns : block.pitch();
    int end = block.column + width;
    for (int slot = 0; slot < columnSlots(); slot++) {
      int offset = columnOffset(slot);
      ints[2 * slot] = columns.firstInside(block.column, end, offset) - block.column;
      ints[2 * slot + 1] = columns.endInside(block.column, end, offset) - block.column;
    }
  }

  /** Which row of the image a slot has in its row {@code i}; -1 for zeros. */
  private int source(GradientBlock block, int slot, int i) {
    return ofOutput && i >= block.rows ? -1 : rows.source(block.row + i, offset(slot));
  }

  /** Turns the rows that a block reads of a channels-last image into planes. */
  private void turnRows(
      float[] from, int first, GradientBlock block, int channels, float[] to, int stage) {
    int width = image.width();
    int outputs = ofOutput ? block.rows : block.planeRows();
    int last = (outputs - 1) * rows.stride() + offset(slots() - 1);
    int rowsInRun;
    for (int j = 0; j < turned.length && turned[j] <= last; j += rowsInRun) {
      int y = rows.source(block.row, turned[j]);
      rowsInRun = 1;
      while (j + rowsInRun < turned.length
          && turned[j + rowsInRun] <= last
          && y >= 0
          && rows.source(block.row, turned[j + rowsInRun]) == y + rowsInRun) {
        rowsInRun++;
      }
      if (y >= 0) {
        int line = first + y * width * image.channels();
        int pixels = rowsInRun * width;
        turn(from, line, 1, pixels, channels, to, stage + j * width, turnedFloats());
      }
    }
  }

  /** Makes the slots' planes from an image's. */
  private void planes(
      float[] from, int first, GradientBlock block, int channels, Scratch scratch, int at) {
    int plane = turned != null ? turnedFloats() : image.channelStep();
    int most = turned != null ? turnedRows.length / slots() : 0;
    for (int slot = 0; slot < slots(); slot++) {
      for (int c = 0; c < channels; c++) {
        int to = at + (slot * columnSlots() * channels + c) * block.planeFloats();
        for (int i = 0; i < block.planeRows(); i++) {
          int y = source(block, slot, i);
          int line = turned != null ? turnedRows[slot * most + i] : y;
          line = first + c * plane + line * image.width();
          row(from, y < 0 ? -1 : line, block, channels, scratch, to + i * block.pitch());
        }
      }
    }
  }

  /** A row of a channel in each column slot. */
  private void row(
      float[] from, int line, GradientBlock block, int channels, Scratch scratch, int at) {
    float[] to = scratch.floats;
    int stride = columns.stride();
    for (int slot = 0; slot < columnSlots(); slot++) {
      int row = at + slot * channels * block.planeFloats();
      int offset = columnOffset(slot);
      int first = line < 0 ? 0 : scratch.ints[2 * slot];
      int end = line < 0 ? 0 : scratch.ints[2 * slot + 1];
      outside(from, line, 1, block.column, offset, first, to, row);
      outside(from, line, 1, block.column + end, offset, block.pitch() - end, to, row + end);
      if (first < end) {
        int x = line + columns.source(block.column + first, offset);
        copy(from, x, stride, to, row + first, end - first);
      }
    }
  }

  /**
   * What a channel's taps read outside the image: zeros, or what the padding copies there.
   *
   * @param line the row's first element; -1 for a row of zeros
   * @param step to the next one
   * @param output the first of {@code count} outputs
   */
  private void outside(
      float[] from, int line, int step, int output, int offset, int count, float[] to, int at) {
    if (line < 0 || columns.isZeroOutside()) {
      Arrays.fill(to, at, at + count, 0);
      return;
    }
    for (int i = 0; i < count; i++) {
      int x = columns.source(output + i, offset);
      to[at + i] = x < 0 ? 0 : from[line + x * step];
    }
  }

  private static void copy(float[] from, int x, int stride, float[] to, int at, int count) {
    if (stride == 1) {
      System.arraycopy(from, x, to, at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      to[at + i] = from[x + i * stride];
    }
  }

  /** Makes the slots' planes from a channels-last image at once. */
  private void pixels(
      float[] from, int first, GradientBlock block, int channels, Scratch scratch, int at) {
    if (isPlain(block)) {
      int row = first + block.row * image.width() * image.channels();
      int count = block.rows * image.width();
      turn(from, row, 1, count, channels, scratch.floats, at, block.planeFloats());
      return;
    }
    for (int slot = 0; slot < slots() * columnSlots(); slot++) {
      int to = at + slot * channels * block.planeFloats();
      for (int i = 0; i < block.planeRows(); i++) {
        int y = source(block, slot / columnSlots(), i);
        int line = y < 0 ? -1 : first + y * image.width() * image.channels();
        pixelRow(from, line, block, channels, scratch, slot % columnSlots(), to);
        to += block.pitch();
      }
    }
  }

  /** Whether a block's pixels of an image are one run of it. */
  private boolean isPlain(GradientBlock block) {
    return rows.isAlone() && columns.isAlone() && !block.hasGaps() && blocks.isWholeRows();
  }

  /** A row of all channels in one column slot. */
  private void pixelRow(
      float[] from,
      int line,
      GradientBlock block,
      int channels,
      Scratch scratch,
      int slot,
      int at) {
    int first = line < 0 ? 0 : scratch.ints[2 * slot];
    int end = line < 0 ? 0 : scratch.ints[2 * slot + 1];
    int offset = columnOffset(slot);
    int step = image.channels();
    int plane = block.planeFloats();
    for (int c = 0; c < channels; c++) {
      float[] to = scratch.floats;
      int channel = line < 0 ? -1 : line + c;
      int row = at + c * plane;
      int after = block.pitch() - end;
      outside(from, channel, step, block.column, offset, first, to, row);
      outside(from, channel, step, block.column + end, offset, after, to, row + end);
    }
    if (first < end) {
      int x = line + columns.source(block.column + first, offset) * step;
      int count = end - first;
      turn(from, x, columns.stride(), count, channels, scratch.floats, at + first, plane);
    }
  }

  /** Turns pixels of a channels-last image into planes. */
  private void turn(
      float[] from,
      int first,
      int stride,
      int pixels,
      int channels,
      float[] to,
      int at,
      int plane) {
    Transpose.run(from, first, stride * image.channels(), pixels, channels, to, at, plane);
  }
}
