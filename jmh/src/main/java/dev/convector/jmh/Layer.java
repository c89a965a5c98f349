package dev.convector.jmh;

import dev.convector.Conv2d;
import dev.convector.Layout;

/**
 * One line of a layer table.
 *
 * @param name network, a slash, and the layer's own name
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
    int groups) {

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
        groups);
  }

  Conv2d conv(Layout layout) {
    return Conv2d.builder()
        .input(batch, channels, height, width)
        .filters(filters, kernelHeight, kernelWidth)
        .stride(stride)
        .padding(padding)
        .dilation(dilation)
        .groups(groups)
        .layout(layout)
        .build();
  }

  int outputHeight() {
    return conv(Layout.NCHW).outputHeight();
  }

  int outputWidth() {
    return conv(Layout.NCHW).outputWidth();
  }

  /** Operations of the direct method, two for each multiply-add. */
  public long flops() {
    return 2 * conv(Layout.NCHW).multiplyAdds();
  }

  /** What must move at least: input, weights, bias and output, each once. */
  public long bytes() {
    var shape = conv(Layout.NCHW).shape();
    long elements = shape.inputSize();
    elements += shape.outputSize();
    elements += shape.weightsSize();
    elements += shape.filters();
    return Float.BYTES * elements;
  }
}
