package dev.convector.internal.gradient;

import dev.convector.internal.parallel.Scratch;

/**
 * Computes a weights' gradient in units, which may run in any order and at the same time, each
 * writing elements of its own. How many there are may depend on the number of threads, the order in
 * which an element's products are added may not.
 */
public interface GradientWork {

  /** Floats of scratch that each worker needs. */
  int scratchFloats();

  /** Ints of scratch that each worker needs. */
  int scratchInts();

  /** How many units to cut the work into for so many threads; at least 1. */
  int units(int threads);

  /** Whether its units sum the bias' gradient too, where that is wanted. */
  default boolean sumsBias() {
    return false;
  }

  /** Computes one of {@code units} units. */
  void run(GradientOperands operands, int unit, int units, Scratch scratch);
}
