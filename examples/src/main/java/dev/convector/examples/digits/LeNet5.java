package dev.convector.examples.digits;

import dev.convector.Conv2d;
import dev.convector.Pool2d;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * LeNet-5 (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
 * recognition", 1998): two convolutions of 5x5, a pooling of 2x2 after each, and three fully
 * connected layers, for images of 32x32 pixels.
 *
 * <p>As it is usually built today: maxima instead of sums, ReLU instead of the hyperbolic tangent,
 * every filter of the second convolution sees all six channels, and scores go to a softmax.
 *
 * <p>The digits have 8x8 pixels. They are enlarged to 24x24, and the first convolution pads them to
 * the 32x32 of the paper, whose digits also stand in the middle of an empty border.
 */
final class LeNet5 {
  /** By which the digits are enlarged. */
  static final int ENLARGED = 3;

  /** Layers of {@link #features}. */
  static final int FEATURES = 6;

  /** Layers after which the first feature maps are there. */
  static final int FIRST_MAPS = 2;

  /** Filters of the first convolution. */
  static final int FIRST_FILTERS = 6;

  private static final int SIZE = 24;
  private static final int PADDING = 4;
  private static final int SECOND_FILTERS = 16;
  private static final int KERNEL = 5;

  private LeNet5() {}

  /** A whole one that has not learned anything yet. */
  static Network create(int batch, RandomGenerator random) {
    List<Layer> layers = new ArrayList<>(features(batch, random));
    layers.addAll(head(batch, random));
    return new Network(batch, layers, 0);
  }

  /** The convolutions of another, frozen, under a head that has not learned anything yet. */
  static Network withNewHead(Network trained, RandomGenerator random) {
    List<Layer> layers = new ArrayList<>(trained.layers().subList(0, FEATURES));
    layers.addAll(head(trained.batch(), random));
    return new Network(trained.batch(), layers, FEATURES);
  }

  /** From 1x24x24 to 16x5x5. */
  private static List<Layer> features(int batch, RandomGenerator random) {
    Conv2d first =
        Conv2d.builder()
            .input(batch, 1, SIZE, SIZE)
            .filters(FIRST_FILTERS, KERNEL, KERNEL)
            .padding(PADDING)
            .build();
    Pool2d firstPool = pool(first);
    Conv2d second =
        Conv2d.builder()
            .input(batch, FIRST_FILTERS, firstPool.outputHeight(), firstPool.outputWidth())
            .filters(SECOND_FILTERS, KERNEL, KERNEL)
            .build();
    return List.of(
        new Convolution(first, random),
        new Relu(first.shape().outputSize()),
        new MaxPooling(firstPool),
        new Convolution(second, random),
        new Relu(second.shape().outputSize()),
        new MaxPooling(pool(second)));
  }

  /** From 16x5x5 to the scores of the classes. */
  private static List<Layer> head(int batch, RandomGenerator random) {
    int[] sizes = {120, 84};
    List<Layer> layers = new ArrayList<>();
    Conv2d.Builder next =
        Conv2d.builder()
            .input(batch, SECOND_FILTERS, KERNEL, KERNEL)
            .filters(sizes[0], KERNEL, KERNEL);
    for (int i = 0; i < sizes.length; i++) {
      layers.add(new Convolution(next.build(), random));
      layers.add(new Relu(batch * sizes[i]));
      int outputs = i + 1 < sizes.length ? sizes[i + 1] : Digits.CLASSES;
      next = Conv2d.builder().input(batch, sizes[i], 1, 1).filters(outputs, 1, 1);
    }
    layers.add(new Convolution(next.build(), random));
    return layers;
  }

  private static Pool2d pool(Conv2d conv) {
    return Pool2d.builder()
        .max()
        .input(
            conv.shape().batch(), conv.shape().filters(), conv.outputHeight(), conv.outputWidth())
        .kernel(2, 2)
        .stride(2)
        .build();
  }
}
