package dev.convector.jmh;

import dev.convector.Accuracy;
import dev.convector.Conv2d;
import dev.convector.Layout;

/**
 * One line of a layer table.
 *
 * @param name network, a slash, and the layer's own name
 * @param transposed whether it is a transposed convolution, whose weights are {@code
 *     [channels][filters / groups][kernelHeight][kernelWidth]}
 */
public record Layer(
    String name,
    int batch,
    int channels,
    int height,
    int width,
    int filters,
    int kernelHeight,
    int kernelWidth,
    int stride,
    int padding,
    int dilation,
    int groups,
    boolean transposed) {

  public String network() {
    return name.substring(0, name.indexOf('/'));
  }

  public boolean depthwise() {
    return groups > 1 && groups == channels;
  }

  public Layer timesBatch(int factor) {
    return new Layer(
        name,
        batch * factor,
        channels,
        height,
        width,
        filters,
        kernelHeight,
        kernelWidth,
        stride,
        padding,
        dilation,
        groups,
        transposed);
  }

  /** The library's description; not of a transposed convolution. */
  Conv2d conv(Layout layout, Accuracy accuracy) {
    return Conv2d.builder()
        .input(batch, channels, height, width)
        .filters(filters, kernelHeight, kernelWidth)
        .stride(stride)
        .padding(padding)
        .dilation(dilation)
        .groups(groups)
        .layout(layout)
        .accuracy(accuracy)
        .build();
  }

  int outputHeight() {
    return outputSize(height, kernelHeight);
  }

  int outputWidth() {
    return outputSize(width, kernelWidth);
  }

  public int inputElements() {
    return batch * channels * height * width;
  }

  public int outputElements() {
    return batch * filters * outputHeight() * outputWidth();
  }

  public int weightElements() {
    return filters * (channels / groups) * kernelHeight * kernelWidth;
  }

  /** Operations of the direct method, two for each multiply-add. */
  public long flops() {
    long taps = (long) kernelHeight * kernelWidth;
    return transposed
        ? 2 * taps * inputElements() * (filters / groups)
        : 2 * taps * outputElements() * (channels / groups);
  }

  /** What must move at least: input, weights, bias and output, each once. */
  public long bytes() {
    long elements = inputElements();
    elements += outputElements();
    elements += weightElements();
    elements += filters;
    return Float.BYTES * elements;
  }

  private int outputSize(int input, int kernel) {
    int reach = dilation * (kernel - 1) + 1;
    return transposed
        ? (input - 1) * stride - 2 * padding + reach
        : (input + 2 * padding - reach) / stride + 1;
  }
}
