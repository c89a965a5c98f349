package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Sums the pixels of each channel: in stretches, whose sums are added to each other. */
final class BiasGradient {
  /** Pixels of a stretch: about the square root of many pixels, so that few roundings add up. */
  private static final int STRETCH = 256;

  /** Vectors of channels at a time, which are neighbours in memory. */
  private static final int VECTORS = 4;

  private final GradientImage image;
  private final int batch;
  private final boolean ofX;

  BiasGradient(GradientProblem problem) {
    this.image = problem.biased();
    this.batch = problem.volumes();
    this.ofX = problem.biasOfX();
  }

  static int scratchFloats() {
    return VECTORS * LANES;
  }

  /** A unit has some channels; channels last, whole vectors of them. */
  int units(int threads) {
    return Split.parts(1, Math.ceilDiv(image.channels(), unitStep()), threads);
  }

  private int unitStep() {
    return image.channelsLast() ? LANES : 1;
  }

  void run(GradientOperands operands, int unit, int units, Scratch scratch) {
    int pieces = Math.ceilDiv(image.channels(), unitStep());
    int first = Split.start(pieces, unit, units) * unitStep();
    int end = Math.min(image.channels(), Split.start(pieces, unit + 1, units) * unitStep());
    float[] values = ofX ? operands.x : operands.y;
    int offset = ofX ? operands.xOffset : operands.yOffset;
    float[] sums = scratch.floats;
    if (!image.channelsLast()) {
      for (int c = first; c < end; c++) {
        operands.putBias(c, (float) planes(values, offset, c, sums));
      }
      return;
    }
    int c = first;
    while (end - c >= LANES) {
      int channels = end - c >= VECTORS * LANES ? VECTORS * LANES : LANES;
      if (channels > LANES) {
        widePixels(values, offset + c, sums);
      } else {
        pixels(values, offset + c, sums);
      }
      for (int i = 0; i < channels; i++) {
        operands.putBias(c + i, sums[i]);
      }
      c += channels;
    }
    for (; c < end; c++) {
      operands.putBias(c, (float) scalar(values, offset + c));
    }
  }

  /** Sums as many neighbouring channels as a vector has lanes. */
  private void pixels(float[] values, int offset, float[] sums) {
    int step = image.channels();
    int count = batch * image.height() * image.width();
    FloatVector total = FloatVector.zero(SPECIES);
    for (int from = 0; from < count; from += STRETCH) {
      int to = Math.min(count, from + STRETCH);
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int i = from; i < to; i++) {
        sum = sum.add(FloatVector.fromArray(SPECIES, values, offset + i * step));
      }
      total = total.add(sum);
    }
    total.intoArray(sums, 0);
  }

  /** The same of {@link #VECTORS} vectors. */
  private void widePixels(float[] values, int offset, float[] sums) {
    int step = image.channels();
    int count = batch * image.height() * image.width();
    Arrays.fill(sums, 0, VECTORS * LANES, 0);
    for (int from = 0; from < count; from += STRETCH) {
      stretch(values, offset + from * step, step, Math.min(STRETCH, count - from), sums);
    }
  }

  private static void stretch(float[] values, int offset, int step, int count, float[] sums) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (int i = 0; i < count; i++) {
      int at = offset + i * step;
      a = a.add(FloatVector.fromArray(SPECIES, values, at));
      b = b.add(FloatVector.fromArray(SPECIES, values, at + LANES));
      c = c.add(FloatVector.fromArray(SPECIES, values, at + 2 * LANES));
      d = d.add(FloatVector.fromArray(SPECIES, values, at + 3 * LANES));
    }
    a.add(FloatVector.fromArray(SPECIES, sums, 0)).intoArray(sums, 0);
    b.add(FloatVector.fromArray(SPECIES, sums, LANES)).intoArray(sums, LANES);
    c.add(FloatVector.fromArray(SPECIES, sums, 2 * LANES)).intoArray(sums, 2 * LANES);
    d.add(FloatVector.fromArray(SPECIES, sums, 3 * LANES)).intoArray(sums, 3 * LANES);
  }

  private double scalar(float[] values, int offset) {
    int step = image.channels();
    int count = batch * image.height() * image.width();
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[offset + i * step];
    }
    return sum;
  }

  private double planes(float[] values, int offset, int channel, float[] lanes) {
    int count = image.height() * image.width();
    int whole = count / LANES * LANES;
    double sum = 0;
    for (int n = 0; n < batch; n++) {
      int plane = offset + image.at(n, channel, 0, 0);
      for (int from = 0; from < whole; from += STRETCH) {
        stretch(values, plane + from, Math.min(STRETCH, whole - from), lanes);
        for (int i = 0; i < LANES; i++) {
          sum += lanes[i];
        }
      }
      for (int i = whole; i < count; i++) {
        sum += values[plane + i];
      }
    }
    return sum;
  }

  private static void stretch(float[] values, int offset, int count, float[] lanes) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < count; i += LANES) {
      sum = sum.add(FloatVector.fromArray(SPECIES, values, offset + i));
    }
    sum.intoArray(lanes, 0);
  }
}
