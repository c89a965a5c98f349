package dev.convector;

/**
 * How large rounding errors may be: which algorithms a description allows.
 *
 * <p>Bounds are for the largest error of an output, against exact arithmetic, divided by the root
 * mean square of all outputs, with independent normal inputs and weights. Fast algorithms add
 * values of different outputs and subtract them again, so their errors follow the largest values of
 * a tile and not each output's own.
 */
public enum Accuracy {
  /** No Winograd: every output is one sum of its products, in a fixed order. */
  STRICT,
  /** Winograd's F(2x2, 3x3) and F(4x4, 3x3) too. */
  STANDARD,
  /** Winograd's F(6x6, 3x3) too. */
  RELAXED
}
