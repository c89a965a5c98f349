package dev.convector.internal.gradient;

/** What computes a weights' gradient. */
public final class GradientWorks {
  private GradientWorks() {}

  public static GradientWork of(GradientProblem problem) {
    if (DenseGradient.accepts(problem)) {
      return new DenseGradient(problem);
    }
    return new ScalarGradient(problem);
  }
}
