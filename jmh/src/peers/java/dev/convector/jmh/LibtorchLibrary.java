package dev.convector.jmh;

import dev.convector.Layout;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * libtorch: {@code at::conv2d} without gradients, which returns a new tensor each time; there is a
 * {@code convolution_out}, but it computes the same tensor and then copies it. NHWC is its channels
 * last format, for input and weights.
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

  @Override
  public List<String> variants(Layer layer) {
    return List.of("NHWC", "NCHW");
  }

  @Override
  public Contender prepare(ConvTask task, String variant, int threads) {
    return new Convolution(task, Layout.valueOf(variant), threads);
  }

  private static final class Convolution implements Contender {
    private static final long[] NO_OUTPUT_PADDING = {0, 0};

    private final ConvTask task;
    private final Layout layout;
    private final FloatPointer srcData;
    private final FloatPointer weightData;
    private final FloatPointer biasData;
    private final Tensor src;
    private final Tensor weights;
    private final TensorOptional bias;
    private final long[] stride;
    private final long[] padding;
    private final long[] dilation;
    private Tensor dst;

    Convolution(ConvTask task, Layout layout, int threads) {
      this.task = task;
      this.layout = layout;
      new AutoGradMode(false);
      torch.set_num_threads(threads);
      // Its 1x1 convolutions are OpenBLAS products, and OpenBLAS has threads of its own.
      openblas_nolapack.blas_set_num_threads(threads);
      Layer l = task.layer();
      srcData = new FloatPointer(task.src(layout));
      weightData = new FloatPointer(task.weights());
      biasData = new FloatPointer(task.bias());
      src = source(l);
      Tensor plain =
          torch.from_blob(
              weightData,
              l.transposed() ? l.channels() : l.filters(),
              (l.transposed() ? l.filters() : l.channels()) / l.groups(),
              l.kernelHeight(),
              l.kernelWidth());
      weights =
          plain.contiguous(
              layout == Layout.NHWC
                  ? torch.MemoryFormat.ChannelsLast
                  : torch.MemoryFormat.Contiguous);
      bias = new TensorOptional(torch.from_blob(biasData, l.filters()));
      stride = new long[] {l.stride(), l.stride()};
      padding = new long[] {l.padding(), l.padding()};
      dilation = new long[] {l.dilation(), l.dilation()};
    }

    @Override
    public void run() {
      if (dst != null) {
        dst.close();
      }
      long groups = task.layer().groups();
      dst =
          task.layer().transposed()
              ? torch.conv_transpose2d(
                  src, weights, bias, stride, padding, NO_OUTPUT_PADDING, groups, dilation)
              : torch.conv2d(src, weights, bias, stride, padding, dilation, groups);
    }

    @Override
    public float[] output() {
      Tensor plain = dst.contiguous(torch.MemoryFormat.Contiguous);
      float[] values = new float[Math.toIntExact(plain.numel())];
      new FloatPointer(plain.data_ptr()).get(values);
      return values;
    }

    /** In NHWC the same axes, N, C, H, W, with the strides of channels that lie together. */
    private Tensor source(Layer l) {
      long[] dims = {l.batch(), l.channels(), l.height(), l.width()};
      long image = (long) l.channels() * l.height() * l.width();
      return layout == Layout.NCHW
          ? torch.from_blob(srcData, dims)
          : torch.from_blob(srcData, dims, image, 1, (long) l.width() * l.channels(), l.channels());
    }
  }
}
