package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.INTS;
import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Operands;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Maxima and where they were: the first of equal ones, row by row, and the last NaN. Channels in
 * the lanes where there are enough, else element by element, since in any order but that of the
 * taps the first of equal ones isn't found.
 */
public final class MaxIndices extends PoolRowWork {
  public MaxIndices(PoolProblem problem) {
    super(problem);
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
  void rows(Operands o, int from, int to, Scratch scratch) {
    int group = image.group();
    for (int i = from; i < to; i++) {
      int at = o.srcOffset + i / rows.outputs() * image.plane();
      for (int q = 0; q < columns.outputs(); q++) {
        int pixel = i * image.outputRow() + q * group;
        if (group >= LANES) {
          vectors(o, at, i % rows.outputs(), q, pixel);
        } else {
          for (int c = 0; c < group; c++) {
            scalar(o, at + c, i % rows.outputs(), q, pixel + c);
          }
        }
      }
    }
  }

  /**
   * One loop over all taps, and places that move as floats with the maxima: in two nested loops,
   * with a mask for each kind of lane, C2 boxed all vectors in one JVM of many.
   */
  private void vectors(Operands o, int at, int p, int q, int pixel) {
    int group = image.group();
    int width = columns.taps()[q];
    int taps = rows.taps()[p] * width;
    int step = columns.dilation();
    int rowStep = rows.dilation() * columns.size() - width * step;
    int place = rows.first()[p] * columns.size() + columns.first()[q];
    for (int c = 0; c < group; c += LANES) {
      int channel = Math.min(c, group - LANES);
      FloatVector most = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      FloatVector places = IntVector.broadcast(INTS, place).reinterpretAsFloats();
      int tap = place;
      for (int t = 0, s = 0; t < taps; t++) {
        FloatVector v = FloatVector.fromArray(SPECIES, o.src, at + tap * group + channel);
        VectorMask<Float> larger = most.lt(v).or(v.compare(VectorOperators.NE, v));
        most = most.blend(v, larger);
        places = places.blend(IntVector.broadcast(INTS, tap).reinterpretAsFloats(), larger);
        s++;
        int end = s == width ? 1 : 0;
        s -= end * width;
        tap += step + end * rowStep;
      }
      most.intoArray(o.dst, o.dstOffset + pixel + channel);
      places.reinterpretAsInts().intoArray(o.indices, o.indicesOffset + pixel + channel);
    }
  }

  private void scalar(Operands o, int at, int p, int q, int element) {
    float[] x = o.src;
    int group = image.group();
    int place = rows.first()[p] * columns.size() + columns.first()[q];
    int best = place;
    float most = Float.NEGATIVE_INFINITY;
    for (int r = 0; r < rows.taps()[p]; r++) {
      int tap = place + r * rows.dilation() * columns.size();
      for (int s = 0; s < columns.taps()[q]; s++, tap += columns.dilation()) {
        float value = x[at + tap * group];
        if (value > most || Float.isNaN(value)) {
          most = value;
          best = tap;
        }
      }
    }
    o.dst[o.dstOffset + element] = most;
    o.indices[o.indicesOffset + element] = best;
  }
}
