package dev.convector.jmh.network;

import java.util.ArrayDeque;
import java.util.Deque;

/** Networks whose output is an image: U-Net, DeepLab v3, an upscaler. */
final class Images {
  private static final int[] DILATIONS = {12, 24, 36};

  /** Between the first and the last convolution of the upscaler. */
  private static final int UPSCALER_LAYERS = 16;

  private Images() {}

  /** Ronneberger et al. (2015), padded and normalized as it is used today; two classes. */
  static Flow uNet(NetworkBuilder b, Flow x) {
    Deque<Flow> skipped = new ArrayDeque<>();
    Flow y = twice(b, x, 64);
    for (int filters = 128; filters <= 1024; filters *= 2) {
      skipped.push(y);
      y = twice(b, b.maxPool(y, Window.valid(2, 2)), filters);
    }
    for (int filters = 512; filters >= 64; filters /= 2) {
      y = twice(b, b.concat(1, skipped.pop(), b.upConv(y, filters)), filters);
    }
    return b.conv(y, 2, Window.ONE);
  }

  private static Flow twice(NetworkBuilder b, Flow x, int filters) {
    return b.convNormRelu(
        b.convNormRelu(x, filters, Window.same(3, 1)), filters, Window.same(3, 1));
  }

  /** Chen et al., "Rethinking atrous convolution" (2017), on ResNet-50; 21 classes. */
  static Flow deepLabV3(NetworkBuilder b, Flow x) {
    Flow y = ResNets.DILATED_50.features(b, x);
    Flow[] pyramid = new Flow[DILATIONS.length + 2];
    pyramid[0] = b.convNormRelu(y, 256, Window.ONE);
    for (int i = 0; i < DILATIONS.length; i++) {
      pyramid[i + 1] = b.convNormRelu(y, 256, Window.same(3, 1).dilated(DILATIONS[i]));
    }
    Flow whole = b.convNormRelu(b.globalAverage(y), 256, Window.ONE);
    pyramid[DILATIONS.length + 1] = b.resizeLike(whole, y);
    y = b.convNormRelu(b.concat(1, pyramid), 256, Window.ONE);
    return b.resizeLike(b.conv(b.convNormRelu(y, 256, Window.same(3, 1)), 21, Window.ONE), x);
  }

  /** Four times as large: the compact network of Real-ESRGAN, Wang et al. (2021). */
  static Flow upscaler(NetworkBuilder b, Flow x) {
    Flow y = b.pRelu(b.conv(x, 64, Window.same(3, 1)));
    for (int layer = 0; layer < UPSCALER_LAYERS; layer++) {
      y = b.pRelu(b.conv(y, 64, Window.same(3, 1)));
    }
    Flow details = b.pixelShuffle(b.conv(y, 4 * 4 * x.channels(), Window.same(3, 1)), 4);
    return b.add(details, b.enlarge(x, 4));
  }
}
