package dev.convector.internal.plan;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.reference.ReferenceConv2d;
import java.util.function.Supplier;

/** The oracle as an algorithm: one unit, nothing packed but copies. */
final class ReferenceConv implements PackedWork {
  private final ConvProblem problem;
  private final float[] weights;
  private final float[] bias;

  ReferenceConv(ConvProblem problem, float[] weights, float[] bias) {
    this(weights.clone(), bias == null ? null : bias.clone(), problem);
  }

  private ReferenceConv(float[] weights, float[] bias, ConvProblem problem) {
    this.problem = problem;
    this.weights = weights;
    this.bias = bias;
  }

  @Override
  public PackedWork withProblem(ConvProblem other) {
    return new ReferenceConv(weights, bias, other);
  }

  @Override
  public Supplier<float[]> original() {
    return weights::clone;
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
    ReferenceConv2d.run(
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
