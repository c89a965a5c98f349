package dev.convector.jmh.network;

import java.util.function.UnaryOperator;

/** Networks of depthwise convolutions: MobileNet V1 to V3, EfficientNet-B0, ShuffleNet v2. */
final class MobileNets {
  /** V1: filters, stride. */
  private static final int[][] V1 = {
    {64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2}, {512, 1}, {512, 1}, {512, 1},
    {512, 1}, {512, 1}, {1024, 2}, {1024, 1}
  };

  /** V2 and EfficientNet: kernel, expansion, filters, blocks, stride of the first. */
  private static final int[][] V2 = {
    {3, 1, 16, 1, 1},
    {3, 6, 24, 2, 2},
    {3, 6, 32, 3, 2},
    {3, 6, 64, 4, 2},
    {3, 6, 96, 3, 1},
    {3, 6, 160, 3, 2},
    {3, 6, 320, 1, 1}
  };

  private static final int[][] B0 = {
    {3, 1, 16, 1, 1},
    {3, 6, 24, 2, 2},
    {5, 6, 40, 2, 2},
    {3, 6, 80, 3, 2},
    {5, 6, 112, 3, 1},
    {5, 6, 192, 4, 2},
    {3, 6, 320, 1, 1}
  };

  /** V3 large: kernel, expanded, filters, squeezed or 0, stride; hard-swish from row 6 on. */
  private static final int[][] V3 = {
    {3, 16, 16, 0, 1}, {3, 64, 24, 0, 2}, {3, 72, 24, 0, 1}, {5, 72, 40, 24, 2},
    {5, 120, 40, 32, 1}, {5, 120, 40, 32, 1}, {3, 240, 80, 0, 2}, {3, 200, 80, 0, 1},
    {3, 184, 80, 0, 1}, {3, 184, 80, 0, 1}, {3, 480, 112, 120, 1}, {3, 672, 112, 168, 1},
    {5, 672, 160, 168, 2}, {5, 960, 160, 240, 1}, {5, 960, 160, 240, 1}
  };

  private static final int FIRST_HARD_SWISH = 6;

  /** ShuffleNet v2 1.0: filters and blocks of the stages. */
  private static final int[][] SHUFFLE = {{116, 4}, {232, 8}, {464, 4}};

  private MobileNets() {}

  /** Howard et al. (2017). */
  static Flow v1(NetworkBuilder b, Flow x) {
    Flow y = b.convNormRelu(x, 32, Window.same(3, 2));
    for (int[] row : V1) {
      y = b.relu(b.convNorm(y, y.channels(), Window.same(3, row[1]), y.channels()));
      y = b.convNormRelu(y, row[0], Window.ONE);
    }
    return b.classes(y, 1000);
  }

  /** Sandler et al. (2018). */
  static Flow v2(NetworkBuilder b, Flow x) {
    Flow y = b.relu6(b.convNorm(x, 32, Window.same(3, 2)));
    for (int[] row : V2) {
      for (int block = 0; block < row[3]; block++) {
        Window window = Window.same(row[0], block == 0 ? row[4] : 1);
        Flow deep = depthwise(b, y, row[1] * y.channels(), window, b::relu6);
        y = project(b, y, deep, row[2]);
      }
    }
    return b.classes(b.relu6(b.convNorm(y, 1280, Window.ONE)), 1000);
  }

  /** Howard et al., "Searching for MobileNetV3" (2019). */
  static Flow v3(NetworkBuilder b, Flow x) {
    Flow y = b.hardSwish(b.convNorm(x, 16, Window.same(3, 2)));
    for (int i = 0; i < V3.length; i++) {
      int[] row = V3[i];
      UnaryOperator<Flow> activation = i < FIRST_HARD_SWISH ? b::relu : b::hardSwish;
      Flow deep = depthwise(b, y, row[1], Window.same(row[0], row[4]), activation);
      if (row[3] > 0) {
        Flow squeezed = b.relu(b.conv(b.globalAverage(deep), row[3], Window.ONE));
        deep = b.multiply(deep, b.hardSigmoid(b.conv(squeezed, row[1], Window.ONE)));
      }
      y = project(b, y, deep, row[2]);
    }
    Flow pooled = b.globalAverage(b.hardSwish(b.convNorm(y, 960, Window.ONE)));
    return b.dense(b.hardSwish(b.dense(b.flatten(pooled), 1280)), 1000);
  }

  /** Tan and Le (2019). */
  static Flow efficientNetB0(NetworkBuilder b, Flow x) {
    Flow y = b.silu(b.convNorm(x, 32, Window.same(3, 2)));
    for (int[] row : B0) {
      for (int block = 0; block < row[3]; block++) {
        Window window = Window.same(row[0], block == 0 ? row[4] : 1);
        Flow deep = depthwise(b, y, row[1] * y.channels(), window, b::silu);
        Flow squeezed = b.silu(b.conv(b.globalAverage(deep), y.channels() / 4, Window.ONE));
        deep = b.multiply(deep, b.sigmoid(b.conv(squeezed, deep.channels(), Window.ONE)));
        y = project(b, y, deep, row[2]);
      }
    }
    return b.classes(b.silu(b.convNorm(y, 1280, Window.ONE)), 1000);
  }

  /** Expands, where there is something to expand. */
  private static Flow depthwise(
      NetworkBuilder b, Flow x, int expanded, Window window, UnaryOperator<Flow> activation) {
    Flow wide =
        expanded == x.channels() ? x : activation.apply(b.convNorm(x, expanded, Window.ONE));
    return activation.apply(b.convNorm(wide, expanded, window, expanded));
  }

  private static Flow project(NetworkBuilder b, Flow x, Flow deep, int filters) {
    Flow y = b.convNorm(deep, filters, Window.ONE);
    return y.shape().equals(x.shape()) ? b.add(x, y) : y;
  }

  /** Ma et al. (2018). */
  static Flow shuffleNetV2(NetworkBuilder b, Flow x) {
    Flow y = b.maxPool(b.convNormRelu(x, 24, Window.same(3, 2)), Window.same(3, 2));
    for (int[] row : SHUFFLE) {
      int half = row[0] / 2;
      Flow left = b.convNorm(y, y.channels(), Window.same(3, 2), y.channels());
      y = shuffled(b, b.convNormRelu(left, half, Window.ONE), branch(b, y, half, 2));
      for (int block = 1; block < row[1]; block++) {
        var halves = b.split(y, 1, 2);
        y = shuffled(b, halves.get(0), branch(b, halves.get(1), half, 1));
      }
    }
    return b.classes(b.convNormRelu(y, 1024, Window.ONE), 1000);
  }

  private static Flow branch(NetworkBuilder b, Flow x, int filters, int stride) {
    Flow y = b.convNormRelu(x, filters, Window.ONE);
    y = b.convNorm(y, filters, Window.same(3, stride), filters);
    return b.convNormRelu(y, filters, Window.ONE);
  }

  private static Flow shuffled(NetworkBuilder b, Flow left, Flow right) {
    Flow y = b.concat(1, left, right);
    Flow grouped = b.reshape(y, y.batch(), 2, y.channels() / 2, y.height(), y.width());
    Flow mixed = b.transpose(grouped, 0, 2, 1, 3, 4);
    return b.reshape(mixed, y.batch(), y.channels(), y.height(), y.width());
  }
}
