package dev.convector.internal.pack;

import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.simd.Simd;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Brings the pixels of channels-first planes that a 1x1 kernel with stride sees together, so that
 * what multiplies them finds whole vectors: a vector of neighbours of all channels at a time, which
 * makes long loops; a loop over a channel's rows took 35 cycles for each (AMD EPYC, family 26).
 *
 * <p>Immutable, thread-safe.
 */
public final class PixelGather {
  /**
   * The longest stride for which whole vectors are read and permuted, one for each step of the
   * stride; beyond it most of their elements would be left out.
   */
  private static final int MOST_STRIDE = 8;

  /** Takes every second of two vectors' elements. */
  private static final IntVector EVEN = IntVector.zero(INTS).addIndex(2);

  private final int plane;
  private final int row;
  private final int stride;
  private final int width;

  /** For each vector after the first, which lanes are from it and which from those before. */
  private final int[] indexes;

  /** For a 1x1 kernel without padding; without stride all pixels are one row. */
  public PixelGather(ConvShape shape) {
    boolean isPlain = shape.strideHeight() == 1 && shape.strideWidth() == 1;
    this.plane = shape.height() * shape.width();
    this.row = shape.strideHeight() * shape.width();
    this.stride = shape.strideWidth();
    this.width = isPlain ? plane : shape.outputWidth();
    this.indexes = new int[stride <= MOST_STRIDE ? (stride - 1) * LANES : 0];
    for (int i = 0; i < indexes.length; i++) {
      int vector = i / LANES + 1;
      int element = i % LANES * stride;
      boolean isFirst = vector == 1 && element < LANES;
      indexes[i] =
          element / LANES == vector ? LANES + element % LANES : isFirst ? element : i % LANES;
    }
  }

  /** Whether planes so many floats apart are those it was made for. */
  public boolean suits(int plane) {
    return plane == this.plane;
  }

  /**
   * Copies the output pixels from {@code pixel} on of some channels, each channel's {@code step}
   * floats from the last one's.
   *
   * @param planes where the first channel's plane begins
   */
  public void run(
      float[] src, int planes, int channels, int pixel, int pixels, float[] dst, int at, int step) {
    if (width == plane) {
      neighbours(src, planes + pixel, plane, channels, pixels, dst, at, step);
      return;
    }
    int line = planes + pixel / width * row;
    int column = pixel % width;
    for (int done = 0; done < pixels; ) {
      int lanes = Math.min(LANES, Math.min(pixels - done, width - column));
      vectors(src, line + column * stride, channels, dst, at + done, step, lanes);
      done += lanes;
      column += lanes;
      if (column == width) {
        column = 0;
        line += row;
      }
    }
  }

  /**
   * Copies neighbouring pixels of planes so many floats apart: all of one channel at a time, since
   * each has pages of memory of its own.
   */
  public static void neighbours(
      float[] src, int from, int plane, int channels, int pixels, float[] dst, int to, int step) {
    int whole = pixels - pixels % LANES;
    VectorMask<Float> rest = Simd.lanes(0, pixels - whole);
    for (int c = 0; c < channels; c++) {
      int at = from + c * plane;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector.fromArray(SPECIES, src, at + i).intoArray(dst, to + c * step + i);
      }
      if (whole < pixels) {
        FloatVector.fromArray(SPECIES, src, at + whole, rest)
            .intoArray(dst, to + c * step + whole, rest);
      }
    }
  }

  /** Up to a vector of neighbouring pixels of one row, of all channels. */
  private void vectors(
      float[] src, int from, int channels, float[] dst, int to, int step, int lanes) {
    int room = src.length - LANES * stride - from;
    int whole = stride > MOST_STRIDE ? 0 : Math.clamp(Math.floorDiv(room, plane) + 1L, 0, channels);
    switch (stride) {
      case 1 -> copy(src, from, whole, dst, to, step, lanes);
      case 2 -> everySecond(src, from, whole, dst, to, step, lanes);
      default -> permute(src, from, whole, dst, to, step, lanes);
    }
    for (int c = whole; c < channels; c++) {
      for (int i = 0; i < lanes; i++) {
        dst[to + c * step + i] = src[from + c * plane + i * stride];
      }
    }
  }

  private void copy(float[] src, int from, int channels, float[] dst, int to, int step, int lanes) {
    VectorMask<Float> stored = Simd.lanes(0, lanes);
    for (int c = 0; c < channels; c++) {
      FloatVector.fromArray(SPECIES, src, from + c * plane).intoArray(dst, to + c * step, stored);
    }
  }

  private void everySecond(
      float[] src, int from, int channels, float[] dst, int to, int step, int lanes) {
    VectorMask<Float> stored = Simd.lanes(0, lanes);
    for (int c = 0; c < channels; c++) {
      int at = from + c * plane;
      IntVector a = FloatVector.fromArray(SPECIES, src, at).reinterpretAsInts();
      IntVector b = FloatVector.fromArray(SPECIES, src, at + LANES).reinterpretAsInts();
      EVEN.selectFrom(a, b).reinterpretAsFloats().intoArray(dst, to + c * step, stored);
    }
  }

  private void permute(
      float[] src, int from, int channels, float[] dst, int to, int step, int lanes) {
    VectorMask<Float> stored = Simd.lanes(0, lanes);
    for (int c = 0; c < channels; c++) {
      int at = from + c * plane;
      IntVector taken = FloatVector.fromArray(SPECIES, src, at).reinterpretAsInts();
      for (int i = 0; i < indexes.length; i += LANES) {
        IntVector next = FloatVector.fromArray(SPECIES, src, at + i + LANES).reinterpretAsInts();
        taken = IntVector.fromArray(INTS, indexes, i).selectFrom(taken, next);
      }
      taken.reinterpretAsFloats().intoArray(dst, to + c * step, stored);
    }
  }
}
