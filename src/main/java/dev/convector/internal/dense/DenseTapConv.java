package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockConv;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.block.InputStrip.Border;
import dev.convector.internal.block.PixelBlocks;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseTapCall;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.TapRanges;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
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

  /** Pixels of a block whose panel, where it is staged, takes half of a worker's scratch. */
  private static final int MOST_PIXELS = AlignedFloats.LEAST / 2 / DenseWeights.NR;

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
    this(problem, weights, epilogue, PixelBlocks.cut(problem.shape(), blockPixels(problem)));
  }

  private DenseTapConv(
      ConvProblem problem, DenseWeights weights, Epilogue epilogue, PixelBlocks blocks) {
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
      int tap = i / shape.groupChannels();
      int r = tap / shape.kernelWidth() * shape.dilationHeight();
      int s = tap % shape.kernelWidth() * shape.dilationWidth();
      places[i] = r * rowStep + s * shape.channels() + i % shape.groupChannels();
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

  /** Whether it can compute a problem: scratch holds what a pixel sees. */
  public static boolean accepts(ConvProblem problem) {
    return stripFloats(problem.shape(), 1, 1) <= Blocking.STRIP_FLOATS;
  }

  /** Whether rows needn't be cut, of which each part would be a call for each panel. */
  public static boolean holdsRow(ConvShape s) {
    return stripFloats(s, 1, s.outputWidth()) <= Blocking.STRIP_FLOATS / 8;
  }

  /** Whether the kernels have tiles for the distance of neighbouring windows. */
  public static boolean isFast(ConvShape s) {
    return DenseTapCall.isFast(s.strideWidth() * s.channels());
  }

  private static long stripFloats(ConvShape s, int rows, int columns) {
    return InputStrip.floats(s, Border.ALL, s.channels(), rows, columns);
  }

  private static boolean fits(ConvShape s, int rows, int columns) {
    return (long) rows * columns <= MOST_PIXELS
        && stripFloats(s, rows, columns) <= Blocking.TAP_STRIP_FLOATS;
  }

  /** Whole rows if they fit, else a part of one. */
  private static int blockPixels(ConvProblem problem) {
    ConvShape s = problem.shape();
    int rows = Math.min(MOST_ROWS, s.outputHeight());
    while (rows > 1 && !fits(s, rows, s.outputWidth())) {
      rows--;
    }
    int columns = s.outputWidth();
    while (columns > 1 && !fits(s, rows, columns)) {
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
  protected UnitCost cost() {
    return super.cost().loading(shape.inputSize(), true, halo());
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

  /** Whether some of a block's windows don't lie inside the image. */
  private boolean hasBorder(BlockRun run) {
    return !isWhole || insideRow > run.row || insideEndRow < run.endRow;
  }

  @Override
  protected int load(BlockRun run, int panel, int end) {
    if (!isInPlace(run)) {
      strip.clearBorder(run, 1, 0);
      strip.load(run, 0, 1, 0);
    } else if (hasBorder(run)) {
      int row = insideRow(run);
      int endRow = insideEndRow(run);
      strip.clearBorder(run, 1, 0);
      strip.loadPart(run, run.row, row, run.column, run.endColumn);
      strip.loadPart(run, row, endRow, run.column, Math.min(insideColumn, run.endColumn));
      strip.loadPart(run, row, endRow, Math.max(run.column, insideEndColumn), run.endColumn);
      strip.loadPart(run, endRow, run.endRow, run.column, run.endColumn);
    }
    return end;
  }

  private int insideRow(BlockRun run) {
    return Math.clamp(insideRow, run.row, run.endRow);
  }

  private int insideEndRow(BlockRun run) {
    return Math.clamp(insideEndRow, insideRow(run), run.endRow);
  }

  @Override
  protected boolean addsBias() {
    return true;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    DenseTapCall inside = null;
    if (isInPlace(run)) {
      inside = DenseTapCall.second(run.scratch);
      inside.left(run.operands.src, distance, imageTaps);
      right(run, inside, panel);
    }
    DenseTapCall padded = null;
    if (inside == null || hasBorder(run)) {
      padded = DenseTapCall.of(run.scratch);
      right(run, padded, panel);
    }
    int inPlace = run.pixels() - run.stagedEnd;
    for (int from = 0; from < weights.depth(); from += Blocking.KC) {
      if (inside != null) {
        stretch(inside, from);
      }
      if (padded != null) {
        stretch(padded, from);
        padded.left(run.scratch.floats, distance, taps);
      }
      rows(run, padded, inside, 0, inPlace);
      if (run.stagedEnd > 0) {
        rows(run, padded, inside, inPlace, run.pixels());
      }
      if (inside != null && padded != null) {
        padded.left(run.scratch.floats, shape.strideHeight() * strip.rowStep(), taps);
        padded.result(run.output, run.rowStep);
        columns(run, padded, run.column, Math.min(insideColumn, run.endColumn));
        columns(run, padded, Math.max(insideEndColumn, run.column), run.endColumn);
      }
    }
  }

  private void right(BlockRun run, DenseTapCall call, int panel) {
    call.right(weights.floats(), weights.offset(panel), weights.vectors(panel));
    call.start(epilogue.bias(), run.filter, run.started);
  }

  private void stretch(DenseTapCall call, int from) {
    int to = Math.min(weights.depth(), from + Blocking.KC);
    call.stretch(from, to, to == weights.depth(), epilogue.low(), epilogue.high());
  }

  /**
   * The pixels {@code from} to {@code end} of a block, row by row, but for those left and right of
   * others that are read in place. All but the first are staged.
   *
   * @param padded for windows in the strip
   * @param inside for windows inside an image that is read in place; null if none is
   */
  private void rows(BlockRun run, DenseTapCall padded, DenseTapCall inside, int from, int end) {
    int width = run.width();
    boolean staged = from > 0;
    float[] output = staged ? run.scratch.floats : run.output;
    int pixelStep = staged ? run.stagedStep : run.pixelStep;
    int rowStep = staged ? width * run.stagedStep : run.rowStep;
    if (inside != null) {
      inside.result(output, pixelStep);
    }
    if (padded != null) {
      padded.result(output, pixelStep);
    }
    int line = from / width;
    int column = run.column + from - line * width;
    int result = (staged ? run.staging : run.outputOffset) - run.column * pixelStep;
    for (int at = from; at < end; line++, column = run.column) {
      int endColumn = Math.min(run.endColumn, column + end - at);
      at += endColumn - column;
      int row = run.row + line;
      int place = result + line * rowStep;
      if (inside == null || row < insideRow || row >= insideEndRow) {
        int window = channel(run) + strip.windowOffset(run, row, column);
        padded.run(window, place + column * pixelStep, endColumn - column);
      } else {
        int left = Math.max(insideColumn, column);
        int right = Math.min(insideEndColumn, endColumn);
        inside.run(imageOffset(run, row, left), place + left * pixelStep, right - left);
      }
    }
  }

  /** All rows of some columns at the image's sides, each column as one row of neighbours. */
  private void columns(BlockRun run, DenseTapCall call, int from, int to) {
    int row = insideRow(run);
    int rows = insideEndRow(run) - row;
    int result = run.outputOffset + (row - run.row) * run.rowStep;
    for (int column = from; column < to && rows > 0; column++) {
      int window = channel(run) + strip.windowOffset(run, row, column);
      call.run(window, result + (column - run.column) * run.pixelStep, rows);
    }
  }

  private int imageOffset(BlockRun run, int row, int column) {
    int y = run.image * shape.height() + row * shape.strideHeight() - shape.padTop();
    int x = column * shape.strideWidth() - shape.padLeft();
    return run.operands.srcOffset + (y * shape.width() + x) * shape.channels() + channel(run);
  }

  /** The first that the panel's filters see. */
  private int channel(BlockRun run) {
    return run.filter / shape.groupFilters() * shape.groupChannels();
  }
}
