package dev.convector.internal.gradient;

/** What computes a weights' gradient. */
public final class GradientWorks {
  private GradientWorks() {}

  public static GradientWork of(GradientProblem problem) {
    if (DenseGradient.accepts(problem) && DenseGradient.pays(problem)) {
      return new DenseGradient(problem);
    }
    if (DepthwiseGradient.accepts(problem) && DepthwiseGradient.pays(problem)) {
      return new DepthwiseGradient(problem);
    }
    if (DotGradient.accepts(problem)) {
      return new DotGradient(problem);
    }
    return new ScalarGradient(problem);
  }
}
