package dev.convector.internal.problem;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.ConvTransposeShape;
import dev.convector.Layout;
import dev.convector.TransposedAxis;
import dev.convector.internal.parallel.UnitCost;
import java.util.List;

/**
 * All that an algorithm needs to know to accept or refuse a transposed convolution.
 *
 * @param batchInvariant whether the choice may not depend on the number of images
 */
public record TransposedProblem(
    ConvTransposeShape shape,
    Layout layout,
    Activation activation,
    Accuracy accuracy,
    boolean batchInvariant) {

  public TransposedProblem(
      ConvTransposeShape shape, Layout layout, Activation activation, Accuracy accuracy) {
    this(shape, layout, activation, accuracy, false);
  }

  public boolean channelsLast() {
    return layout == Layout.NHWC;
  }

  /**
   * The convolution with the kernel turned by 180 degrees that it is where windows are no more than
   * one element apart; null where they are, or where more is cut off than a window reaches beyond
   * the input.
   */
  public ConvProblem asConvolution() {
    Axis rows = asConvolution(shape.rows());
    Axis columns = asConvolution(shape.columns());
    return rows == null || columns == null
        ? null
        : new ConvProblem(
            new ConvShape(
                shape.batch(), shape.channels(), rows, columns, shape.filters(), shape.groups()),
            layout,
            activation,
            accuracy,
            batchInvariant);
  }

  private static Axis asConvolution(TransposedAxis a) {
    int reach = a.effectiveKernel() - 1;
    int before = reach - a.padBefore();
    long after = (long) reach - a.padAfter() + a.outputPadding();
    boolean fits = before >= 0 && after >= 0 && before + after + a.size() <= Integer.MAX_VALUE;
    return a.stride() == 1 && fits
        ? new Axis(a.size(), a.kernel(), 1, a.dilation(), before, (int) after)
        : null;
  }

  /** The output alone, as that of a convolution which sees one pixel for each. */
  public ConvProblem output() {
    return new ConvProblem(
        new ConvShape(
            shape.batch(),
            shape.groups(),
            Axis.of(shape.outputHeight()),
            Axis.of(shape.outputWidth()),
            shape.filters(),
            shape.groups()),
        layout,
        activation,
        accuracy);
  }

  /** The input alone. */
  public ConvShape input() {
    return new ConvShape(
        shape.batch(),
        shape.channels(),
        Axis.of(shape.height()),
        Axis.of(shape.width()),
        shape.groups(),
        shape.groups());
  }

  /** What it takes where nothing is brought to scratch. */
  public UnitCost cost() {
    return UnitCost.of(shape.multiplyAdds(), (long) shape.inputSize() + shape.outputSize())
        .weighing(shape.weightsSize());
  }

  /**
   * The weights of the convolutions that it is made of, {@code [parts][filters][channels / groups]
   * [taps]}.
   *
   * @param weights {@code [channels][filters / groups][kernelHeight][kernelWidth]}
   * @param taps of each part which, and in which order: {@code row * kernelWidth + column} of each
   */
  public float[] reordered(float[] weights, int[][] taps) {
    float[] reordered = new float[weights.length];
    int area = shape.kernelHeight() * shape.kernelWidth();
    int channels = shape.groupChannels();
    int filters = shape.groupFilters();
    for (int part = 0; part < taps.length; part++) {
      int length = taps[part].length;
      int from = 0;
      for (int c = 0; c < shape.channels(); c++) {
        int first = part * shape.filters() + c / channels * filters;
        for (int k = 0; k < filters; k++, from += area) {
          int to = ((first + k) * channels + c % channels) * length;
          for (int t = 0; t < length; t++) {
            reordered[to + t] = weights[from + taps[part][t]];
          }
        }
      }
    }
    return reordered;
  }

  /**
   * Lists a phase's taps, {@code row * kernelWidth + column} of each, in the order in which it
   * reads the input.
   *
   * @param at where in the list the first goes
   */
  public void order(PhaseAxis rows, PhaseAxis columns, int[] taps, int at) {
    int i = at;
    for (int r = 0; r < rows.taps(); r++) {
      int line = (rows.firstTap() + r * rows.tapStep()) * shape.kernelWidth();
      for (int s = 0; s < columns.taps(); s++) {
        taps[i++] = line + columns.firstTap() + s * columns.tapStep();
      }
    }
  }

  /** Of the convolution that it is, the kernel turned by 180 degrees. */
  public float[] turned(float[] weights) {
    int[] taps = new int[shape.kernelHeight() * shape.kernelWidth()];
    for (int t = 0; t < taps.length; t++) {
      taps[t] = taps.length - 1 - t;
    }
    return reordered(weights, new int[][] {taps});
  }

  /** Of both axes, rows first. */
  public List<List<PhaseAxis>> phases() {
    return List.of(PhaseAxis.of(shape.rows()), PhaseAxis.of(shape.columns()));
  }
}
