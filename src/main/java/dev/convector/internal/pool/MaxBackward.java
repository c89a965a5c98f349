package dev.convector.internal.pool;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.Arrays;

/**
 * Adds each output's gradient to where its maximum was, one output after another. A unit has whole
 * planes, or some channels of one image, so that no two add to the same element and each element's
 * sum has the outputs' order.
 */
public final class MaxBackward implements PackedWork {
  /** Neighbouring channels of a unit: two cache lines. */
  private static final int LEAST_CHANNELS = 32;

  private final PoolImage image;
  private final int outputs;
  private final int area;

  public MaxBackward(PoolProblem problem) {
    this.image = PoolImage.of(problem);
    this.outputs = problem.rows().outputs() * problem.columns().outputs();
    this.area = problem.rows().size() * problem.columns().size();
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
    int planeParts = Split.parts(1, image.planes(), threads);
    int most = Math.ceilDiv(image.group(), LEAST_CHANNELS);
    return planeParts * Split.parts(planeParts, most, threads);
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, image.planes(), units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int channelParts = Math.ceilDiv(units, image.planes());
    int planeParts = units / channelParts;
    int group = image.group();
    int from = Split.start(group, unit % channelParts, channelParts);
    int to = Split.start(group, unit % channelParts + 1, channelParts);
    int first = Split.start(image.planes(), unit / channelParts, planeParts);
    int count = Split.start(image.planes(), unit / channelParts + 1, planeParts) - first;
    footprint.read.add(first * outputs * group, count * outputs * group);
    int at = first * area * group + from;
    if (to - from == group) {
      footprint.written.add(at, count * area * group);
    } else {
      footprint.written.add(at, to - from, count * area, group, 1, 0);
    }
  }

  @Override
  public void run(Operands o, int unit, int units, Scratch scratch) {
    int channelParts = Math.ceilDiv(units, image.planes());
    int planeParts = units / channelParts;
    int from = Split.start(image.group(), unit % channelParts, channelParts);
    int to = Split.start(image.group(), unit % channelParts + 1, channelParts);
    int end = Split.start(image.planes(), unit / channelParts + 1, planeParts);
    for (int n = Split.start(image.planes(), unit / channelParts, planeParts); n < end; n++) {
      zeros(o.dst, o.dstOffset + n * image.plane(), from, to);
      plane(o, n, from, to);
    }
  }

  private void zeros(float[] y, int yAt, int from, int to) {
    int group = image.group();
    if (to - from == group) {
      Arrays.fill(y, yAt, yAt + image.plane(), 0);
      return;
    }
    for (int pixel = 0; pixel < area; pixel++) {
      Arrays.fill(y, yAt + pixel * group + from, yAt + pixel * group + to, 0);
    }
  }

  private void plane(Operands o, int n, int from, int to) {
    int group = image.group();
    float[] x = o.src;
    float[] y = o.dst;
    int[] indices = o.indices;
    int yAt = o.dstOffset + n * image.plane();
    for (int output = 0; output < outputs; output++) {
      int element = (n * outputs + output) * group;
      for (int c = from; c < to; c++) {
        int place = indices[o.indicesOffset + element + c];
        y[yAt + place * group + c] += x[o.srcOffset + element + c];
      }
    }
  }
}
