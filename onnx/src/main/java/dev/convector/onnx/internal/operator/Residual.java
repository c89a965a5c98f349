package dev.convector.onnx.internal.operator;

import dev.convector.onnx.internal.execute.Operand;
import dev.convector.onnx.internal.execute.Order;
import java.util.Arrays;

/**
 * What a convolution or product adds to its result: by itself if it has the result's shape, and
 * otherwise by a step after it, which then applies the activation too.
 */
final class Residual {
  private final Operand added;
  private final boolean late;

  private Residual(Operand added, boolean late) {
    this.added = added;
    this.late = late;
  }

  /** The current node's, for a result of some shape. */
  static Residual of(Site site, int[] shape) {
    Operand added = site.residual();
    return new Residual(added, added != null && !Arrays.equals(added.shape(), shape));
  }

  /** Whether a step of its own adds it. */
  boolean isLate() {
    return late;
  }

  /** For a convolution of pixels: what it adds by itself, or null. */
  Operand operand(Site site) {
    if (added == null || late) {
      return null;
    }
    return site.in(Order.CHANNELS_LAST, added.rank() == 3 ? Images.flat(added) : added);
  }

  /** For a product, whose result lies naturally: what it adds by itself, or null. */
  Operand natural(Site site) {
    return added == null || late ? null : site.in(Order.NATURAL, added);
  }

  /** Adds the step that is late. */
  void add(Site site, Operand result) {
    Binary.add(site, result, added, site.node().activation());
  }
}
