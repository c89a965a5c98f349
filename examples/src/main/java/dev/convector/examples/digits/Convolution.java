package dev.convector.examples.digits;

import dev.convector.BackwardWeightsPlan;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import java.util.List;
import java.util.random.RandomGenerator;

/** A convolution with a bias; with a kernel as large as its image, a fully connected layer. */
final class Convolution implements Layer {
  private final Conv2d conv;
  private final BackwardWeightsPlan gradients;
  private final Parameter weights;
  private final Parameter bias;
  private final float[] output;
  private final float[] inputGradient;
  private float[] input;

  /** Starts with weights that keep the variance of what follows a ReLU (He et al., 2015). */
  Convolution(Conv2d conv, RandomGenerator random) {
    ConvShape shape = conv.shape();
    this.conv = conv;
    gradients = conv.backwardWeights();
    weights = new Parameter(new float[shape.weightsSize()]);
    bias = new Parameter(new float[shape.filters()]);
    output = new float[shape.outputSize()];
    inputGradient = new float[shape.inputSize()];
    double bound = Math.sqrt(6.0 * shape.filters() / shape.weightsSize());
    for (int i = 0; i < weights.values().length; i++) {
      weights.values()[i] = (float) random.nextDouble(-bound, bound);
    }
  }

  /**
   * A plan packs a copy of the weights, and they change with every step: so a new one each time.
   */
  @Override
  public float[] forward(float[] input) {
    this.input = input;
    conv.plan(weights.values(), bias.values()).run(input, output);
    return output;
  }

  @Override
  public float[] backward(float[] outputGradient, boolean inputWanted) {
    gradients.run(input, outputGradient, weights.gradient(), bias.gradient());
    if (!inputWanted) {
      return null;
    }
    conv.backwardData(weights.values()).run(outputGradient, inputGradient);
    return inputGradient;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(weights, bias);
  }

  /** {@code [filters][channels][kernelHeight][kernelWidth]}. */
  float[] weights() {
    return weights.values();
  }

  Conv2d description() {
    return conv;
  }
}
