package dev.convector.jmh.network;

/**
 * He et al., "Deep residual learning" (2015), with the stride in the 3x3, and what grew from it.
 *
 * @param blocks of each stage
 * @param bottleneck whether a block is 1x1, 3x3, 1x1, and not two 3x3
 * @param groups of the 3x3
 * @param groupWidth channels of a group in the first stage
 * @param dilated whether the last two stages have dilations in place of strides
 */
record ResNets(int[] blocks, boolean bottleneck, int groups, int groupWidth, boolean dilated) {
  static final ResNets RESNET_18 = new ResNets(new int[] {2, 2, 2, 2}, false, 1, 64, false);
  static final ResNets RESNET_50 = new ResNets(new int[] {3, 4, 6, 3}, true, 1, 64, false);

  /** 32x4d, of Xie et al., "Aggregated residual transformations" (2016). */
  static final ResNets RESNEXT_50 = new ResNets(new int[] {3, 4, 6, 3}, true, 32, 4, false);

  /** DeepLab v3's backbone. */
  static final ResNets DILATED_50 = new ResNets(new int[] {3, 4, 6, 3}, true, 1, 64, true);

  Flow classifier(NetworkBuilder b, Flow x) {
    return b.classes(features(b, x), 1000);
  }

  Flow features(NetworkBuilder b, Flow x) {
    Flow y = b.maxPool(b.convNormRelu(x, 64, Window.same(7, 2)), Window.same(3, 2));
    int dilation = 1;
    for (int stage = 0; stage < blocks.length; stage++) {
      boolean dilates = dilated && stage >= 2;
      int stride = stage == 0 || dilates ? 1 : 2;
      for (int block = 0; block < blocks[stage]; block++) {
        Window middle = Window.same(3, block == 0 ? stride : 1).dilated(dilation);
        y = block(b, y, 64 << stage, middle);
        if (block == 0 && dilates) {
          dilation *= 2;
        }
      }
    }
    return y;
  }

  private Flow block(NetworkBuilder b, Flow x, int planes, Window middle) {
    int filters = bottleneck ? 4 * planes : planes;
    Flow y;
    if (bottleneck) {
      int width = planes * groupWidth * groups / 64;
      y = b.relu(b.convNorm(b.convNormRelu(x, width, Window.ONE), width, middle, groups));
      y = b.convNorm(y, filters, Window.ONE);
    } else {
      y = b.convNorm(b.convNormRelu(x, planes, middle), planes, Window.same(3, 1));
    }
    boolean fits = middle.stride() == 1 && x.channels() == filters;
    return b.relu(b.add(y, fits ? x : b.convNorm(x, filters, Window.same(1, middle.stride()))));
  }
}
