package dev.convector.internal.problem;

import dev.convector.internal.parallel.Scratch;
import java.util.function.Supplier;

/**
 * Work on packed weights: what a plan runs.
 *
 * <p>The work is cut into units, which may run in any order and at the same time, each writing
 * elements of the output that no other unit writes. How many units there are may depend on the
 * number of threads; the bits of an output element may not.
 */
public interface PackedWork {

  /** Bytes of packed weights and bias. */
  long packedBytes();

  /** Floats of scratch that each worker needs. */
  int scratchFloats();

  /** Ints of scratch that each worker needs. */
  default int scratchInts() {
    return 0;
  }

  /** How many units to cut the work into for so many threads; at least 1. */
  int units(int threads);

  /**
   * The same where units should be small: at least so many, if the work can be cut so finely. They
   * may be more than {@link #units(int)}.
   */
  default int units(int threads, int least) {
    return units(threads);
  }

  /** Adds what one of {@code units} units reads and writes. */
  void footprint(int unit, int units, Footprint footprint);

  /** Computes one of {@code units} units. */
  void run(Operands operands, int unit, int units, Scratch scratch);

  /**
   * Whether it can read images ahead, to the same bits, where {@link Operands#readsAhead} says so.
   */
  default boolean mayReadAhead() {
    return false;
  }

  /**
   * Whether the pixels of a channels-last result may lie further apart than their channels, as
   * {@link Operands#resultPixel} says. What lies between them is not touched.
   */
  default boolean allowsResultDistance() {
    return false;
  }

  /**
   * The same weights, shared, for a problem that differs in batch, height and width alone and for
   * which the list chooses this class. Null where the packed form depends on those sizes: then it
   * is packed again.
   */
  default PackedWork withProblem(ConvProblem problem) {
    return null;
  }

  /**
   * Gives the weights back, as they were before they were packed. Null where the packed form has
   * lost them: then the plan keeps them beside it.
   */
  default Supplier<float[]> original() {
    return null;
  }
}
