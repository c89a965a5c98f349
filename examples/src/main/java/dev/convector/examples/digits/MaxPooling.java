package dev.convector.examples.digits;

import dev.convector.Pool2d;
import dev.convector.Pool2dBackwardPlan;
import dev.convector.Pool2dPlan;

/** The maximum of each window, to whose place its gradient goes back. */
final class MaxPooling implements Layer {
  private final Pool2dPlan plan;
  private final Pool2dBackwardPlan back;
  private final float[] output;
  private final int[] places;
  private final float[] inputGradient;

  MaxPooling(Pool2d pool) {
    plan = pool.plan();
    back = pool.backward();
    output = new float[plan.outputSize()];
    places = new int[plan.outputSize()];
    inputGradient = new float[plan.inputSize()];
  }

  @Override
  public float[] forward(float[] input) {
    plan.run(input, output, places);
    return output;
  }

  @Override
  public float[] backward(float[] outputGradient, boolean inputWanted) {
    if (!inputWanted) {
      return null;
    }
    back.run(outputGradient, places, inputGradient);
    return inputGradient;
  }
}
