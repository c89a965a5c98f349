package dev.convector.internal.unfold;

import dev.convector.ConvShape;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Elements;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.AlignedFloats;
import java.util.Arrays;

/**
 * Copies windows to columns, or adds columns to the image. A unit is some channels of one image,
 * which no other unit touches, so that sums have one order: kernel row, kernel column, pixel.
 */
public final class UnfoldWork implements PackedWork {
  private final UnfoldProblem problem;
  private final ConvShape shape;
  private final boolean fold;
  private final TapRanges rows;
  private final TapRanges columns;

  /**
   * @param fold whether columns are added to the image
   */
  public UnfoldWork(UnfoldProblem problem, boolean fold) {
    this.problem = problem;
    this.shape = problem.shape();
    this.fold = fold;
    this.rows = TapRanges.rows(shape);
    this.columns = TapRanges.columns(shape);
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
  public int units(int threads) {
    return shape.batch() * Split.parts(shape.batch(), shape.channels(), threads);
  }

  /** Channels-last at least a line of the cache, since all pixels of a part are moved apart. */
  @Override
  public int units(int threads, int least) {
    boolean planes = problem.pixelStep() == 1;
    int pieces = planes ? shape.channels() : Math.ceilDiv(shape.channels(), AlignedFloats.LINE);
    int parts = Split.atLeast(Math.ceilDiv(least, shape.batch()), pieces, 1);
    return Math.max(units(threads), shape.batch() * parts);
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int parts = units / shape.batch();
    int image = unit / parts;
    int first = Split.start(shape.channels(), unit % parts, parts);
    int end = Split.start(shape.channels(), unit % parts + 1, parts);
    int pixels = shape.height() * shape.width();
    int taps = shape.kernelHeight() * shape.kernelWidth();
    Elements images = fold ? footprint.written : footprint.read;
    Elements matrix = fold ? footprint.read : footprint.written;
    images.add(problem.imageOffset(image, first), end - first, problem.pixelStep(), pixels);
    matrix.add(
        problem.columnOffset(image, first * taps),
        (end - first) * taps,
        problem.columnStep(),
        problem.pixels());
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = units / shape.batch();
    int image = unit / parts;
    int end = Split.start(shape.channels(), unit % parts + 1, parts);
    for (int c = Split.start(shape.channels(), unit % parts, parts); c < end; c++) {
      if (fold) {
        clear(operands, problem.imageOffset(image, c));
      }
      for (int r = 0; r < shape.kernelHeight(); r++) {
        for (int s = 0; s < shape.kernelWidth(); s++) {
          int element = (c * shape.kernelHeight() + r) * shape.kernelWidth() + s;
          tap(operands, image, c, r, s, problem.columnOffset(image, element));
        }
      }
    }
  }

  private void clear(Operands operands, int first) {
    int step = problem.pixelStep();
    int at = operands.dstOffset + first;
    int pixels = shape.height() * shape.width();
    if (step == 1) {
      Arrays.fill(operands.dst, at, at + pixels, 0);
      return;
    }
    for (int i = 0; i < pixels; i++, at += step) {
      operands.dst[at] = 0;
    }
  }

  /** One tap of a channel, for all output rows. */
  private void tap(Operands operands, int image, int c, int r, int s, int column) {
    int first = columns.firstOutput(s);
    int end = columns.endOutput(s);
    int x = first * shape.strideWidth() - shape.padLeft() + s * shape.dilationWidth();
    int line = shape.outputWidth() * problem.columnStep();
    for (int p = 0; p < shape.outputHeight(); p++, column += line) {
      boolean inside = p >= rows.firstOutput(r) && p < rows.endOutput(r) && first < end;
      int y = p * shape.strideHeight() - shape.padTop() + r * shape.dilationHeight();
      int pixel = problem.imageOffset(image, c) + (y * shape.width() + x) * problem.pixelStep();
      if (!fold) {
        row(operands, inside ? first : 0, inside ? end : 0, pixel, column);
      } else if (inside) {
        addRow(operands, end - first, pixel, column + first * problem.columnStep());
      }
    }
  }

  /** Copies the outputs {@code [first, end)} of a row, and zeros for the others. */
  private void row(Operands operands, int first, int end, int pixel, int column) {
    int to = operands.dstOffset + column;
    int step = problem.columnStep();
    zeros(operands.dst, to, first, step);
    int from = operands.srcOffset + pixel;
    int fromStep = shape.strideWidth() * problem.pixelStep();
    if (step == 1 && fromStep == 1 && first < end) {
      System.arraycopy(operands.src, from, operands.dst, to + first, end - first);
    } else {
      for (int q = first; q < end; q++, from += fromStep) {
        operands.dst[to + q * step] = operands.src[from];
      }
    }
    zeros(operands.dst, to + end * step, shape.outputWidth() - end, step);
  }

  private static void zeros(float[] dst, int at, int count, int step) {
    for (int i = 0; i < count; i++) {
      dst[at + i * step] = 0;
    }
  }

  private void addRow(Operands operands, int count, int pixel, int column) {
    int from = operands.srcOffset + column;
    int to = operands.dstOffset + pixel;
    int toStep = shape.strideWidth() * problem.pixelStep();
    for (int i = 0; i < count; i++, from += problem.columnStep(), to += toStep) {
      operands.dst[to] += operands.src[from];
    }
  }
}
