package dev.convector.internal.gradient;

import java.util.List;
import java.util.stream.IntStream;

/** What computes the gradients: a work for each slice of the kernel, and one for the bias. */
public final class GradientWorks {
  private final List<GradientWork> slices;
  private final BiasGradient bias;
  private final int scratchFloats;
  private final int scratchInts;

  private GradientWorks(List<GradientWork> slices, BiasGradient bias) {
    this.slices = slices;
    this.bias = bias;
    this.scratchFloats =
        slices.stream()
            .mapToInt(GradientWork::scratchFloats)
            .reduce(BiasGradient.scratchFloats(), Math::max);
    this.scratchInts = slices.stream().mapToInt(GradientWork::scratchInts).reduce(0, Math::max);
  }

  public static GradientWorks of(GradientProblem problem) {
    return new GradientWorks(
        IntStream.range(0, problem.slices()).mapToObj(i -> work(problem.at(i))).toList(),
        new BiasGradient(problem));
  }

  private static GradientWork work(GradientProblem slice) {
    // A slice that lies in the padding of zeros for all outputs has sums of nothing.
    if (slice.batch() == 0) {
      return new ScalarGradient(slice);
    }
    if (OuterGradient.accepts(slice) && OuterGradient.pays(slice)) {
      return new OuterGradient(slice);
    }
    if (DenseGradient.accepts(slice) && DenseGradient.pays(slice)) {
      return new DenseGradient(slice);
    }
    if (GroupedGradient.accepts(slice)) {
      return new GroupedGradient(slice);
    }
    if (DotGradient.accepts(slice)) {
      return new DotGradient(slice);
    }
    return new ScalarGradient(slice);
  }

  int slices() {
    return slices.size();
  }

  GradientWork slice(int index) {
    return slices.get(index);
  }

  BiasGradient bias() {
    return bias;
  }

  /** Floats of scratch that each worker needs. */
  public int scratchFloats() {
    return scratchFloats;
  }

  /** Ints of scratch that each worker needs. */
  public int scratchInts() {
    return scratchInts;
  }
}
