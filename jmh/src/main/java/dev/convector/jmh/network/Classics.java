package dev.convector.jmh.network;

/** Chains of convolutions, and what they led to. */
final class Classics {
  /** Filters of VGG-16's stages; each ends with a pool. */
  private static final int[][] VGG_16 = {
    {64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}
  };

  /** SqueezeNet 1.1: squeezed and expanded filters; a pool stands before each row. */
  private static final int[][] FIRES = {
    {16, 64, 16, 64}, {32, 128, 32, 128}, {48, 192, 48, 192, 64, 256, 64, 256}
  };

  private Classics() {}

  /** LeCun et al., "Gradient-based learning applied to document recognition" (1998). */
  static Flow leNet5(NetworkBuilder b, Flow x) {
    Flow y = b.averagePool(b.tanh(b.conv(x, 6, Window.valid(5, 1))), Window.valid(2, 2));
    y = b.averagePool(b.tanh(b.conv(y, 16, Window.valid(5, 1))), Window.valid(2, 2));
    y = b.tanh(b.dense(b.flatten(y), 120));
    return b.dense(b.tanh(b.dense(y, 84)), 10);
  }

  /** Krizhevsky et al. (2012), with its two groups. */
  static Flow alexNet(NetworkBuilder b, Flow x) {
    Flow y = b.localResponse(b.relu(b.conv(x, 96, Window.valid(11, 4))));
    y = b.maxPool(y, Window.valid(3, 2));
    y = b.localResponse(b.relu(b.conv(y, 256, Window.same(5, 1), 2, true)));
    y = b.maxPool(y, Window.valid(3, 2));
    y = b.relu(b.conv(y, 384, Window.same(3, 1)));
    y = b.relu(b.conv(y, 384, Window.same(3, 1), 2, true));
    y = b.relu(b.conv(y, 256, Window.same(3, 1), 2, true));
    return threeDense(b, b.maxPool(y, Window.valid(3, 2)));
  }

  private static Flow threeDense(NetworkBuilder b, Flow x) {
    Flow y = b.relu(b.dense(b.flatten(x), 4096));
    return b.dense(b.relu(b.dense(y, 4096)), 1000);
  }

  /** Simonyan and Zisserman (2014). */
  static Flow vgg16(NetworkBuilder b, Flow x) {
    Flow y = x;
    for (int[] stage : VGG_16) {
      for (int filters : stage) {
        y = b.relu(b.conv(y, filters, Window.same(3, 1)));
      }
      y = b.maxPool(y, Window.valid(2, 2));
    }
    return threeDense(b, y);
  }

  /** Iandola et al. (2016), in the later version with less work. */
  static Flow squeezeNet(NetworkBuilder b, Flow x) {
    Flow y = b.relu(b.conv(x, 64, Window.valid(3, 2)));
    for (int[] row : FIRES) {
      y = b.maxPoolCeil(y, Window.valid(3, 2));
      for (int i = 0; i < row.length; i += 2) {
        Flow squeezed = b.relu(b.conv(y, row[i], Window.ONE));
        Flow small = b.relu(b.conv(squeezed, row[i + 1], Window.ONE));
        y = b.concat(1, small, b.relu(b.conv(squeezed, row[i + 1], Window.same(3, 1))));
      }
    }
    return b.flatten(b.globalAverage(b.relu(b.conv(y, 1000, Window.ONE))));
  }
}
