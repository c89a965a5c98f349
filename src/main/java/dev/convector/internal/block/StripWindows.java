package dev.convector.internal.block;

import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Brings pixels of a row to the windows of an {@link InputStrip}: which channels go where. */
final class StripWindows {
  private final ConvShape shape;
  private final InputStrip.Windows windows;
  private final int step;
  private final int phases;
  private final int windowFloats;

  /** Of a strip of pairs, which are longs, the windows' lanes; else null. */
  private final int[] lanes;

  /** Whether a pixel is its channels and nothing else, so that pixels are copied in one piece. */
  private final boolean dense;

  /** Vectors of the first window, which has as many as any. */
  private final int windowVectors;

  /**
   * Channel of each vector of each window: of several vectors the last ends with the window, and
   * one that holds more than the window goes on to what follows.
   */
  private final int[] sources;

  /** Where each of these goes for the first pixel. */
  private final int[] targets;

  /** The largest of {@link #sources}. */
  private int lastSource;

  /**
   * @param step floats from one pixel to the next
   * @param phases how many columns of the image neighbours in the strip are apart
   * @param windowFloats floats from one window to the next
   */
  StripWindows(
      ConvShape shape, InputStrip.Windows windows, int step, int phases, int windowFloats) {
    this.shape = shape;
    this.windows = windows;
    this.step = step;
    this.phases = phases;
    this.windowFloats = windowFloats;
    this.lanes = windows.lanes();
    this.dense = phases == 1 && windows.windows() == 1 && step == shape.channels() && lanes == null;
    this.windowVectors = Math.ceilDiv(windows.channels(0), LANES);
    this.sources = new int[dense ? 0 : windows.windows() * windowVectors];
    this.targets = new int[sources.length];
    for (int i = 0; i < sources.length; i++) {
      int w = i / windowVectors;
      int vector = Math.max(0, Math.min(i % windowVectors * LANES, windows.channels(w) - LANES));
      sources[i] = windows.channel(w) + vector;
      targets[i] = w * windowFloats + vector;
      lastSource = Math.max(lastSource, sources[i]);
    }
  }

  /** Whether the strip's floats are pairs, held as longs. */
  boolean arePairs() {
    return lanes != null;
  }

  /** From a channels-first image's row, so many pixels. */
  void transpose(BlockRun run, int image, int pixel, int pixels, int from, int to, int at) {
    int plane = run.operands.sourcePlane(shape.height() * shape.width());
    int first = run.operands.srcOffset + image * shape.channels() * plane + pixel;
    for (int w = from; w < to; w++, at += windowFloats) {
      Transpose.run(
          run.operands.src,
          first + windows.channel(w) * plane,
          plane,
          windows.channels(w),
          pixels,
          run.scratch.floats,
          at,
          step);
    }
  }

  /**
   * From a channels-last image, so many pixels of it, neighbours in the strip.
   *
   * @param pixel the first, counted through all images
   * @param at where the first pixel of the window {@code from} goes
   */
  void copy(BlockRun run, int pixel, int pixels, int from, int to, int at) {
    float[] src = run.operands.src;
    float[] dst = run.scratch.floats;
    int channels = shape.channels();
    int apart = channels * phases;
    int source = run.operands.srcOffset + pixel * channels;
    if (dense) {
      System.arraycopy(src, source, dst, at, pixels * channels);
      return;
    }
    int target = at - from * windowFloats;
    if (lanes != null) {
      for (int i = 0; i < pixels; i++) {
        copyPairs(src, source + i * apart, from, to, run.pairs, target + i * step);
      }
      return;
    }
    // The pixels for which whole vectors lie inside the array.
    int room = src.length - LANES - lastSource - source;
    int whole = Math.clamp(Math.floorDiv(room, apart) + 1, 0, pixels);
    for (int i = 0; i < whole; i++) {
      copyVectors(
          src,
          source + i * apart,
          from * windowVectors,
          to * windowVectors,
          dst,
          target + i * step);
    }
    for (int i = whole; i < pixels; i++) {
      copyFloats(src, source + i * apart, from, to, dst, target + i * step);
    }
  }

  private void copyVectors(float[] src, int from, int v, int end, float[] dst, int to) {
    for (; v < end; v++) {
      FloatVector.fromArray(SPECIES, src, from + sources[v]).intoArray(dst, to + targets[v]);
    }
  }

  /** Windows of LANES channels, which all lie inside the pixel. */
  private void copyPairs(float[] src, int from, int w, int end, long[] dst, int to) {
    for (; w < end; w++) {
      IntVector channels =
          FloatVector.fromArray(SPECIES, src, from + sources[w]).reinterpretAsInts();
      IntVector.fromArray(INTS, lanes, w * LANES)
          .selectFrom(channels)
          .reinterpretAsLongs()
          .intoArray(dst, (to + targets[w]) / 2);
    }
  }

  private void copyFloats(float[] src, int from, int w, int end, float[] dst, int to) {
    for (; w < end; w++) {
      int channel = from + windows.channel(w);
      int channels = windows.channels(w);
      for (int j = 0; j < channels; j++) {
        dst[to + w * windowFloats + j] = src[channel + j];
      }
    }
  }
}
