package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.AlignedFloats;
import jdk.incubator.vector.FloatVector;

/**
 * im2col and matrix product with windows that overlap in memory, after Cho and Brand, "MEC:
 * Memory-efficient Convolution for Deep Neural Network" (2017), for few channels, as a network's
 * first layer has.
 *
 * <p>Only kernel columns are unfolded: {@code [output column][input row][kernel width * channels]}.
 * The window of an output pixel is then one contiguous stretch, kernel row after kernel row, and
 * shares all but its first rows with the next one below it. So every input row is copied once for a
 * block of output rows and not once for each kernel row: for 3x3 half as often, for 7x7 with stride
 * 2 a third as often.
 */
public final class DenseOverlapConv extends DenseBlockConv {
  /** Output rows of a block; more save little. */
  private static final int MOST_ROWS = 8;

  private final InputStrip strip;

  /** Floats of a kernel row's window. */
  private final int kernelRow;

  /** Floats from one output column's unfolded rows to the next one's. */
  private final int columnStep;

  private final int unfoldedFloats;

  public DenseOverlapConv(ConvProblem problem, float[] weights, float[] bias) {
    this(problem, DenseWeights.pack(problem.shape(), weights), Epilogue.of(problem, bias));
  }

  private DenseOverlapConv(ConvProblem problem, DenseWeights weights, Epilogue epilogue) {
    super(
        problem, weights, epilogue, PixelBlock.cut(problem.shape(), blockPixels(problem.shape())));
    this.strip =
        new InputStrip(
            shape,
            channelsLast,
            Border.ALL,
            InputStrip.Windows.all(shape),
            shape.channels(),
            blocks());
    this.kernelRow = shape.kernelWidth() * shape.channels();
    int rows = PixelBlock.mostRows(blocks());
    this.columnStep =
        ((rows - 1) * shape.strideHeight() + shape.effectiveKernelHeight()) * kernelRow;
    this.unfoldedFloats = AlignedFloats.next(PixelBlock.mostColumns(blocks()) * columnStep + LANES);
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return new DenseOverlapConv(problem, weights, epilogue);
  }

  /** Whether a problem is of this kind, and within the limit of scratch. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.groups() == 1
        && s.dilationHeight() == 1
        && s.dilationWidth() == 1
        && s.strideHeight() < s.kernelHeight()
        && unfoldedFloats(s, 1, 1) <= Blocking.MAX_OVERLAP_FLOATS;
  }

  private static long unfoldedFloats(ConvShape s, int rows, int columns) {
    long inputRows = (rows - 1L) * s.strideHeight() + s.kernelHeight();
    return columns * inputRows * s.kernelWidth() * s.channels();
  }

  /** Whole rows if they fit, else a part of one. */
  private static int blockPixels(ConvShape s) {
    int rows = Math.min(MOST_ROWS, s.outputHeight());
    while (rows > 1 && unfoldedFloats(s, rows, s.outputWidth()) > Blocking.OVERLAP_FLOATS) {
      rows--;
    }
    int columns = s.outputWidth();
    while (columns > 1 && unfoldedFloats(s, rows, columns) > Blocking.OVERLAP_FLOATS) {
      columns = Math.ceilDiv(columns, 2);
    }
    return rows * columns;
  }

  /** The unfolded input, then the strip. */
  @Override
  protected int inputFloats() {
    return unfoldedFloats + strip.windowFloats() + LANES;
  }

  @Override
  protected void enter(BlockRun run) {
    for (int row = run.row, at = 0; row < run.endRow; row++, at += run.width()) {
      int first = (row - run.row) * shape.strideHeight() * kernelRow;
      list(run, row, run.column, 1, run.width(), at, first, columnStep);
    }
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    strip.clearBorder(run, 1, unfoldedFloats);
    strip.load(run, 0, 1, unfoldedFloats);
    unfold(run);
    return end;
  }

  private void unfold(BlockRun run) {
    int rows = strip.rows(run);
    int step = shape.strideWidth() * shape.channels();
    int last = (kernelRow - 1) / LANES * LANES;
    for (int column = 0; column < run.width(); column++) {
      int from = unfoldedFloats + column * step;
      int to = column * columnStep;
      for (int j = last; j >= 0; j -= LANES) {
        copy(run.scratch.floats, from + j, strip.rowStep(), to + j, kernelRow, rows);
      }
    }
  }

  /**
   * Copies one vector of every row; the last of a row first: what it writes too much lies in the
   * next row's or the next column's first, which is written later.
   */
  private static void copy(float[] scratch, int from, int fromStep, int to, int toStep, int rows) {
    for (int row = 0; row < rows; row++) {
      FloatVector.fromArray(SPECIES, scratch, from + row * fromStep)
          .intoArray(scratch, to + row * toStep);
    }
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    TileCall call = call(run, panel);
    call.left(run.scratch.floats, 0, weights.depth());
    call.run(0, run.pixels());
    call.clear();
  }
}
