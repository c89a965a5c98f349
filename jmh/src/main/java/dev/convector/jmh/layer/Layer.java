package dev.convector.jmh.layer;

import dev.convector.Accuracy;
import dev.convector.Conv2d;
import dev.convector.Conv3d;
import dev.convector.ConvTranspose2d;
import dev.convector.Layout;
import dev.convector.Pool2d;
import dev.convector.Upsample2d;

/**
 * One line of a layer table. Sizes are those of the layer itself, also where a gradient is computed
 * of it; one-dimensional layers have height 1.
 *
 * @param name network, a slash, and the layer's own name
 * @param operation what is computed; the weights of a transposed convolution are {@code
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
    Operation operation) {

  public String network() {
    return name.substring(0, name.indexOf('/'));
  }

  /** Without the network. */
  public String ownName() {
    return name.substring(name.indexOf('/') + 1);
  }

  public boolean depthwise() {
    return groups > 1 && groups == channels;
  }

  public Layer timesBatch(int factor) {
    return withInput(batch * factor, height, width);
  }

  /** The same with other counts. */
  public Layer withChannels(int otherChannels, int otherFilters, int otherGroups) {
    return new Layer(
        name,
        batch,
        otherChannels,
        height,
        width,
        otherFilters,
        kernelHeight,
        kernelWidth,
        stride,
        padding,
        dilation,
        otherGroups,
        operation);
  }

  /** The same on other images. */
  public Layer withInput(int otherBatch, int otherHeight, int otherWidth) {
    return new Layer(
        name,
        otherBatch,
        channels,
        otherHeight,
        otherWidth,
        filters,
        kernelHeight,
        kernelWidth,
        stride,
        padding,
        dilation,
        groups,
        operation);
  }

  /** The same with windows at other places. */
  public Layer withWindow(int otherStride, int otherPadding, int otherDilation) {
    return new Layer(
        name,
        batch,
        channels,
        height,
        width,
        filters,
        kernelHeight,
        kernelWidth,
        otherStride,
        otherPadding,
        otherDilation,
        groups,
        operation);
  }

  /** Something else of the same layer. */
  public Layer with(String otherName, Operation other) {
    return new Layer(
        otherName,
        batch,
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
        other);
  }

  /** The library's description of a convolution, also where a gradient is computed of it. */
  public Conv2d conv(Layout layout, Accuracy accuracy) {
    return Conv2d.builder()
        .input(batch, channels, height, width)
        .filters(filters, kernelHeight, kernelWidth)
        .stride(stride)
        .padding(padding)
        .paddingMode(operation.paddingMode())
        .dilation(dilation)
        .groups(groups)
        .layout(layout)
        .accuracy(accuracy)
        .build();
  }

  public Conv3d conv3d(Layout layout) {
    return Conv3d.builder()
        .input(batch, channels, depth(), height, width)
        .filters(filters, kernelDepth(), kernelHeight, kernelWidth)
        .stride(stride)
        .padding(padding)
        .dilation(dilation)
        .groups(groups)
        .layout(layout)
        .build();
  }

  public ConvTranspose2d convTranspose(Layout layout) {
    return ConvTranspose2d.builder()
        .input(batch, channels, height, width)
        .filters(filters, kernelHeight, kernelWidth)
        .stride(stride)
        .padding(padding)
        .dilation(dilation)
        .groups(groups)
        .layout(layout)
        .build();
  }

  public Pool2d pool(Layout layout) {
    Pool2d.Builder builder = Pool2d.builder().input(batch, channels, height, width).layout(layout);
    builder = operation == Operation.MAX_POOL ? builder.max() : builder.average(false);
    return global()
        ? builder.global().build()
        : builder
            .kernel(kernelHeight, kernelWidth)
            .stride(stride)
            .padding(padding)
            .dilation(dilation)
            .build();
  }

  public Upsample2d upsample(Layout layout) {
    Upsample2d.Builder builder =
        Upsample2d.builder()
            .input(batch, channels, height, width)
            .scale(stride, stride)
            .layout(layout);
    return (operation == Operation.NEAREST ? builder.nearest() : builder.bilinear()).build();
  }

  /** Whether the window is the whole image. */
  public boolean global() {
    return kernelHeight == height && kernelWidth == width && padding == 0;
  }

  /** Slices, 1 but of volumes. */
  public int depth() {
    return operation == Operation.VOLUME ? height : 1;
  }

  public int kernelDepth() {
    return operation == Operation.VOLUME ? kernelHeight : 1;
  }

  public int outputDepth() {
    return operation == Operation.VOLUME ? outputHeight() : 1;
  }

  public int outputHeight() {
    return outputSize(height, kernelHeight);
  }

  public int outputWidth() {
    return outputSize(width, kernelWidth);
  }

  /** Of a channel of an image or volume. */
  public int pixels() {
    return depth() * height * width;
  }

  public int outputPixels() {
    return outputDepth() * outputHeight() * outputWidth();
  }

  public int inputElements() {
    return batch * channels * pixels();
  }

  public int outputElements() {
    return batch * filters * outputPixels();
  }

  /** None of pooling and resizing. */
  public int weightElements() {
    return operation.isPooling() || operation.isResizing()
        ? 0
        : filters * (channels / groups) * taps();
  }

  private int taps() {
    return kernelDepth() * kernelHeight * kernelWidth;
  }

  /** Of what the operation computes; the bias's gradient stands behind that of the weights. */
  public int resultElements() {
    return switch (operation) {
      case BACKWARD_DATA -> inputElements();
      case BACKWARD_WEIGHTS -> weightElements() + filters;
      default -> outputElements();
    };
  }

  /**
   * Operations of the direct method, two for each multiply-add; of pooling and resizing, as if they
   * were depthwise convolutions.
   */
  public long flops() {
    return operation == Operation.TRANSPOSED
        ? 2L * taps() * inputElements() * (filters / groups)
        : 2L * taps() * outputElements() * (channels / groups);
  }

  /** Of a convolution, {@link #flops} without those of taps that lie in the padding. */
  public long flopsInside() {
    long rows = tapsInside(height, kernelHeight, outputHeight());
    long inside = rows * tapsInside(width, kernelWidth, outputWidth());
    if (operation == Operation.VOLUME) {
      inside *= rows;
    }
    return flops() / ((long) taps() * outputPixels()) * inside;
  }

  /** Of all outputs along an axis. */
  private long tapsInside(int size, int kernel, int outputs) {
    long inside = 0;
    for (int out = 0; out < outputs; out++) {
      for (int tap = 0; tap < kernel; tap++) {
        int at = out * stride - padding + tap * dilation;
        inside += at >= 0 && at < size ? 1 : 0;
      }
    }
    return inside;
  }

  /** What must move at least: input, weights, bias and output, each once. */
  public long bytes() {
    long elements = inputElements();
    elements += outputElements();
    elements += weightElements();
    elements += weightElements() == 0 ? 0 : filters;
    return Float.BYTES * elements;
  }

  private int outputSize(int input, int kernel) {
    int reach = dilation * (kernel - 1) + 1;
    return switch (operation) {
      case TRANSPOSED -> (input - 1) * stride - 2 * padding + reach;
      case NEAREST, BILINEAR -> input * stride;
      default -> Math.floorDiv(input + 2 * padding - reach, stride) + 1;
    };
  }
}
