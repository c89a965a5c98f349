package dev.convector.onnx.cli;

import dev.convector.onnx.OnnxModel;
import dev.convector.onnx.Tensor;
import dev.convector.onnx.ValueInfo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/** Tensors for a model's inputs. */
final class Inputs {
  private Inputs() {}

  static Map<String, Tensor> zeros(OnnxModel model, ModelArgument argument) {
    return filled(model, argument, () -> 0);
  }

  /** Floats from -1 to 1, always the same; whole numbers are 0. */
  static Map<String, Tensor> random(OnnxModel model, ModelArgument argument) {
    Random random = new Random(1);
    return filled(model, argument, () -> 2 * random.nextDouble() - 1);
  }

  private static Map<String, Tensor> filled(
      OnnxModel model, ModelArgument argument, DoubleSupplier values) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (ValueInfo input : model.inputs()) {
      long[] shape = argument.shape(input);
      int size = size(shape);
      if (input.type().isFloating()) {
        float[] floats = new float[size];
        for (int i = 0; i < size; i++) {
          floats[i] = (float) values.getAsDouble();
        }
        inputs.put(input.name(), Tensor.of(floats, shape));
      } else {
        inputs.put(input.name(), Tensor.of(input.type(), new long[size], shape));
      }
    }
    return inputs;
  }

  private static int size(long[] shape) {
    long size = 1;
    for (long dimension : shape) {
      if (dimension != 0 && size > (Integer.MAX_VALUE - 8) / dimension) {
        throw new IllegalArgumentException(
            "--shape: " + text(shape) + "; must have at most as many elements as an array can");
      }
      size *= dimension;
    }
    return (int) size;
  }

  /** Such as {@code 1,3,224,224}. */
  static String text(long[] shape) {
    return Arrays.stream(shape).mapToObj(String::valueOf).collect(Collectors.joining(","));
  }
}
