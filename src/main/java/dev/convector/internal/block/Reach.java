package dev.convector.internal.block;

import dev.convector.Axis;
import dev.convector.TransposedAxis;

/**
 * Which elements of an input's axis the outputs of a range see: from {@code floor((output *
 * multiplier - shift) / divisor)} of the first output on, to that of the last one and {@code span}
 * elements.
 *
 * @param span what a single output may see
 */
public record Reach(int multiplier, int shift, int divisor, int span) {

  /** Of a convolution. */
  public static Reach of(Axis a) {
    return new Reach(a.stride(), a.padBefore(), 1, a.effectiveKernel());
  }

  /** Of a transposed one. */
  public static Reach of(TransposedAxis a) {
    int before = (a.effectiveKernel() - 1) / a.stride();
    return new Reach(1, before * a.stride() - a.padBefore(), a.stride(), before + 1);
  }

  /** The first element, negative in the padding. */
  public int first(int output) {
    return Math.floorDiv(output * multiplier - shift, divisor);
  }

  /** One past the last element, also in the padding. */
  public int end(int endOutput) {
    return first(endOutput - 1) + span;
  }

  /** Whether elements between those of neighbouring outputs are seen by none. */
  public boolean hasGaps() {
    return divisor == 1 && multiplier > span;
  }

  /** Whether an element lies in no gap. */
  public boolean sees(int element) {
    return !hasGaps() || Math.floorMod(element + shift, multiplier) < span;
  }

  /** The most elements that so many outputs see. */
  public long most(int outputs) {
    return ((outputs - 1L) * multiplier + divisor - 1) / divisor + span;
  }
}
