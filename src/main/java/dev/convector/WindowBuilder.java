package dev.convector;

import dev.convector.internal.simd.VectorModule;
import java.util.Arrays;
import java.util.Objects;

/**
 * What the builders of all operations with a window collect alike, whatever their number of axes:
 * strides, dilations, padding and layout. Each method returns the builder itself.
 *
 * @param <B> the builder
 */
abstract class WindowBuilder<B extends WindowBuilder<B>> {
  private final AxisWords[] words;
  private final int[] sizes;
  private final int[] kernel;
  private final int[] stride;
  private final int[] dilation;
  private final int[] before;
  private final int[] after;
  private int batch;
  private int channels;
  private boolean inputSet;
  private boolean kernelSet;
  private AutoPad autoPad;
  private Layout layout = Layout.NCHW;

  /** Axes from the slowest in memory to the fastest. */
  WindowBuilder(AxisWords... words) {
    VectorModule.require();
    this.words = words;
    this.sizes = new int[words.length];
    this.kernel = new int[words.length];
    this.stride = filled(1);
    this.dilation = filled(1);
    this.before = new int[words.length];
    this.after = new int[words.length];
  }

  private int[] filled(int value) {
    int[] values = new int[words.length];
    Arrays.fill(values, value);
    return values;
  }

  /** Returns this. */
  abstract B self();

  /**
   * The window's stride along every axis; 1 by default.
   *
   * @param all at least 1
   * @return this builder
   */
  public B stride(int all) {
    return setStride(filled(all));
  }

  /**
   * The window's dilation along every axis; 1, the default, is an ordinary window.
   *
   * @param all at least 1
   * @return this builder
   */
  public B dilation(int all) {
    return setDilation(filled(all));
  }

  /**
   * The same padding on every side of the input; none by default.
   *
   * @param all elements before the first and after the last of every axis, at least 0
   * @return this builder
   */
  public B padding(int all) {
    return setPadding(filled(all), filled(all));
  }

  /**
   * A named padding, worked out from the sizes when the description is built, and again for each
   * other size of the input.
   *
   * @param named which
   * @return this builder
   */
  public B padding(AutoPad named) {
    autoPad = Objects.requireNonNull(named, "padding");
    return self();
  }

  /**
   * Memory order of input and output, and of what is added to the output.
   *
   * @param order NCHW by default
   * @return this builder
   */
  public B layout(Layout order) {
    layout = Objects.requireNonNull(order, "layout");
    return self();
  }

  final B setInput(int batch, int channels, int... sizes) {
    this.batch = batch;
    this.channels = channels;
    copy(sizes, this.sizes);
    inputSet = true;
    return self();
  }

  final B setKernel(int... taps) {
    copy(taps, kernel);
    kernelSet = true;
    return self();
  }

  final B setStride(int... elements) {
    copy(elements, stride);
    return self();
  }

  final B setDilation(int... elements) {
    copy(elements, dilation);
    return self();
  }

  B setPadding(int[] before, int[] after) {
    copy(before, this.before);
    copy(after, this.after);
    autoPad = null;
    return self();
  }

  private static void copy(int[] from, int[] to) {
    System.arraycopy(from, 0, to, 0, to.length);
  }

  final int batch() {
    return batch;
  }

  final int channels() {
    return channels;
  }

  final Layout layout() {
    return layout;
  }

  /** The named padding, or null. */
  final AutoPad autoPad() {
    return autoPad;
  }

  /**
   * Checks that both were set.
   *
   * @param kernelName the builder's method that sets the kernel
   */
  final void requireInputAnd(String kernelName) {
    require(inputSet, "input");
    require(kernelSet, kernelName);
  }

  static void require(boolean set, String name) {
    if (!set) {
      throw new IllegalStateException(name + ": not set; must be before build()");
    }
  }

  /** One of the axes, checked. */
  final Axis axis(int i) {
    int[] pads = pads(i);
    return Axis.named(words[i], sizes[i], kernel[i], stride[i], dilation[i], pads[0], pads[1]);
  }

  /**
   * One of the axes in ceil mode, checked: what is left behind the last whole window gets a window
   * too, unless that would start behind the input and the padding before it (PyTorch's rule). The
   * padding that it needs beyond what was set is added to the axis's {@code padAfter}.
   */
  final Axis ceilAxis(int i) {
    int[] pads = pads(i);
    long after = pads[1];
    if (stride[i] > 0) {
      long effective = (kernel[i] - 1L) * dilation[i] + 1;
      long padded = (long) sizes[i] + pads[0] + pads[1];
      long last = Math.ceilDiv(padded - effective, (long) stride[i]);
      last -= last * stride[i] >= (long) sizes[i] + pads[0] ? 1 : 0;
      after += last < 0 ? 0 : Math.max(0, last * stride[i] + effective - padded);
    }
    int padAfter = (int) Math.min(Integer.MAX_VALUE, after);
    return Axis.named(words[i], sizes[i], kernel[i], stride[i], dilation[i], pads[0], padAfter);
  }

  /** One of the axes, checked, padded before it as far as the window reaches beyond one element. */
  final Axis causalAxis(int i) {
    int reach = Math.clamp((kernel[i] - 1L) * dilation[i], 0, Integer.MAX_VALUE);
    return Axis.named(words[i], sizes[i], kernel[i], stride[i], dilation[i], reach, 0);
  }

  /** The padding that was set for one of the axes, before it and after it. */
  final int[] pads(int i) {
    return autoPad == null
        ? new int[] {before[i], after[i]}
        : autoPad.around(sizes[i], kernel[i], stride[i], dilation[i]);
  }

  /** One of the input's sizes. */
  final int size(int i) {
    return sizes[i];
  }

  /**
   * One of the axes of a transposed convolution, checked.
   *
   * @param output elements asked for, or 0
   */
  final TransposedAxis transposedAxis(int i, int outputPadding, int output) {
    boolean given = output == 0 && autoPad == null;
    TransposedAxis natural =
        TransposedAxis.named(
            words[i],
            sizes[i],
            kernel[i],
            stride[i],
            dilation[i],
            given ? before[i] : 0,
            given ? after[i] : 0,
            outputPadding);
    if (output == 0 && (given || autoPad == AutoPad.VALID)) {
      return natural;
    }
    long same = Math.min(Integer.MAX_VALUE, (long) sizes[i] * stride[i]);
    return TransposedAxis.withOutput(words[i], natural, autoPad, output == 0 ? (int) same : output);
  }
}
