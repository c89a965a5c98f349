package dev.convector;

/**
 * How large rounding errors may be: which algorithms a description allows.
 *
 * <p>Measured with independent normal inputs and weights: the largest error of an output, against
 * double arithmetic, divided by the root mean square of all outputs.
 *
 * <pre>
 *   channels          16       64      128      256      512     1024
 *   direct       2.0e-6   4.6e-6   5.3e-6   8.6e-6   1.2e-5   1.3e-5
 *   F(2x2, 3x3)  1.0e-6   1.5e-6   2.5e-6   3.7e-6   4.1e-6   5.7e-6
 *   F(4x4, 3x3)  4.0e-6   1.1e-5   8.6e-6   1.3e-5   1.4e-5   2.0e-5
 *   F(6x6, 3x3)  3.6e-5   5.4e-5   8.5e-5   8.4e-5   9.8e-5   1.4e-4
 *   F(2x2, 5x5)  3.4e-6   4.5e-6   6.4e-6   9.8e-6   1.1e-5   1.7e-5
 *   F(4x4, 5x5)  1.7e-5   3.2e-5   3.9e-5   5.1e-5   6.5e-5   1.1e-4
 * </pre>
 *
 * <p>Winograd's algorithms compute a tile of outputs from sums and differences of its inputs. So an
 * error follows the largest values of the tile, not each output's own: small outputs beside large
 * ones lose relative accuracy, NaN and infinities reach every output of the tile (infinities as
 * NaN), and subnormal inputs keep only an error bound relative to the tile. Integers need not come
 * out exact.
 *
 * <p>Subnormal weights, those below 2<sup>-126</sup>, are multiplied 12 to 178 times slower than
 * others. Unless accuracy is strict they are packed as zeros; an output differs by less than
 * 2<sup>-126</sup> times the sum of its inputs' absolute values. Inputs and bias stay as they are.
 */
public enum Accuracy {
  /**
   * No Winograd: every output is one sum of its products, in a fixed order, of all weights as they
   * were given.
   */
  STRICT,
  /**
   * Winograd's F(2x2, 3x3), F(4x4, 3x3) and F(2x2, 5x5) too: errors within 2e-5 up to 512 channels.
   */
  STANDARD,
  /** Winograd's F(6x6, 3x3) and F(4x4, 5x5) too: errors within 2e-4 up to 512 channels. */
  RELAXED
}
