package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import jdk.incubator.vector.FloatVector;

/** Sums the pixels of each channel: in stretches, whose sums are added to each other. */
final class BiasGradient {
  /** Pixels of a stretch: about the square root of many pixels, so that few roundings add up. */
  private static final int STRETCH = 256;

  private final GradientImage image;
  private final int batch;
  private final boolean ofX;

  BiasGradient(GradientProblem problem) {
    this.image = problem.biased();
    this.batch = problem.volumes();
    this.ofX = problem.biasOfX();
  }

  static int scratchFloats() {
    return LANES;
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
    for (int c = first; c < end; c += unitStep()) {
      if (!image.channelsLast()) {
        operands.putBias(c, (float) planes(values, offset, c, scratch.floats));
      } else if (end - c >= LANES) {
        pixels(values, offset + c, scratch.floats);
        for (int i = 0; i < LANES; i++) {
          operands.putBias(c + i, scratch.floats[i]);
        }
      } else {
        for (int i = c; i < end; i++) {
          operands.putBias(i, (float) scalar(values, offset + i));
        }
      }
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
