package dev.convector.properties;

import dev.convector.Algorithm;
import dev.convector.Execution;
import dev.convector.Plan;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A description that was accepted, what runs it, and what should come out.
 *
 * @param weights how many it has, 0 for none
 * @param tolerance of the difference from the oracle
 */
record FuzzCase(
    Object text,
    long weights,
    long products,
    Function<float[], Planned> plan,
    Oracle oracle,
    double tolerance) {
  /** What bilinear resizing and averages of integers may be off by. */
  private static final double ROUNDING = 2e-5;

  interface Oracle {
    /**
     * @param residual null for none
     */
    float[] run(float[] weights, float[] src, float[] residual);
  }

  interface Run {
    void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution);
  }

  interface ResidualRun {
    void run(
        float[] src,
        int srcOffset,
        float[] residual,
        int residualOffset,
        float[] dst,
        int dstOffset,
        Execution execution);
  }

  /**
   * A plan.
   *
   * @param residualRun null where there are no residuals
   */
  record Planned(int inputSize, int outputSize, Run run, ResidualRun residualRun) {
    Planned(Plan plan, ResidualRun residualRun) {
      this(plan.inputSize(), plan.outputSize(), plan::run, residualRun);
    }
  }

  /** A convolution, whose oracle is the reference's plan. */
  static FuzzCase conv(
      Object text, long weights, long products, BiFunction<float[], Algorithm, Planned> plan) {
    Oracle oracle =
        (values, src, residual) -> {
          Planned reference = plan.apply(values, Algorithm.REFERENCE);
          float[] dst = new float[reference.outputSize()];
          reference.residualRun.run(src, 0, residual, 0, dst, 0, Execution.serial());
          return dst;
        };
    return new FuzzCase(
        text, weights, products, values -> plan.apply(values, Algorithm.AUTO), oracle, 0);
  }

  static FuzzCase of(Object text, Plan plan, UnaryOperator<float[]> oracle) {
    return new FuzzCase(
        text,
        0,
        0,
        none -> new Planned(plan, null),
        (none, src, residual) -> oracle.apply(src),
        ROUNDING);
  }
}
