package dev.convector.onnx.cli;

import dev.convector.onnx.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Probabilities of classes. */
record Classes(double[] probabilities, boolean softmax, List<String> names) {
  private static final int SHOWN = 5;

  /** Whether a tensor has one number for each class. */
  static boolean are(Tensor tensor) {
    return tensor.type().isFloating()
        && tensor.shape().length >= 2
        && tensor.dimension(0) == 1
        && tensor.dimension(1) > 1
        && tensor.dimension(1) == tensor.size();
  }

  /** Values that are no probabilities yet become some by softmax. */
  static Classes of(float[] values, List<String> names) {
    double sum = 0;
    boolean negative = false;
    double largest = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      sum += value;
      negative |= value < 0;
      largest = Math.max(largest, value);
    }
    if (!negative && Math.abs(sum - 1) < 1e-3) {
      return new Classes(
          IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray(), false, names);
    }
    double offset = largest;
    double[] powers =
        IntStream.range(0, values.length).mapToDouble(i -> Math.exp(values[i] - offset)).toArray();
    double total = IntStream.range(0, powers.length).mapToDouble(i -> powers[i]).sum();
    return new Classes(
        IntStream.range(0, powers.length).mapToDouble(i -> powers[i] / total).toArray(),
        true,
        names);
  }

  /** A line for each, the likeliest first. */
  String firstFive() {
    StringBuilder text = new StringBuilder();
    IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -probabilities[i]))
        .limit(SHOWN)
        .forEach(
            i ->
                text.append(
                    String.format(
                        Locale.ROOT, "  %5.1f %%  %4d  %s%n", 100 * probabilities[i], i, name(i))));
    return softmax ? text.append(String.format("  (by softmax)%n")).toString() : text.toString();
  }

  private String name(int i) {
    return i < names.size() ? names.get(i) : "";
  }
}
