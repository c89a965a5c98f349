package dev.convector.internal.problem;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.Layout;
import java.util.Locale;

/**
 * All that an algorithm needs to know to accept or refuse a convolution.
 *
 * @param batchInvariant whether the choice may not depend on the number of images
 */
public record ConvProblem(
    ConvShape shape,
    Layout layout,
    Activation activation,
    Accuracy accuracy,
    boolean batchInvariant) {

  public ConvProblem(ConvShape shape, Layout layout, Activation activation, Accuracy accuracy) {
    this(shape, layout, activation, accuracy, false);
  }

  /** The same for another shape. */
  public ConvProblem with(ConvShape other) {
    return new ConvProblem(other, layout, activation, accuracy, batchInvariant);
  }

  /** What is chosen by: one image instead of all, if the choice may not depend on their number. */
  public ConvShape chosenBy() {
    return batchInvariant ? shape.withInput(1, shape.height(), shape.width()) : shape;
  }

  public boolean channelsLast() {
    return layout == Layout.NHWC;
  }

  /**
   * The same problem with fewer, longer rows where that is possible: a 1x1 kernel with stride 1
   * sees no rows, so all pixels of an image, and channels-last even those of all images, are one
   * row.
   */
  public ConvProblem flattened() {
    boolean flat =
        shape.kernelHeight() == 1
            && shape.kernelWidth() == 1
            && shape.strideHeight() == 1
            && shape.strideWidth() == 1
            && !shape.isPadded();
    if (!flat) {
      return this;
    }
    int images = channelsLast() ? 1 : shape.batch();
    int width = shape.batch() / images * shape.height() * shape.width();
    ConvShape row =
        new ConvShape(
            images, shape.channels(), Axis.of(1), Axis.of(width), shape.filters(), shape.groups());
    return with(row);
  }

  /**
   * The same problem in the layout that has the faster algorithms where both are one: single
   * pixels, as in a fully connected layer, channels-last; one channel in and out channels-first.
   * Its {@linkplain #canonical(ConvShape) shape} has no number that leads nowhere.
   */
  public ConvProblem canonical() {
    ConvProblem small = with(canonical(shape));
    if (shape.height() * shape.width() == 1 && shape.outputHeight() * shape.outputWidth() == 1) {
      return small.withLayout(Layout.NHWC);
    }
    boolean planes = shape.channels() == 1 && shape.filters() == 1;
    return planes ? small.withLayout(Layout.NCHW) : small;
  }

  /**
   * The same outputs of smaller numbers: strides of a single output are at most what it takes to
   * leave the padded input, and the dilation of a single tap is 1. Else their products with
   * channels, of windows that there are not, exceed an int.
   */
  public static ConvShape canonical(ConvShape s) {
    Axis rows = canonical(s.rows());
    Axis columns = canonical(s.columns());
    return rows.equals(s.rows()) && columns.equals(s.columns())
        ? s
        : new ConvShape(s.batch(), s.channels(), rows, columns, s.filters(), s.groups());
  }

  private static Axis canonical(Axis a) {
    int places = a.size() + a.padBefore() + a.padAfter() - a.effectiveKernel() + 1;
    int stride = a.output() == 1 ? Math.min(a.stride(), places) : a.stride();
    int dilation = a.kernel() == 1 ? 1 : a.dilation();
    return stride == a.stride() && dilation == a.dilation()
        ? a
        : new Axis(a.size(), a.kernel(), stride, dilation, a.padBefore(), a.padAfter());
  }

  private ConvProblem withLayout(Layout other) {
    return new ConvProblem(shape, other, activation, accuracy, batchInvariant);
  }

  /** What is not the usual follows the sizes and the layout. */
  @Override
  public String toString() {
    return shape
        + " "
        + layout
        + (activation.equals(Activation.NONE) ? "" : " " + activation)
        + (accuracy == Accuracy.STANDARD ? "" : " " + accuracy.name().toLowerCase(Locale.ROOT))
        + (batchInvariant ? " batch-invariant" : "");
  }
}
