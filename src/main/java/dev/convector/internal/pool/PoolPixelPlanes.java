package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;

/** Global pooling, channels first: as many planes at a time as there are lanes. */
final class PoolPixelPlanes implements PackedWork {
  private final PoolProblem problem;
  private final int planes;
  private final int size;

  /** Bits that leave of the last vector of a plane what no whole vector covers. */
  private final float[] tail = new float[LANES];

  PoolPixelPlanes(PoolProblem problem) {
    this.problem = problem;
    planes = problem.batch() * problem.channels();
    size = problem.rows().size() * problem.columns().size();
    for (int lane = LANES - size % LANES; lane < LANES; lane++) {
      tail[lane] = Float.intBitsToFloat(-1);
    }
  }

  @Override
  public long packedBytes() {
    return (long) LANES * Float.BYTES;
  }

  @Override
  public int scratchFloats() {
    return LANES * LANES;
  }

  @Override
  public int units(int threads) {
    return Split.parts(1, Math.ceilDiv(planes, LANES), threads);
  }

  @Override
  public int units(int threads, int least) {
    return Split.atLeast(least, Math.ceilDiv(planes, LANES), units(threads));
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int groups = Math.ceilDiv(planes, LANES);
    int first = Split.start(groups, unit, units) * LANES;
    int count = Math.min(planes, Split.start(groups, unit + 1, units) * LANES) - first;
    footprint.read.add(first * size, count * size);
    footprint.written.add(first, count);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int groups = Math.ceilDiv(planes, LANES);
    int to = Split.start(groups, unit + 1, units);
    for (int group = Split.start(groups, unit, units); group < to; group++) {
      int first = group * LANES;
      group(operands, first, Math.min(LANES, planes - first), scratch.floats);
    }
  }

  private void group(Operands o, int first, int count, float[] t) {
    int at = o.srcOffset + first * size;
    int to = o.dstOffset + first;
    if (!problem.max()) {
      SumPixelKernels.planes(o.src, at, size, count, t, 0, tail, 0);
      SumPixelKernels.tree(t, 0);
      float divisor = problem.divisor(0, 0);
      for (int i = 0; i < count; i++) {
        o.dst[to + i] = t[i] / divisor;
      }
    } else if (MaxPixelKernels.planes(o.src, at, size, count, t, 0, tail, 0)) {
      for (int i = 0; i < count; i++) {
        o.dst[to + i] = PoolScalar.max(o.src, at + i * size, 1, size, 0, 1);
      }
    } else {
      MaxPixelKernels.tree(t, 0);
      System.arraycopy(t, 0, o.dst, to, count);
    }
  }
}
