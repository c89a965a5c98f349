package dev.convector.internal.transposed;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.Reach;
import dev.convector.internal.dense.DensePhase;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.problem.TransposedProblem;
import java.util.ArrayList;
import java.util.List;

/**
 * The convolutions that a transposed one is made of, as the dense kernels compute them.
 *
 * <p>Where all phases along a row see the same inputs (a kernel as wide as the stride or a multiple
 * of it, and nothing but multiples of the stride cut off), a channels-last output's pixels of
 * neighbouring phases are one pixel with so many times the filters, and so they are computed: a
 * 16x16 kernel with stride 8 and 21 filters fills 168 of 176 lanes and not 21 of 32.
 */
final class DensePhases {
  /**
   * Floats of contiguous input below which rows and columns are padded in a strip, so that a phase
   * is one product and not one for each range of columns.
   */
  private static final int LEAST_STRETCH = 64;

  private final TransposedProblem problem;
  private final List<PhaseAxis> rows;

  /** Of one part if parts are joined. */
  private final List<PhaseAxis> columns;

  /** How many of the output's pixels are one. */
  private final int parts;

  private final Border border;
  private final List<DensePhase> list = new ArrayList<>();

  /** Of each part the order of the kernel's taps. */
  private final int[][] taps;

  /** By the phase: whether it has taps. */
  private final boolean[] rowTaps;

  private final boolean[] columnTaps;

  DensePhases(TransposedProblem problem) {
    this.problem = problem;
    this.rows = problem.phases().get(0);
    List<PhaseAxis> all = problem.phases().get(1);
    this.parts = areJoined(problem, all) ? all.size() : 1;
    this.columns = parts == 1 ? all : List.of(joined(all.get(0)));
    this.border = chooseBorder();
    this.rowTaps = new boolean[rows.size()];
    this.columnTaps = new boolean[columns.size()];
    this.taps =
        new int[parts][problem.shape().kernelHeight() * problem.shape().kernelWidth() / parts];
    int tap = 0;
    for (int i = 0; i < rows.size(); i++) {
      rowTaps[i] = rows.get(i).taps() > 0;
      for (int j = 0; j < columns.size(); j++) {
        columnTaps[j] = columns.get(j).taps() > 0;
        if (rowTaps[i] && columnTaps[j]) {
          list.add(phase(rows.get(i), columns.get(j), tap));
          for (int part = 0; part < parts; part++) {
            problem.order(rows.get(i), all.get(j + part), taps[part], tap);
          }
          tap += rows.get(i).taps() * columns.get(j).taps();
        }
      }
    }
  }

  private static boolean areJoined(TransposedProblem problem, List<PhaseAxis> columns) {
    PhaseAxis first = columns.get(0);
    for (PhaseAxis other : columns) {
      if (other.outputs() != first.outputs()
          || other.taps() != first.taps()
          || other.padding() != first.padding()) {
        return false;
      }
    }
    return problem.channelsLast() && problem.shape().groups() == 1 && first.taps() > 0;
  }

  /** The phase whose pixels are all of a row. */
  private static PhaseAxis joined(PhaseAxis a) {
    return new PhaseAxis(
        0, 1, a.outputs(), 1, a.padding(), a.dilation(), a.firstTap(), a.tapStep(), a.taps());
  }

  private DensePhase phase(PhaseAxis row, PhaseAxis column, int tap) {
    return new DensePhase(
        row,
        column,
        tap,
        ranges(row, problem.shape().height()),
        ranges(column, problem.shape().width()));
  }

  private TapRanges ranges(PhaseAxis axis, int input) {
    return border == Border.ALL ? axis.wholeRange() : axis.ranges(input);
  }

  private Border chooseBorder() {
    int longest = 1;
    for (PhaseAxis column : columns) {
      boolean isStretch = column.dilation() == 1 && problem.shape().groups() == 1;
      longest = isStretch ? Math.max(longest, column.taps()) : longest;
    }
    boolean few = longest * problem.shape().groupChannels() < LEAST_STRETCH;
    return few && stripFloats(Border.ALL, 1) <= Blocking.STRIP_FLOATS ? Border.ALL : Border.NONE;
  }

  /** What the convolutions write, as that of a convolution which sees one pixel for each. */
  ConvProblem output() {
    ConvProblem output = problem.output();
    ConvShape s = output.shape();
    return new ConvProblem(
        new ConvShape(
            s.batch(),
            s.channels(),
            s.rows(),
            Axis.of(s.width() / parts),
            s.filters() * parts,
            s.groups()),
        output.layout(),
        output.activation(),
        output.accuracy());
  }

  ConvShape input() {
    return problem.input();
  }

  UnitCost cost() {
    return problem.cost();
  }

  List<DensePhase> list() {
    return list;
  }

  /** Phases along both axes, also those without taps. */
  long steps() {
    return (long) rows.size() * columns.size();
  }

  /** A convolution with weights as {@link #weights(float[])} orders them. */
  ConvShape weights() {
    int height = problem.shape().kernelHeight();
    int width = problem.shape().kernelWidth() / parts;
    return new ConvShape(
        1,
        problem.shape().channels(),
        new Axis(height, height, 1, 1, 0, 0),
        new Axis(width, width, 1, 1, 0, 0),
        problem.shape().filters() * parts,
        problem.shape().groups());
  }

  float[] weights(float[] weights) {
    return problem.reordered(weights, taps);
  }

  float[] bias(float[] bias) {
    if (bias == null) {
      return null;
    }
    float[] all = new float[parts * bias.length];
    for (int part = 0; part < parts; part++) {
      System.arraycopy(bias, 0, all, part * bias.length, bias.length);
    }
    return all;
  }

  Border border() {
    return border;
  }

  /** Whether some of the output's pixels are computed as one. */
  boolean joinsPixels() {
    return parts > 1;
  }

  boolean hasStrip() {
    return !problem.channelsLast() || border == Border.ALL;
  }

  /** Floats of the strip for blocks of so many pixels; may be more than an array can hold. */
  long stripFloats(int pixels) {
    return stripFloats(border, pixels);
  }

  private long stripFloats(Border border, int pixels) {
    int width = problem.shape().outputWidth() / parts;
    int height = Math.clamp(pixels / width, 1, problem.shape().outputHeight());
    return InputStrip.floats(
        input(), reaches(), border, problem.shape().channels(), height, Math.min(pixels, width));
  }

  List<Reach> reaches() {
    PhaseAxis column = columns.get(0);
    return List.of(
        Reach.of(problem.shape().rows()),
        parts == 1
            ? Reach.of(problem.shape().columns())
            : new Reach(1, column.padding(), 1, column.taps()));
  }

  /** Whether some outputs are reached by no tap. */
  boolean isBare() {
    return !all(rowTaps) || !all(columnTaps);
  }

  private static boolean all(boolean[] values) {
    for (boolean value : values) {
      if (!value) {
        return false;
      }
    }
    return true;
  }

  boolean hasTaps(int row, int column) {
    return rowTaps[row % rowTaps.length] && columnTaps[column % columnTaps.length];
  }
}
