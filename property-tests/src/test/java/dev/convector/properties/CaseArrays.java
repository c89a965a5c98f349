package dev.convector.properties;

import java.util.Arrays;
import java.util.Random;

/**
 * The arrays of a case. Whatever surrounds an operand is NaN: what is read from there shows in the
 * result, and what is written there is found afterwards.
 */
final class CaseArrays {
  final float[] weights;
  final float[] bias;
  final float[] src;
  final float[] dst;
  final float[] residual;
  final int residualOffset;

  private final RunCase of;
  private final float[] dstBefore;

  CaseArrays(RunCase of) {
    this.of = of;
    Random random = new Random(of.seed());
    weights = new float[of.weightsSize()];
    of.values().fill(random, weights, 0, weights.length);
    bias = of.bias() ? new float[of.filters()] : null;
    if (of.bias()) {
      of.values().fill(random, bias, 0, bias.length);
    }
    src = GuardedArray.guarded(of.srcOffset(), of.inputSize());
    of.values().fillInput(random, src, of.srcOffset(), of.srcOffset() + of.inputSize());
    dst = GuardedArray.guarded(of.dstOffset(), of.outputSize());
    switch (of.residual()) {
      case NONE -> {
        residual = null;
        residualOffset = 0;
      }
      case APART -> {
        residualOffset = 5;
        residual = GuardedArray.guarded(residualOffset, of.outputSize());
      }
      case IN_DST -> {
        residualOffset = of.dstOffset();
        residual = dst;
      }
      default -> throw new AssertionError(of.residual());
    }
    if (residual != null) {
      of.values().fill(random, residual, residualOffset, residualOffset + of.outputSize());
    }
    dstBefore = dst.clone();
  }

  /** The output's place as it was before any run. */
  void reset() {
    System.arraycopy(dstBefore, 0, dst, 0, dst.length);
  }

  int srcOffset() {
    return of.srcOffset();
  }

  float[] output() {
    return Arrays.copyOfRange(dst, of.dstOffset(), of.dstOffset() + of.outputSize());
  }

  /** Whether the elements around the output are what they were. */
  boolean guardsHold() {
    int end = of.dstOffset() + of.outputSize();
    return same(dst, dstBefore, 0, of.dstOffset()) && same(dst, dstBefore, end, dst.length);
  }

  /** Whether a run changed what it may only read; {@code fresh} are the same arrays, unused. */
  boolean inputsHold(CaseArrays fresh) {
    boolean hold =
        same(src, fresh.src, 0, src.length)
            && same(weights, fresh.weights, 0, weights.length)
            && (bias == null || same(bias, fresh.bias, 0, bias.length));
    return hold
        && (of.residual() != Residual.APART || same(residual, fresh.residual, 0, residual.length));
  }

  static boolean same(float[] a, float[] b, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Float.floatToRawIntBits(a[i]) != Float.floatToRawIntBits(b[i])) {
        return false;
      }
    }
    return true;
  }
}
