package dev.convector.internal.problem;

import dev.convector.Algorithm;
import java.util.function.Supplier;

/** A convolution with its weights packed by one algorithm. */
public interface PackedConv extends PackedWork {

  Algorithm algorithm();

  /**
   * The same weights, shared, for a problem that differs in batch, height and width alone and for
   * which the list chooses this algorithm. Null where the packed form depends on those sizes, or
   * where the algorithm has another form that is faster for the new ones: then it is packed again.
   */
  default PackedConv withProblem(ConvProblem problem) {
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
