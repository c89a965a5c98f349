package dev.convector.examples.digits;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers in a row, the first of which may be frozen: they stay as they are. */
final class Network {
  private final int batch;
  private final List<Layer> layers;
  private final int frozen;
  private float[] scoresGradient = new float[0];

  /**
   * @param batch images of a pass
   * @param frozen layers at the beginning that don't learn
   */
  Network(int batch, List<Layer> layers, int frozen) {
    this.batch = batch;
    this.layers = List.copyOf(layers);
    this.frozen = frozen;
  }

  int batch() {
    return batch;
  }

  List<Layer> layers() {
    return layers;
  }

  /** Of the layers that learn. */
  List<Parameter> parameters() {
    List<Parameter> all = new ArrayList<>();
    layers.stream().skip(frozen).forEach(layer -> all.addAll(layer.parameters()));
    return all;
  }

  /** How many numbers it learns. */
  int size() {
    return parameters().stream().mapToInt(p -> p.values().length).sum();
  }

  /**
   * What the last layer makes of a batch.
   *
   * @param images {@code [batch][channels][height][width]}
   * @return {@code [batch][classes]}, overwritten by the next call
   */
  float[] scores(float[] images) {
    return upTo(layers.size(), images);
  }

  /** What so many layers make of a batch. */
  float[] upTo(int depth, float[] images) {
    float[] values = images;
    for (Layer layer : layers.subList(0, depth)) {
      values = layer.forward(values);
    }
    return values;
  }

  /** The loss of a batch; its gradients are in the parameters afterwards. */
  double gradients(float[] images, int[] labels) {
    float[] scores = scores(images);
    if (scoresGradient.length != scores.length) {
      scoresGradient = new float[scores.length];
    }
    double loss = CrossEntropy.of(scores, labels, scoresGradient);
    float[] gradient = scoresGradient;
    for (int i = layers.size() - 1; i >= frozen; i--) {
      gradient = layers.get(i).backward(gradient, i > frozen);
    }
    return loss;
  }

  /** The probabilities of each picture's classes. */
  List<double[]> probabilities(Digits digits) {
    List<double[]> all = new ArrayList<>();
    int area = digits.size() * digits.size();
    float[] images = new float[batch * area];
    for (int from = 0; from < digits.count(); from += batch) {
      int count = Math.min(batch, digits.count() - from);
      // What is left of the batch before stays behind a last one that isn't full.
      System.arraycopy(digits.pixels(), from * area, images, 0, count * area);
      float[] scores = scores(images);
      for (int i = 0; i < count; i++) {
        all.add(CrossEntropy.softmax(scores, i, scores.length / batch));
      }
    }
    return all;
  }

  /** The part of the pictures whose likeliest class is their label. */
  double accuracy(Digits digits) {
    List<double[]> probabilities = probabilities(digits);
    int right = 0;
    for (int i = 0; i < digits.count(); i++) {
      right += likeliest(probabilities.get(i)) == digits.labels()[i] ? 1 : 0;
    }
    return (double) right / digits.count();
  }

  static int likeliest(double[] probabilities) {
    double largest = Arrays.stream(probabilities).max().orElseThrow();
    int at = 0;
    while (probabilities[at] != largest) {
      at++;
    }
    return at;
  }
}
