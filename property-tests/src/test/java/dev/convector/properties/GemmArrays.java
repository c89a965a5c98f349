package dev.convector.properties;

import dev.convector.Execution;
import dev.convector.Gemm;
import dev.convector.GemmPlan;
import dev.convector.reference.ReferenceGemm;
import java.util.Random;

/**
 * The arrays of a product. What is no element of a matrix, before it, behind it and between its
 * rows, is NaN; and so is the result before the run, if beta is 0 and nobody may read it.
 */
final class GemmArrays {
  final float[] a;
  final float[] b;
  final float[] c;

  private final GemmCase of;
  private final float[] before;

  GemmArrays(GemmCase of) {
    this.of = of;
    Random random = new Random(of.seed());
    a = GuardedArray.guarded(of.offsets().a(), of.aSize());
    b = GuardedArray.guarded(of.offsets().b(), of.bSize());
    c = GuardedArray.guarded(of.offsets().c(), of.cSize());
    fill(random, a, of.offsets().a(), of.aSize(), of.lda(), of.gaps().a());
    fill(random, b, of.offsets().b(), of.bSize(), of.ldb(), of.gaps().b());
    if (of.beta() != 0) {
      fill(random, c, of.offsets().c(), of.cSize(), of.ldc(), of.gaps().c());
    }
    before = c.clone();
  }

  /** Rows of {@code distance - gap} elements; the specials, if any, are in one of them. */
  private void fill(Random random, float[] array, int offset, int size, int distance, int gap) {
    int special = random.nextInt(size) / distance;
    for (int at = 0; at < size; at += distance) {
      int from = offset + at;
      if (at / distance == special) {
        of.values().fillInput(random, array, from, from + distance - gap);
      } else {
        of.values().fill(random, array, from, from + distance - gap);
      }
    }
  }

  /** The result's whole array after a run that packs b itself. */
  float[] run(Gemm gemm, Execution execution) {
    reset();
    gemm.run(a, of.offsets().a(), b, of.offsets().b(), c, of.offsets().c(), execution);
    return c.clone();
  }

  /** The result's whole array after a run of a plan. */
  float[] run(GemmPlan plan, Execution execution) {
    reset();
    plan.run(a, of.offsets().a(), c, of.offsets().c(), execution);
    return c.clone();
  }

  /** The result's array as it is before a run. */
  float[] before() {
    return before.clone();
  }

  private void reset() {
    System.arraycopy(before, 0, c, 0, c.length);
  }

  /** The result's whole array as the definition has it. */
  float[] reference() {
    float[] result = before();
    reference(a, b, of.alpha(), of.beta(), result);
    return result;
  }

  /** For each element the sum of the absolute values of all that is added. */
  float[] magnitude() {
    float[] result = absolute(before);
    reference(absolute(a), absolute(b), Math.abs(of.alpha()), Math.abs(of.beta()), result);
    return result;
  }

  private static float[] absolute(float[] values) {
    float[] absolute = values.clone();
    for (int i = 0; i < absolute.length; i++) {
      absolute[i] = Float.isNaN(absolute[i]) ? absolute[i] : Math.abs(absolute[i]);
    }
    return absolute;
  }

  private void reference(float[] left, float[] right, float alpha, float beta, float[] result) {
    GemmCase.Sizes s = of.sizes();
    ReferenceGemm.run(
        s.m(),
        s.n(),
        s.k(),
        of.transposeA(),
        of.transposeB(),
        alpha,
        left,
        of.offsets().a(),
        of.lda(),
        right,
        of.offsets().b(),
        of.ldb(),
        beta,
        result,
        of.offsets().c(),
        of.ldc());
  }

  /** Whether an index of the result's array is one of the result's elements. */
  boolean isResult(int index) {
    int at = index - of.offsets().c();
    return at >= 0 && at < of.cSize() && at % of.ldc() < of.sizes().n();
  }
}
