package dev.convector.examples.digits;

import java.util.List;

/** Stochastic gradient descent with momentum: each step is a part of the last plus a new one. */
final class Momentum {
  private final List<Parameter> parameters;
  private final List<float[]> steps;
  private final float momentum;

  Momentum(List<Parameter> parameters, float momentum) {
    this.parameters = parameters;
    this.momentum = momentum;
    steps = parameters.stream().map(p -> new float[p.values().length]).toList();
  }

  /** Goes a step against the gradients. */
  void step(float rate) {
    for (int p = 0; p < steps.size(); p++) {
      float[] step = steps.get(p);
      float[] values = parameters.get(p).values();
      float[] gradient = parameters.get(p).gradient();
      for (int i = 0; i < step.length; i++) {
        step[i] = momentum * step[i] - rate * gradient[i];
        values[i] += step[i];
      }
    }
  }
}
