package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.pack.PixelGather;
import dev.convector.internal.simd.Simd;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Unfolds windows of a channels-first image into panels of the micro-kernel's right operand: a step
 * of the depth (channel, kernel row, kernel column) is one shifted run of pixels, so that it is
 * copied whole vectors at a time. Lanes lie along the pixels of the output plane.
 */
final class DensePixelPanels {
  /** Takes every second of two vectors' elements. */
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(SPECIES, i -> 2 * i);

  private static final int NR = DenseWeights.NR;

  private final ConvShape shape;
  private final int outputWidth;
  private final int taps;

  /** Whether the output's pixels are the input's, as one row: all of a flattened 1x1 kernel. */
  private final boolean isPlain;

  /** Of a 1x1 kernel without padding; else null. */
  private final PixelGather gather;

  DensePixelPanels(ConvShape shape) {
    this.shape = shape;
    this.outputWidth = shape.outputWidth();
    this.taps = shape.kernelHeight() * shape.kernelWidth();
    this.isPlain =
        taps == 1
            && shape.height() == 1
            && shape.outputHeight() == 1
            && shape.padTop() == 0
            && shape.strideWidth() == 1
            && shape.padLeft() == 0
            && outputWidth == shape.width();
    this.gather = taps == 1 && !shape.isPadded() ? new PixelGather(shape) : null;
  }

  /**
   * Packs the call's stretch of the depth of the output pixels {@code [pixel, pixel + pixels)}, at
   * most as many as its steps have floats. Lanes beyond the pixels are left as they are.
   */
  void pack(DensePixelPack call, int pixel, int pixels) {
    if (isPlain) {
      int source = call.group + call.from * call.plane + pixel;
      PixelGather.neighbours(
          call.src,
          source,
          call.plane,
          call.to - call.from,
          pixels,
          call.panel,
          call.at,
          call.step);
      return;
    }
    if (gather != null && gather.suits(call.plane)) {
      int source = call.group + call.from * call.plane;
      int channels = call.to - call.from;
      gather.run(call.src, source, channels, pixel, pixels, call.panel, call.at, call.step);
      return;
    }
    int lane = 0;
    while (lane < pixels) {
      int row = (pixel + lane) / outputWidth;
      int column = (pixel + lane) % outputWidth;
      call.lane = lane;
      call.lanes = Math.min(LANES, Math.min(pixels - lane, outputWidth - column));
      for (int s = 0; s < shape.kernelWidth(); s++) {
        packTapColumn(call, row, column, s);
      }
      lane += call.lanes;
    }
  }

  /**
   * Packs as many whole panels as the pixels of planes that are panels already fill, all of one
   * channel at a time, since each has pages of memory of its own. Panel by panel, of 16 pixels with
   * AVX2, 512 channels at 63x63 to 64 filters take 1.18 to 1.26 of the time, 256 at 64x64 1.06 to
   * 1.24, 1024 at 33x33 to 128 1.11 to 1.19, 512 at 28x28 to 128 1.05, 64 at 56x56 to 256 0.98 to
   * 1.01 (Zen 4).
   *
   * @param apart floats from one panel to the next
   * @return how many panels it has packed, none of other planes
   */
  int packWhole(DensePixelPack call, int pixel, int panels, int apart) {
    if (!isPlain) {
      return 0;
    }
    float[] src = call.src;
    float[] dst = call.panel;
    int plane = call.plane;
    int from = call.group + call.from * plane + pixel;
    int to = call.at;
    for (int c = call.from; c < call.to; c++) {
      int at = to;
      int end = from + panels * NR;
      for (int i = from; i < end; i += NR) {
        for (int v = 0; v < NR; v += LANES) {
          FloatVector.fromArray(SPECIES, src, i + v).intoArray(dst, at + v);
        }
        at += apart;
      }
      from += plane;
      to += NR;
    }
    return panels;
  }

  /** All steps of one kernel column, for neighbouring pixels of one output row. */
  private void packTapColumn(DensePixelPack call, int row, int column, int s) {
    int stride = shape.strideWidth();
    int x = column * stride - shape.padLeft() + s * shape.dilationWidth();
    int y = row * shape.strideHeight() - shape.padTop();
    int first = Math.clamp(Math.ceilDiv(-(long) x, stride), 0, call.lanes);
    int last = Math.clamp(Math.ceilDiv((long) shape.width() - x, stride), first, call.lanes);
    call.first = first;
    call.last = last;
    for (int r = 0; r < shape.kernelHeight(); r++) {
      int tap = r * shape.kernelWidth() + s;
      int channel = Math.max(0, Math.ceilDiv(call.from - tap, taps));
      int channels = Math.ceilDiv(call.to - tap, taps) - channel;
      int target = call.at + call.lane + (channel * taps + tap - call.from) * call.step;
      int line = y + r * shape.dilationHeight();
      int source = call.group + channel * call.plane + line * shape.width() + x;
      int lastSource = source + (channels - 1) * call.plane;
      boolean full = last - first == LANES;
      if (first == last || line < 0 || line >= shape.height()) {
        zeros(channels, call.panel, target, taps * call.step, call.lanes);
      } else if (full && stride == 1) {
        vectors(call, source, channels, target);
      } else if (full && stride == 2 && lastSource + 2 * LANES <= call.src.length) {
        everySecond(call, source, channels, target);
      } else if (stride == 1 && source >= 0 && lastSource + LANES <= call.src.length) {
        partial(call, source, channels, target);
      } else {
        scalars(call, source, channels, target);
      }
    }
  }

  private static void zeros(int channels, float[] panel, int target, int step, int lanes) {
    VectorMask<Float> stored = Simd.lanes(0, lanes);
    for (int c = 0; c < channels; c++) {
      FloatVector.zero(SPECIES).intoArray(panel, target + c * step, stored);
    }
  }

  private void vectors(DensePixelPack call, int source, int channels, int target) {
    float[] src = call.src;
    float[] panel = call.panel;
    int plane = call.plane;
    int step = taps * call.step;
    for (int c = 0; c < channels; c++) {
      FloatVector.fromArray(SPECIES, src, source + c * plane).intoArray(panel, target + c * step);
    }
  }

  private void everySecond(DensePixelPack call, int source, int channels, int target) {
    float[] src = call.src;
    float[] panel = call.panel;
    int plane = call.plane;
    int step = taps * call.step;
    for (int c = 0; c < channels; c++) {
      FloatVector.fromArray(SPECIES, src, source + c * plane)
          .rearrange(EVEN, FloatVector.fromArray(SPECIES, src, source + c * plane + LANES))
          .intoArray(panel, target + c * step);
    }
  }

  /** Loads whole vectors, which must lie inside the array. */
  private void partial(DensePixelPack call, int source, int channels, int target) {
    float[] src = call.src;
    float[] panel = call.panel;
    int plane = call.plane;
    int step = taps * call.step;
    VectorMask<Float> stored = Simd.lanes(0, call.lanes);
    VectorMask<Float> inside = Simd.lanes(call.first, call.last);
    for (int c = 0; c < channels; c++) {
      FloatVector v = FloatVector.fromArray(SPECIES, src, source + c * plane);
      FloatVector.zero(SPECIES).blend(v, inside).intoArray(panel, target + c * step, stored);
    }
  }

  private void scalars(DensePixelPack call, int source, int channels, int target) {
    int stride = shape.strideWidth();
    int step = taps * call.step;
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < call.lanes; i++) {
        boolean inside = i >= call.first && i < call.last;
        call.panel[target + c * step + i] =
            inside ? call.src[source + c * call.plane + i * stride] : 0;
      }
    }
  }
}
