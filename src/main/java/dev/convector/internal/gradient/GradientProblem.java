package dev.convector.internal.gradient;

import dev.convector.Axis;
import dev.convector.Conv3dShape;
import dev.convector.ConvShape;
import dev.convector.ConvTransposeShape;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import java.util.List;

/**
 * A convolution as its weights' gradient sees it: {@code weights[k][c][r][s] = sum over n, p, q of
 * y[n][k][p][q] * x[n][c][p * stride + r * dilation - padding][...]}, with {@code x} the input and
 * {@code y} the output's gradient.
 *
 * <p>A transposed convolution is the convolution that leads back, with the two exchanged: {@code x}
 * is then its output's gradient, whose sums are the bias' gradient, and {@code y} its input.
 *
 * <p>In three dimensions the weights of one slice of the kernel are the gradient of a
 * two-dimensional convolution, whose images are the pairs of planes that meet at the slice.
 *
 * @param channelsLast memory order of both
 * @param volumes of both; images in two dimensions
 * @param channels of {@code x}
 * @param filters channels of {@code y}
 * @param axes depth, rows and columns; in two dimensions the depth stands alone
 * @param slice tap of the depth whose weights are wanted
 * @param biasOfX whether the bias' gradient sums {@code x} and not {@code y}
 */
public record GradientProblem(
    boolean channelsLast,
    int volumes,
    int channels,
    int filters,
    int groups,
    List<GradientAxis> axes,
    int slice,
    boolean flipKernel,
    boolean biasOfX) {

  /** Of a convolution. */
  public static GradientProblem of(
      ConvShape s, PaddingMode mode, Layout layout, boolean flipKernel) {
    Conv3dShape volume =
        new Conv3dShape(
            s.batch(), s.channels(), Axis.of(1), s.rows(), s.columns(), s.filters(), s.groups());
    return of(volume, mode, layout, flipKernel);
  }

  /** Of a three-dimensional convolution. */
  public static GradientProblem of(
      Conv3dShape s, PaddingMode mode, Layout layout, boolean flipKernel) {
    return new GradientProblem(
            layout == Layout.NHWC,
            s.batch(),
            s.channels(),
            s.filters(),
            s.groups(),
            List.of(
                GradientAxis.of(s.depth(), mode),
                GradientAxis.of(s.rows(), mode),
                GradientAxis.of(s.columns(), mode)),
            0,
            flipKernel,
            false)
        .connected()
        .flattened();
  }

  /** Of a transposed convolution. */
  public static GradientProblem of(
      ConvTransposeShape s, PaddingMode mode, Layout layout, boolean flipKernel) {
    return new GradientProblem(
            layout == Layout.NHWC,
            s.batch(),
            s.filters(),
            s.channels(),
            s.groups(),
            List.of(
                GradientAxis.alone(1),
                GradientAxis.back(s.rows(), mode),
                GradientAxis.back(s.columns(), mode)),
            0,
            flipKernel,
            true)
        .flattened();
  }

  /**
   * The same with longer rows where that is possible: where each pixel stands alone, all pixels of
   * a volume, and channels-last even those of all volumes, are one row. Single pixels are
   * channels-last in both layouts.
   */
  private GradientProblem flattened() {
    if (!axes.stream().allMatch(GradientAxis::isAlone)) {
      return this;
    }
    int pixels = depth().inputs() * rows().inputs() * columns().inputs();
    boolean last = channelsLast || pixels == 1;
    int joined = last ? volumes : 1;
    return new GradientProblem(
        last,
        volumes / joined,
        channels,
        filters,
        groups,
        List.of(GradientAxis.alone(1), GradientAxis.alone(1), GradientAxis.alone(joined * pixels)),
        slice,
        flipKernel,
        biasOfX);
  }

  /**
   * A fully connected layer: a kernel as large as its volume has one weight for each element of the
   * volume, in the same order if that is channels first.
   */
  private GradientProblem connected() {
    boolean whole = axes.stream().allMatch(GradientAxis::isWhole);
    if (!whole || channelsLast || flipKernel || groups > 1) {
      return this;
    }
    GradientAxis one = GradientAxis.alone(1);
    int elements = channels * slices() * area();
    return new GradientProblem(
        true, volumes, elements, filters, 1, List.of(one, one, one), 0, false, false);
  }

  /** The same for another slice of the kernel. */
  GradientProblem at(int otherSlice) {
    return new GradientProblem(
        channelsLast, volumes, channels, filters, groups, axes, otherSlice, flipKernel, biasOfX);
  }

  private GradientAxis depth() {
    return axes.get(0);
  }

  GradientAxis rows() {
    return axes.get(1);
  }

  GradientAxis columns() {
    return axes.get(2);
  }

  int slices() {
    return depth().taps();
  }

  /** Images: pairs of planes that meet at the slice. */
  int batch() {
    return volumes * met();
  }

  int groupChannels() {
    return channels / groups;
  }

  int groupFilters() {
    return filters / groups;
  }

  /** Taps of a slice. */
  int area() {
    return rows().taps() * columns().taps();
  }

  /** Elements of {@code x}. */
  public int inputSize() {
    return volumes * channels * depth().inputs() * rows().inputs() * columns().inputs();
  }

  /** Elements of {@code y}. */
  public int outputSize() {
    return volumes * filters * depth().outputs() * rows().outputs() * columns().outputs();
  }

  /** Weights of all slices. */
  public int weightsSize() {
    return filters * groupChannels() * slices() * area();
  }

  /** Filters of the convolution whose bias it is. */
  public int biasSize() {
    return biasOfX ? channels : filters;
  }

  /** How far behind a window's beginning the slice lies along the depth. */
  private int offset() {
    return slice * depth().dilation();
  }

  /** The first output along the depth at which the slice meets the input. */
  private int firstMet() {
    GradientAxis depth = depth();
    return depth.isZeroOutside() ? depth.firstInside(0, depth.outputs(), offset()) : 0;
  }

  /** How many such outputs there are. */
  private int met() {
    GradientAxis depth = depth();
    int outputs = depth.outputs();
    return depth.isZeroOutside() ? depth.endInside(0, outputs, offset()) - firstMet() : outputs;
  }

  private GradientPlanes xPlanes() {
    return new GradientPlanes(depth(), offset(), firstMet(), met());
  }

  GradientImage x() {
    return new GradientImage(
        channelsLast, channels, xPlanes(), rows().inputs(), columns().inputs());
  }

  GradientImage y() {
    GradientAxis outputs = GradientAxis.alone(depth().outputs());
    GradientPlanes planes = new GradientPlanes(outputs, 0, firstMet(), met());
    return new GradientImage(channelsLast, filters, planes, rows().outputs(), columns().outputs());
  }

  /** Whether the bias' gradient sums each pixel of {@code y} once, as the weights' does. */
  boolean hasBiasOfImages() {
    // Padding along the depth makes outputs that meet no plane of the input, and so aren't images.
    return !biasOfX && slices() == 1 && met() == depth().outputs();
  }

  /** What the bias' gradient sums: volumes as images whose planes lie below each other. */
  GradientImage biased() {
    GradientAxis rows = rows();
    int height = biasOfX ? depth().inputs() * rows.inputs() : depth().outputs() * rows.outputs();
    int width = biasOfX ? columns().inputs() : columns().outputs();
    GradientPlanes single = new GradientPlanes(GradientAxis.alone(1), 0, 0, 1);
    return new GradientImage(channelsLast, biasSize(), single, height, width);
  }

  /** Of all slices. */
  long multiplyAdds() {
    return (long) outputSize() * groupChannels() * slices() * area();
  }

  /** Which element of a kernel's slice in memory a tap is. */
  int place(int row, int column) {
    int tap = row * columns().taps() + column;
    return flipKernel ? area() - 1 - tap : tap;
  }

  /** Whether its weights lie apart in memory, with those of other slices between them. */
  boolean isApart() {
    return slices() > 1;
  }

  /**
   * Where in memory one of the slice's weights lies.
   *
   * @param index counted as if there were no other slice
   */
  int weight(int index) {
    int place = flipKernel ? slices() - 1 - slice : slice;
    return (index / area() * slices() + place) * area() + index % area();
  }
}
