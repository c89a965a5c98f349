package dev.convector.jmh.network;

/** Huang et al., "Densely connected convolutional networks" (2016). */
final class DenseNets {
  private static final int[] LAYERS_121 = {6, 12, 24, 16};
  private static final int GROWTH = 32;

  private DenseNets() {}

  static Flow denseNet121(NetworkBuilder b, Flow x) {
    Flow y = b.maxPool(b.convNormRelu(x, 2 * GROWTH, Window.same(7, 2)), Window.same(3, 2));
    for (int layers : LAYERS_121) {
      if (y.channels() > 2 * GROWTH) {
        y = b.conv(b.relu(b.batchNorm(y)), y.channels() / 2, Window.ONE, 1, false);
        y = b.averagePool(y, Window.valid(2, 2));
      }
      for (int layer = 0; layer < layers; layer++) {
        Flow narrow = b.conv(b.relu(b.batchNorm(y)), 4 * GROWTH, Window.ONE, 1, false);
        Flow grown = b.conv(b.relu(b.batchNorm(narrow)), GROWTH, Window.same(3, 1), 1, false);
        y = b.concat(1, y, grown);
      }
    }
    return b.classes(b.relu(b.batchNorm(y)), 1000);
  }
}
