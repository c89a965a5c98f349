package dev.convector.internal.gradient;

import dev.convector.ConvShape;
import dev.convector.ConvTransposeShape;
import dev.convector.Layout;

/**
 * A convolution as its weights' gradient sees it: {@code weights[k][c][r][s] = sum over n, p, q of
 * y[n][k][p][q] * x[n][c][p * stride + r * dilation - padding][...]}, with {@code x} the input and
 * {@code y} the output's gradient.
 *
 * <p>A transposed convolution is the convolution that leads back, with the two exchanged: {@code x}
 * is then its output's gradient, whose sums are the bias' gradient, and {@code y} its input.
 *
 * @param channels of {@code x}
 * @param filters channels of {@code y}
 * @param biasOfX whether the bias' gradient sums {@code x} and not {@code y}
 */
public record GradientProblem(
    boolean channelsLast,
    int batch,
    int channels,
    int filters,
    int groups,
    GradientAxis rows,
    GradientAxis columns,
    boolean flipKernel,
    boolean biasOfX) {

  /** Of a convolution. */
  public static GradientProblem of(ConvShape s, Layout layout, boolean flipKernel) {
    return new GradientProblem(
            layout == Layout.NHWC,
            s.batch(),
            s.channels(),
            s.filters(),
            s.groups(),
            GradientAxis.of(s.rows()),
            GradientAxis.of(s.columns()),
            flipKernel,
            false)
        .connected()
        .flattened();
  }

  /** Of a transposed convolution. */
  public static GradientProblem of(ConvTransposeShape s, Layout layout, boolean flipKernel) {
    return new GradientProblem(
            layout == Layout.NHWC,
            s.batch(),
            s.filters(),
            s.channels(),
            s.groups(),
            GradientAxis.back(s.rows()),
            GradientAxis.back(s.columns()),
            flipKernel,
            true)
        .flattened();
  }

  /**
   * The same with longer rows where that is possible: where each pixel stands alone, all pixels of
   * an image, and channels-last even those of all images, are one row. Single pixels are
   * channels-last in both layouts.
   */
  private GradientProblem flattened() {
    if (!rows.isAlone() || !columns.isAlone()) {
      return this;
    }
    int pixels = rows.inputs() * columns.inputs();
    boolean last = channelsLast || pixels == 1;
    int images = last ? 1 : batch;
    return new GradientProblem(
        last,
        images,
        channels,
        filters,
        groups,
        GradientAxis.alone(1),
        GradientAxis.alone(batch / images * pixels),
        flipKernel,
        biasOfX);
  }

  /**
   * A fully connected layer: a kernel as large as its image has one weight for each element of the
   * image, in the same order if that is channels first.
   */
  private GradientProblem connected() {
    boolean whole = rows.isWhole() && columns.isWhole();
    if (!whole || channelsLast || flipKernel || groups > 1) {
      return this;
    }
    GradientAxis one = GradientAxis.alone(1);
    return new GradientProblem(true, batch, channels * area(), filters, 1, one, one, false, false);
  }

  int groupChannels() {
    return channels / groups;
  }

  int groupFilters() {
    return filters / groups;
  }

  /** Taps of a kernel. */
  int area() {
    return rows.taps() * columns.taps();
  }

  public int weightsSize() {
    return filters * groupChannels() * area();
  }

  /** Filters of the convolution whose bias it is. */
  public int biasSize() {
    return biased().channels();
  }

  GradientImage x() {
    return new GradientImage(channelsLast, channels, rows.inputs(), columns.inputs());
  }

  GradientImage y() {
    return new GradientImage(channelsLast, filters, rows.outputs(), columns.outputs());
  }

  /** What the bias' gradient sums. */
  GradientImage biased() {
    return biasOfX ? x() : y();
  }

  long multiplyAdds() {
    return (long) batch * y().size() * groupChannels() * area();
  }

  /** Which element of a kernel in memory a tap is. */
  int place(int row, int column) {
    int tap = row * columns.taps() + column;
    return flipKernel ? area() - 1 - tap : tap;
  }
}
