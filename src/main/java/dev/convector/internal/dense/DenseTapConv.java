package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseTapCall;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.Simd;
import java.util.List;
import java.util.function.Supplier;

/**
 * A convolution computed directly where few channels make the stretches of contiguous input short,
 * as in a network's first layer. Neighbouring output pixels see the input a constant distance
 * apart, and a window's elements lie at listed places from its first. Windows inside a
 * channels-last image are read where they lie; of the others, or channels-first, what a block of
 * rows sees is copied to scratch, padded.
 */
public final class DenseTapConv extends BlockConv {
  /**
   * An image is read where it lies if so many output columns see no padding for each that does, and
   * from so many floats a row on: those at its sides are computed apart. 3x3 from 3 channels to 16
   * at 224x224 takes 0.95 to 0.97 of the time then, at 640x640 with stride 2 0.88, from 8 channels
   * at 56x56 0.95; but from 3 at 43x43 1.21, with stride 2 at 48x48 1.18, from 1 at 28x28 1.14 (AMD
   * EPYC, family 26).
   */
  private static final int SHARE_INSIDE = 8;

  private static final int LEAST_ROW_FLOATS = 192;

  /** The longest array of which the kernels' indexes are right. */
  private static final int MOST_FLOATS = 1 << 30;

  /** Output rows of a block; more save little. */
  private static final int MOST_ROWS = 8;

  private final DenseWeights weights;
  private final InputStrip strip;

  /** Where a window's elements lie, from its first on. */
  private final int[] taps;

  /** The same in an image that is read where it lies; null if none is. */
  private final int[] imageTaps;

  /** Output rows and columns whose windows lie inside the image. */
  private final int insideRow;

  private final int insideEndRow;
  private final int insideColumn;
  private final int insideEndColumn;

  /** Whether these are all columns. */
  private final boolean isWhole;

  /** Floats from one output pixel's window to the next one's. */
  private final int distance;

  public DenseTapConv(ConvProblem problem, float[] weights, float[] bias) {
    this(
        problem.flattened(),
        DenseWeights.pack(problem.shape(), weights),
        Epilogue.of(problem, bias));
  }

  private DenseTapConv(ConvProblem problem, DenseWeights weights, Epilogue epilogue) {
    this(problem, weights, epilogue, PixelBlock.cut(problem.shape(), blockPixels(problem)));
  }

  private DenseTapConv(
      ConvProblem problem, DenseWeights weights, Epilogue epilogue, List<PixelBlock> blocks) {
    super(problem.shape(), problem.channelsLast(), epilogue, weights, weights.step(0), blocks);
    this.weights = weights;
    boolean pixels = channelsLast || shape.channels() == 1;
    this.strip =
        new InputStrip(
            shape, pixels, Border.ALL, InputStrip.Windows.all(shape), shape.channels(), blocks);
    this.distance = shape.strideWidth() * shape.channels();
    this.taps = taps(strip.rowStep());
    TapRanges rows = TapRanges.rows(shape);
    TapRanges columns = TapRanges.columns(shape);
    this.insideRow = rows.firstOutput(0);
    this.insideEndRow = rows.endOutput(shape.kernelHeight() - 1);
    this.insideColumn = columns.firstOutput(0);
    this.insideEndColumn = columns.endOutput(shape.kernelWidth() - 1);
    int inside = insideEndColumn - insideColumn;
    this.isWhole = inside == shape.outputWidth();
    boolean mostlyInside =
        inside >= SHARE_INSIDE * (shape.outputWidth() - inside)
            && shape.width() * shape.channels() >= LEAST_ROW_FLOATS;
    boolean inPlace = pixels && (isWhole || mostlyInside);
    this.imageTaps = inPlace ? taps(shape.width() * shape.channels()) : null;
  }

  private int[] taps(int rowStep) {
    int[] places = new int[weights.depth()];
    for (int i = 0; i < places.length; i++) {
      int tap = i / shape.channels();
      int r = tap / shape.kernelWidth() * shape.dilationHeight();
      int s = tap % shape.kernelWidth() * shape.dilationWidth();
      places[i] = r * rowStep + s * shape.channels() + i % shape.channels();
    }
    return places;
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return new DenseTapConv(problem.flattened(), weights, epilogue);
  }

  @Override
  public Supplier<float[]> original() {
    return () -> weights.unpack(shape);
  }

  /** Whether it can compute a problem: one group, and scratch holds what a pixel sees. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.groups() == 1 && stripFloats(s, 1, 1) <= Blocking.STRIP_FLOATS;
  }

  /** Whether the kernels have tiles for the distance of neighbouring windows. */
  public static boolean isFast(ConvShape s) {
    return DenseTapCall.isFast(s.strideWidth() * s.channels());
  }

  private static long stripFloats(ConvShape s, int rows, int columns) {
    return InputStrip.floats(s, Border.ALL, s.channels(), rows, columns);
  }

  /** Whole rows if they fit, else a part of one. */
  private static int blockPixels(ConvProblem problem) {
    ConvShape s = problem.shape();
    int rows = Math.min(MOST_ROWS, s.outputHeight());
    while (rows > 1 && stripFloats(s, rows, s.outputWidth()) > Blocking.TAP_STRIP_FLOATS) {
      rows--;
    }
    int columns = s.outputWidth();
    while (columns > 1 && stripFloats(s, rows, columns) > Blocking.TAP_STRIP_FLOATS) {
      columns = Math.ceilDiv(columns, 2);
    }
    return rows * columns;
  }

  @Override
  public long packedBytes() {
    long listed = taps.length * (imageTaps == null ? 1L : 2L);
    return weights.bytes() + epilogue.bytes() + listed * Integer.BYTES;
  }

  @Override
  protected int inputFloats() {
    return strip.windowFloats() + Simd.LANES;
  }

  @Override
  protected boolean storesInOrder() {
    return weights.depth() <= Blocking.KC;
  }

  /** Whether windows inside the image are read where they lie; columns at its sides then wait. */
  private boolean isInPlace(BlockRun run) {
    return imageTaps != null
        && (isWhole || !run.overlapping())
        && run.operands.src.length <= MOST_FLOATS;
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    if (!isInPlace(run)) {
      strip.clearBorder(run, 1, 0);
      strip.load(run, 0, 1, 0);
      return end;
    }
    int row = insideRow(run);
    int endRow = insideEndRow(run);
    if (row > run.row || endRow < run.endRow || !isWhole) {
      strip.clearBorder(run, 1, 0);
    }
    strip.loadPart(run, run.row, row, run.column, run.endColumn);
    strip.loadPart(run, row, endRow, run.column, Math.min(insideColumn, run.endColumn));
    strip.loadPart(run, row, endRow, Math.max(run.column, insideEndColumn), run.endColumn);
    strip.loadPart(run, endRow, run.endRow, run.column, run.endColumn);
    return end;
  }

  private int insideRow(BlockRun run) {
    return Math.clamp(insideRow, run.row, run.endRow);
  }

  private int insideEndRow(BlockRun run) {
    return Math.clamp(insideEndRow, insideRow(run), run.endRow);
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    DenseTapCall call = DenseTapCall.of(run.scratch);
    right(run, call, panel);
    DenseTapCall inside = call;
    if (isInPlace(run)) {
      inside = DenseTapCall.second(run.scratch);
      inside.left(run.operands.src, distance, imageTaps);
      right(run, inside, panel);
    }
    int inPlace = run.pixels() - run.stagedEnd;
    int depth = weights.depth();
    for (int from = 0; from < depth; from += Blocking.KC) {
      int to = Math.min(depth, from + Blocking.KC);
      call.left(run.scratch.floats, distance, taps);
      call.stretch(from, to, to == depth, epilogue.low(), epilogue.high());
      inside.stretch(from, to, to == depth, epilogue.low(), epilogue.high());
      call.result(run.output, run.pixelStep);
      inside.result(run.output, run.pixelStep);
      rows(run, call, inside, 0, inPlace);
      if (run.stagedEnd > 0) {
        call.result(run.scratch.floats, run.stagedStep);
        inside.result(run.scratch.floats, run.stagedStep);
        rows(run, call, inside, inPlace, run.pixels());
      }
      if (inside != call) {
        call.left(run.scratch.floats, shape.strideHeight() * strip.rowStep(), taps);
        call.result(run.output, run.rowStep);
        columns(run, call, run.column, Math.min(insideColumn, run.endColumn));
        columns(run, call, Math.max(insideEndColumn, run.column), run.endColumn);
      }
    }
    call.clear();
    inside.clear();
  }

  private void right(BlockRun run, DenseTapCall call, int panel) {
    call.right(weights.floats(), weights.offset(panel), weights.vectors(panel));
    call.start(run.started ? null : epilogue.bias(), run.filter, run.started);
  }

  /**
   * The pixels {@code from} to {@code end} of a block, row by row, but for those left and right of
   * others that are read in place.
   *
   * @param inside for windows inside the image; the same call if none is read in place
   */
  private void rows(BlockRun run, DenseTapCall call, DenseTapCall inside, int from, int end) {
    int width = run.width();
    int first = from > 0 ? run.staging : run.outputOffset;
    int step = from > 0 ? width * run.stagedStep : run.rowStep;
    int line = from / width;
    int column = run.column + from - line * width;
    for (int at = from; at < end; line++, column = run.column) {
      int endColumn = Math.min(run.endColumn, column + end - at);
      at += endColumn - column;
      int result = first + line * step - run.column * call.resultStep();
      int row = run.row + line;
      if (call == inside || row < insideRow || row >= insideEndRow) {
        int window = strip.windowOffset(run, row, column);
        call.run(window, result + column * call.resultStep(), endColumn - column);
      } else {
        int left = Math.max(insideColumn, column);
        int window = imageOffset(run, row, left);
        int right = Math.min(insideEndColumn, endColumn);
        inside.run(window, result + left * call.resultStep(), right - left);
      }
    }
  }

  /** All rows of some columns at the image's sides, each column as one row of neighbours. */
  private void columns(BlockRun run, DenseTapCall call, int from, int to) {
    int row = insideRow(run);
    int rows = insideEndRow(run) - row;
    int result = run.outputOffset + (row - run.row) * run.rowStep;
    for (int column = from; column < to && rows > 0; column++) {
      int window = strip.windowOffset(run, row, column);
      call.run(window, result + (column - run.column) * run.pixelStep, rows);
    }
  }

  private int imageOffset(BlockRun run, int row, int column) {
    int y = run.image * shape.height() + row * shape.strideHeight() - shape.padTop();
    int x = column * shape.strideWidth() - shape.padLeft();
    return run.operands.srcOffset + (y * shape.width() + x) * shape.channels();
  }
}
