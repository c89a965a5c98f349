package dev.convector.jmh.contender;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch: {@code at::conv2d} without gradients, which returns a new tensor each time; there is a
 * {@code convolution_out}, but it computes the same tensor and then copies it. NHWC is its channels
 * last format, for input and weights. Gradients come from the same function as its own autograd's.
 */
public final class LibtorchLibrary implements Library {
  @Override
  public String name() {
    return "libtorch";
  }

  @Override
  public String version() {
    return torch.class.getPackage().getImplementationVersion();
  }

  /** Pooling and resizing are left out. */
  @Override
  public List<String> variants(Layer layer) {
    boolean windows = layer.operation().isPooling() || layer.operation().isResizing();
    return windows ? List.of() : List.of("NHWC", "NCHW");
  }

  @Override
  public Contender prepare(ConvTask task, String variant, int threads) {
    Layout layout = Layout.valueOf(variant);
    return task.layer().operation().isBackward()
        ? new Gradient(task, layout, threads)
        : new Convolution(task, layout, threads);
  }

  /** A layer's tensors, and attributes as libtorch takes them. */
  private abstract static class Operands implements Contender {
    static final long[] NO_OUTPUT_PADDING = {0, 0};

    final ConvTask task;
    final Layout layout;
    final Layer layer;
    final Tensor src;
    final Tensor weights;
    final long[] stride;
    final long[] padding;
    final long[] dilation;

    Operands(ConvTask task, Layout layout, int threads) {
      this.task = task;
      this.layout = layout;
      layer = task.layer();
      new AutoGradMode(false);
      torch.set_num_threads(threads);
      // Its 1x1 convolutions are OpenBLAS products, and OpenBLAS has threads of its own.
      openblas_nolapack.blas_set_num_threads(threads);
      src = images(task.src(layout), layer.channels(), layer.height(), layer.width());
      boolean transposed = layer.operation() == Operation.TRANSPOSED;
      Tensor plain =
          torch.from_blob(
              new FloatPointer(task.weights()),
              transposed ? layer.channels() : layer.filters(),
              (transposed ? layer.filters() : layer.channels()) / layer.groups(),
              layer.kernelHeight(),
              layer.kernelWidth());
      weights =
          plain.contiguous(
              layout == Layout.NHWC
                  ? torch.MemoryFormat.ChannelsLast
                  : torch.MemoryFormat.Contiguous);
      stride = new long[] {layer.stride(), layer.stride()};
      padding = new long[] {layer.padding(), layer.padding()};
      dilation = new long[] {layer.dilation(), layer.dilation()};
    }

    /** In NHWC the same axes, N, C, H, W, with the strides of channels that lie together. */
    final Tensor images(float[] values, long channels, long height, long width) {
      FloatPointer data = new FloatPointer(values);
      long[] dims = {layer.batch(), channels, height, width};
      return layout == Layout.NCHW
          ? torch.from_blob(data, dims)
          : torch.from_blob(data, dims, channels * height * width, 1, width * channels, channels);
    }

    static float[] values(Tensor tensor) {
      Tensor plain = tensor.contiguous(torch.MemoryFormat.Contiguous);
      float[] values = new float[Math.toIntExact(plain.numel())];
      new FloatPointer(plain.data_ptr()).get(values);
      return values;
    }
  }

  private static final class Convolution extends Operands {
    private final TensorOptional bias;
    private Tensor dst;

    Convolution(ConvTask task, Layout layout, int threads) {
      super(task, layout, threads);
      bias = new TensorOptional(torch.from_blob(new FloatPointer(task.bias()), layer.filters()));
    }

    @Override
    public void run() {
      if (dst != null) {
        dst.close();
      }
      long groups = layer.groups();
      dst =
          layer.operation() == Operation.TRANSPOSED
              ? torch.conv_transpose2d(
                  src, weights, bias, stride, padding, NO_OUTPUT_PADDING, groups, dilation)
              : torch.conv2d(src, weights, bias, stride, padding, dilation, groups);
    }

    @Override
    public float[] output() {
      return values(dst);
    }
  }

  /** {@code at::convolution_backward}, of which a mask says what it computes. */
  private static final class Gradient extends Operands {
    private final boolean data;
    private final Tensor outputGradient;
    private final BoolPointer mask;
    private T_TensorTensorTensor_T gradients;

    Gradient(ConvTask task, Layout layout, int threads) {
      super(task, layout, threads);
      data = layer.operation() == Operation.BACKWARD_DATA;
      outputGradient =
          images(
              task.outputGradient(layout),
              layer.filters(),
              layer.outputHeight(),
              layer.outputWidth());
      mask = new BoolPointer(3).put(0, data).put(1, !data).put(2, !data);
    }

    @Override
    public void run() {
      if (gradients != null) {
        gradients.close();
      }
      gradients =
          torch.convolution_backward(
              outputGradient,
              src,
              weights,
              new long[] {layer.filters()},
              stride,
              padding,
              dilation,
              false,
              NO_OUTPUT_PADDING,
              layer.groups(),
              mask);
    }

    @Override
    public float[] output() {
      if (data) {
        return values(gradients.get0());
      }
      float[] weights = values(gradients.get1());
      float[] bias = values(gradients.get2());
      float[] all = Arrays.copyOf(weights, weights.length + bias.length);
      System.arraycopy(bias, 0, all, weights.length, bias.length);
      return all;
    }
  }
}
