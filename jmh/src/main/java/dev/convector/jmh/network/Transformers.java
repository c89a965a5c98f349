package dev.convector.jmh.network;

/** A vision transformer, and the convolutional network that took after it. */
final class Transformers {
  /** ConvNeXt-T: filters and blocks of the stages. */
  private static final int[][] CONVNEXT_T = {{96, 3}, {192, 3}, {384, 9}, {768, 3}};

  private static final int VIT_WIDTH = 768;
  private static final int VIT_BLOCKS = 12;
  private static final int VIT_HEADS = 12;

  private Transformers() {}

  /** Liu et al., "A ConvNet for the 2020s" (2022). */
  static Flow convNeXtT(NetworkBuilder b, Flow x) {
    Flow y = x;
    for (int[] stage : CONVNEXT_T) {
      y =
          y == x
              ? pixelNorm(b, b.conv(y, stage[0], Window.valid(4, 4)))
              : b.conv(pixelNorm(b, y), stage[0], Window.valid(2, 2));
      for (int block = 0; block < stage[1]; block++) {
        y = b.add(y, convNeXtBlock(b, y, stage[0]));
      }
    }
    return b.dense(b.layerNorm(b.flatten(b.globalAverage(y))), 1000);
  }

  private static Flow convNeXtBlock(NetworkBuilder b, Flow x, int filters) {
    Flow y = b.conv(x, filters, Window.same(7, 1), filters, true);
    y = b.layerNorm(b.transpose(y, 0, 2, 3, 1));
    y = b.linear(b.gelu(b.linear(y, 4 * filters)), filters);
    return b.transpose(b.scaled(y, 0.5), 0, 3, 1, 2);
  }

  private static Flow pixelNorm(NetworkBuilder b, Flow x) {
    return b.transpose(b.layerNorm(b.transpose(x, 0, 2, 3, 1)), 0, 3, 1, 2);
  }

  /** Dosovitskiy et al., "An image is worth 16x16 words" (2020). */
  static Flow vitB16(NetworkBuilder b, Flow x) {
    Flow y = b.conv(x, VIT_WIDTH, Window.valid(16, 16));
    int patches = y.height() * y.width();
    y = b.transpose(b.reshape(y, y.batch(), VIT_WIDTH, patches), 0, 2, 1);
    y = b.positions(b.concat(1, b.parameter(x.batch(), 1, VIT_WIDTH), y));
    for (int block = 0; block < VIT_BLOCKS; block++) {
      y = b.add(y, attention(b, b.layerNorm(y)));
      y = b.add(y, b.linear(b.gelu(b.linear(b.layerNorm(y), 4 * VIT_WIDTH)), VIT_WIDTH));
    }
    return b.dense(b.first(b.layerNorm(y)), 1000);
  }

  private static Flow attention(NetworkBuilder b, Flow x) {
    var parts = b.split(b.linear(x, 3 * VIT_WIDTH), 2, 3);
    Flow queries = b.transpose(heads(b, parts.get(0)), 0, 2, 1, 3);
    Flow keys = b.transpose(heads(b, parts.get(1)), 0, 2, 3, 1);
    Flow values = b.transpose(heads(b, parts.get(2)), 0, 2, 1, 3);
    Flow weights = b.softmax(b.times(b.product(queries, keys), Math.sqrt(1.0 / queries.last())));
    Flow mixed = b.transpose(b.product(weights, values), 0, 2, 1, 3);
    return b.linear(b.reshape(mixed, x.batch(), x.channels(), VIT_WIDTH), VIT_WIDTH);
  }

  private static Flow heads(NetworkBuilder b, Flow x) {
    return b.reshape(x, x.batch(), x.channels(), VIT_HEADS, VIT_WIDTH / VIT_HEADS);
  }
}
