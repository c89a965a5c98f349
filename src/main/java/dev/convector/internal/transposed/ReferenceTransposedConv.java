package dev.convector.internal.transposed;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.TransposedProblem;
import dev.convector.reference.ReferenceConvTranspose2d;

/** The oracle as an algorithm: one unit, nothing packed but copies; it allocates its sums. */
public final class ReferenceTransposedConv implements PackedWork {
  private final TransposedProblem problem;
  private final float[] weights;
  private final float[] bias;

  public ReferenceTransposedConv(TransposedProblem problem, float[] weights, float[] bias) {
    this.problem = problem;
    this.weights = weights.clone();
    this.bias = bias == null ? null : bias.clone();
  }

  @Override
  public long packedBytes() {
    return Float.BYTES * (weights.length + (bias == null ? 0L : bias.length));
  }

  @Override
  public int scratchFloats() {
    return 0;
  }

  @Override
  public int units(int threads) {
    return 1;
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    footprint.read.add(0, problem.shape().inputSize());
    footprint.written.add(0, problem.shape().outputSize());
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    ReferenceConvTranspose2d.run(
        problem.shape(),
        problem.layout(),
        false,
        problem.activation(),
        weights,
        bias,
        operands.src,
        operands.srcOffset,
        operands.residual,
        operands.residualOffset,
        operands.dst,
        operands.dstOffset);
  }
}
