package dev.convector.jmh.contender;

import dev.convector.Layout;
import dev.convector.PaddingMode;
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

  /** Pooling and resizing are left out; its convolutions pad with zeros. */
  @Override
  public List<String> variants(Layer layer) {
    Operation operation = layer.operation();
    boolean windows = operation.isPooling() || operation.isResizing();
    boolean zeros = operation.paddingMode() == PaddingMode.ZEROS;
    return windows || !zeros ? List.of() : List.of("NHWC", "NCHW");
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
    private static final torch.MemoryFormat CHANNELS_FIRST = torch.MemoryFormat.Contiguous;

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
      src = images(task.src(layout), Dimensions.src(layer));
      Tensor plain = torch.from_blob(new FloatPointer(task.weights()), Dimensions.weights(layer));
      weights = plain.contiguous(layout == Layout.NHWC ? channelsLast() : CHANNELS_FIRST);
      stride = Dimensions.alike(layer, layer.stride());
      padding = Dimensions.alike(layer, layer.padding());
      dilation = Dimensions.alike(layer, layer.dilation());
    }

    private torch.MemoryFormat channelsLast() {
      return layer.operation() == Operation.VOLUME
          ? torch.MemoryFormat.ChannelsLast3d
          : torch.MemoryFormat.ChannelsLast;
    }

    /** In NHWC the same axes, N, C, H, W, with the strides of channels that lie together. */
    final Tensor images(float[] values, long[] dims) {
      FloatPointer data = new FloatPointer(values);
      if (layout == Layout.NCHW) {
        return torch.from_blob(data, dims);
      }
      long[] strides = new long[dims.length];
      long stride = dims[1];
      for (int axis = dims.length - 1; axis > 1; axis--) {
        strides[axis] = stride;
        stride *= dims[axis];
      }
      strides[1] = 1;
      strides[0] = stride;
      return torch.from_blob(data, dims, strides);
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
          switch (layer.operation()) {
            case TRANSPOSED ->
                torch.conv_transpose2d(
                    src, weights, bias, stride, padding, NO_OUTPUT_PADDING, groups, dilation);
            case VOLUME -> torch.conv3d(src, weights, bias, stride, padding, dilation, groups);
            default -> torch.conv2d(src, weights, bias, stride, padding, dilation, groups);
          };
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
      outputGradient = images(task.outputGradient(layout), Dimensions.dst(layer));
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
