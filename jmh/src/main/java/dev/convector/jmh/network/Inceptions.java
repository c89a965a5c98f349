package dev.convector.jmh.network;

/** GoogLeNet and Inception v3. */
final class Inceptions {
  /** Filters: 1x1; before the 3x3, 3x3; before the 5x5, 5x5; after the pool. */
  private static final int[][][] GOOGLENET = {
    {{64, 96, 128, 16, 32, 32}, {128, 128, 192, 32, 96, 64}},
    {
      {192, 96, 208, 16, 48, 64},
      {160, 112, 224, 24, 64, 64},
      {128, 128, 256, 24, 64, 64},
      {112, 144, 288, 32, 64, 64},
      {256, 160, 320, 32, 128, 128}
    },
    {{256, 160, 320, 32, 128, 128}, {384, 192, 384, 48, 128, 128}}
  };

  private static final Window THREE = Window.same(3, 1);
  private static final Window HALVING = Window.valid(3, 2);
  private static final Window WIDE = Window.oblong(1, 7);
  private static final Window HIGH = Window.oblong(7, 1);

  private Inceptions() {}

  /** Szegedy et al., "Going deeper with convolutions" (2014), without the side classifiers. */
  static Flow googLeNet(NetworkBuilder b, Flow x) {
    Flow y = b.maxPoolCeil(b.relu(b.conv(x, 64, Window.same(7, 2))), HALVING);
    y = b.relu(b.conv(b.localResponse(y), 64, Window.ONE));
    y = b.localResponse(b.relu(b.conv(y, 192, THREE)));
    for (int[][] stage : GOOGLENET) {
      y = b.maxPoolCeil(y, HALVING);
      for (int[] n : stage) {
        Flow one = b.relu(b.conv(y, n[0], Window.ONE));
        Flow three = b.relu(b.conv(b.relu(b.conv(y, n[1], Window.ONE)), n[2], THREE));
        Flow five = b.relu(b.conv(b.relu(b.conv(y, n[3], Window.ONE)), n[4], Window.same(5, 1)));
        Flow pool = b.relu(b.conv(b.maxPool(y, THREE), n[5], Window.ONE));
        y = b.concat(1, one, three, five, pool);
      }
    }
    return b.classes(y, 1000);
  }

  /** Szegedy et al., "Rethinking the Inception architecture" (2015). */
  static Flow v3(NetworkBuilder b, Flow x) {
    Flow y = chain(b, x, 32, HALVING, 32, Window.valid(3, 1), 64, THREE);
    y = chain(b, b.maxPool(y, HALVING), 80, Window.ONE, 192, Window.valid(3, 1));
    y = b.maxPool(y, HALVING);
    for (int pooled : new int[] {32, 64, 64}) {
      y =
          b.concat(
              1,
              chain(b, y, 64, Window.ONE),
              chain(b, y, 48, Window.ONE, 64, Window.same(5, 1)),
              chain(b, y, 64, Window.ONE, 96, THREE, 96, THREE),
              chain(b, b.averagePool(y, THREE), pooled, Window.ONE));
    }
    y =
        b.concat(
            1,
            chain(b, y, 384, HALVING),
            chain(b, y, 64, Window.ONE, 96, THREE, 96, HALVING),
            b.maxPool(y, HALVING));
    for (int n : new int[] {128, 160, 160, 192}) {
      y =
          b.concat(
              1,
              chain(b, y, 192, Window.ONE),
              chain(b, y, n, Window.ONE, n, WIDE, 192, HIGH),
              chain(b, y, n, Window.ONE, n, HIGH, n, WIDE, n, HIGH, 192, WIDE),
              chain(b, b.averagePool(y, THREE), 192, Window.ONE));
    }
    y =
        b.concat(
            1,
            chain(b, y, 192, Window.ONE, 320, HALVING),
            chain(b, y, 192, Window.ONE, 192, WIDE, 192, HIGH, 192, HALVING),
            b.maxPool(y, HALVING));
    for (int block = 0; block < 2; block++) {
      y =
          b.concat(
              1,
              chain(b, y, 320, Window.ONE),
              cross(b, chain(b, y, 384, Window.ONE)),
              cross(b, chain(b, y, 448, Window.ONE, 384, THREE)),
              chain(b, b.averagePool(y, THREE), 192, Window.ONE));
    }
    return b.classes(y, 1000);
  }

  /** Filters and windows in turn. */
  private static Flow chain(NetworkBuilder b, Flow x, Object... steps) {
    Flow y = x;
    for (int i = 0; i < steps.length; i += 2) {
      y = b.convNormRelu(y, (Integer) steps[i], (Window) steps[i + 1]);
    }
    return y;
  }

  private static Flow cross(NetworkBuilder b, Flow x) {
    Flow wide = chain(b, x, 384, Window.oblong(1, 3));
    return b.concat(1, wide, chain(b, x, 384, Window.oblong(3, 1)));
  }
}
