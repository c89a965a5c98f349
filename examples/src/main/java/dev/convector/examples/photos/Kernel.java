package dev.convector.examples.photos;

import dev.convector.AutoPad;
import dev.convector.Conv2d;
import dev.convector.Layout;

/**
 * One convolution of a picture, which is kept as files hold it: the channels of a pixel side by
 * side (NHWC).
 *
 * <p>A kernel that treats each colour by itself becomes a depthwise convolution, one group a
 * channel, with the weights repeated for each. Colour planes as a batch of one-channel pictures
 * would need no repetition, but measured 3 times slower with DEPTHWISE, whose lanes are channels: a
 * vector then holds one pixel's three colours, of planes only one.
 *
 * @param channels that are summed into each output channel: 1, or 3 to mix the colours
 * @param filters output channels of each group
 * @param height kernel rows
 * @param width kernel columns
 * @param stride of both axes
 * @param dilation of both axes
 * @param weights {@code [filters][channels][height][width]}
 */
record Kernel(
    int channels, int filters, int height, int width, int stride, int dilation, float... weights) {

  /** A kernel for each channel by itself. */
  static Kernel of(int height, int width, float... weights) {
    return new Kernel(1, 1, height, width, 1, 1, weights);
  }

  Kernel withStride(int newStride) {
    return new Kernel(channels, filters, height, width, newStride, dilation, weights);
  }

  Kernel withDilation(int newDilation) {
    return new Kernel(channels, filters, height, width, stride, newDilation, weights);
  }

  /** The same weights times a factor. */
  Kernel times(double factor) {
    float[] scaled = weights.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (scaled[i] * factor);
    }
    return new Kernel(channels, filters, height, width, stride, dilation, scaled);
  }

  /** The convolution of a picture; the output has its size divided by the stride, rounded up. */
  Conv2d on(int inputChannels, int inputHeight, int inputWidth) {
    int groups = inputChannels / channels;
    return Conv2d.builder()
        .input(1, inputChannels, inputHeight, inputWidth)
        .filters(groups * filters, height, width)
        .groups(groups)
        .stride(stride)
        .dilation(dilation)
        .padding(AutoPad.SAME)
        .layout(Layout.NHWC)
        .build();
  }

  /** The weights of {@link #on}. */
  float[] weightsOn(int inputChannels) {
    int groups = inputChannels / channels;
    float[] repeated = new float[groups * weights.length];
    for (int group = 0; group < groups; group++) {
      System.arraycopy(weights, 0, repeated, group * weights.length, weights.length);
    }
    return repeated;
  }
}
