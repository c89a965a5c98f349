package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import jdk.incubator.vector.FloatVector;

/** What becomes of results that depthwise kernels put in scratch as they lie in the output. */
final class DepthwisePixelOutput {
  private final Epilogue epilogue;

  DepthwisePixelOutput(Epilogue epilogue) {
    this.epilogue = epilogue;
  }

  /** Whether results need nothing but a clamp, which the kernels do. */
  boolean isDirect(Operands operands) {
    return operands.residual == null && epilogue.isClamp();
  }

  /** Lower bound for the kernels' store. */
  float low(Operands operands) {
    return isDirect(operands) ? epilogue.low() : Float.NEGATIVE_INFINITY;
  }

  /** Upper bound for the kernels' store. */
  float high(Operands operands) {
    return isDirect(operands) ? epilogue.high() : Float.POSITIVE_INFINITY;
  }

  /**
   * Adds a residual, applies an activation that the kernels' store didn't, and moves.
   *
   * @param y which element of the output is the first
   * @param from where in scratch the results are; up to a vector behind them is overwritten
   * @param residual where in scratch there is room for as many, and a vector
   */
  void finish(Operands operands, int y, int from, int length, float[] scratch, int residual) {
    finish(operands, y, from, length, scratch, residual, isDirect(operands));
  }

  /** The same of kernels that never clamp. */
  void finishUnclamped(
      Operands operands, int y, int from, int length, float[] scratch, int residual) {
    boolean isDone = isDirect(operands) && !epilogue.isClamped();
    finish(operands, y, from, length, scratch, residual, isDone);
  }

  private void finish(
      Operands operands,
      int y,
      int from,
      int length,
      float[] scratch,
      int residual,
      boolean isActivated) {
    if (operands.residual != null) {
      System.arraycopy(operands.residual, operands.residualOffset + y, scratch, residual, length);
      add(scratch, from, residual, length);
    }
    if (!isActivated) {
      epilogue.activate(scratch, from, length);
    }
    System.arraycopy(scratch, from, operands.dst, operands.dstOffset + y, length);
  }

  private static void add(float[] values, int to, int from, int length) {
    for (int i = 0; i < length; i += LANES) {
      FloatVector.fromArray(SPECIES, values, to + i)
          .add(FloatVector.fromArray(SPECIES, values, from + i))
          .intoArray(values, to + i);
    }
  }
}
