package dev.convector.internal.gradient;

/** What computes a weights' gradient. */
public final class GradientWorks {
  private GradientWorks() {}

  public static GradientWork of(GradientProblem problem) {
    return new ScalarGradient(problem);
  }
}
