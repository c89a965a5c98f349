package dev.convector.internal.pool;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.Layout;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.resample.TapResample;
import dev.convector.internal.resample.TapResample.Image;

/** What computes a pooling. */
public final class PoolWorks {
  private PoolWorks() {}

  /** From the input to the output. */
  public static PackedWork forward(PoolProblem problem) {
    boolean pixels = problem.layout() == Layout.NCHW;
    if (pixels && problem.global() && problem.rows().size() * problem.columns().size() >= LANES) {
      return new PoolPixelPlanes(problem);
    }
    PackedWork rows = pixels || problem.channels() < LANES ? null : PoolRows.of(problem);
    if (rows != null) {
      return rows;
    }
    if (PoolPixelStrips.accepts(problem)) {
      return new PoolPixelStrips(problem);
    }
    if (PoolPixelFlat.accepts(problem)) {
      return new PoolPixelFlat(problem);
    }
    PackedWork anywhere = problem.columns().stride() == 1 ? null : PoolPixelTaps.of(problem);
    return anywhere == null ? new PoolPixelRows(problem) : anywhere;
  }

  /** From the input to maxima and where they were. */
  public static PackedWork indices(PoolProblem problem) {
    return MaxIndexPlanes.accepts(problem) ? new MaxIndexPlanes(problem) : new MaxIndices(problem);
  }

  /** From an average's gradient to its input's. */
  public static PackedWork averageBackward(PoolProblem problem) {
    return new TapResample(
        problem.rows().average().transposed(),
        problem.columns().average().transposed(),
        new Image(problem.layout(), problem.batch(), problem.channels()));
  }
}
