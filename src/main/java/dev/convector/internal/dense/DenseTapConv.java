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
 *
 * <p>The places may lie in several planes of a channels-last volume, so that its sums, too, are
 * stored once.
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

  /**
   * The same share of a volume, of whose planes each has such sides: 3x3x3 with stride 2 from 16
   * channels at 32x32x32 to 32 filters, 15 of whose columns see no padding for one that does, takes
   * 1.12 of the time in place (Zen 5).
   */
  private static final int VOLUME_SHARE_INSIDE = 40;

  /** The longest array of which the kernels' indexes are right. */
  private static final int MOST_FLOATS = 1 << 30;

  /** Output rows of a block for each plane that it sees; more save little. */
  private static final int MOST_ROWS = 8;

  /** Pixels of a block whose panel, where it is staged, takes half of a worker's scratch. */
  private static final int MOST_PIXELS = AlignedFloats.LEAST / 2 / DenseWeights.NR;

  private final Planes planes;
  private final DenseWeights weights;

  /**
   * Of the weights' depth, that of the slices of the kernel before the first, and of all that are
   * used.
   */
  private final int firstStep;

  private final int depth;
  private final InputStrip strip;

  /** Where a window's elements lie, from its first on. */
  private final int[] taps;

  /** The same in an image that is read where it lies; null if none is. */
  private final int[] imageTaps;

  /** Whether these follow one another, in strip and image. */
  private final boolean areContiguous;

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
        Planes.ONE,
        DenseWeights.pack(problem.shape(), weights),
        Epilogue.of(problem, bias));
  }

  /**
   * An output plane of a volume.
   *
   * @param problem the convolution of one plane of one volume
   * @param planes those of the input that it is the sum of; the source begins with the first
   * @param weights of all slices of the kernel, whose depth is slice, row, column, channel
   */
  public DenseTapConv(ConvProblem problem, Planes planes, DenseWeights weights, Epilogue epilogue) {
    this(
        problem,
        planes,
        weights,
        epilogue,
        PixelBlocks.cut(problem.shape(), blockPixels(problem.shape(), planes.slices())));
  }

  private DenseTapConv(
      ConvProblem problem,
      Planes planes,
      DenseWeights weights,
      Epilogue epilogue,
      PixelBlocks blocks) {
    super(problem.shape(), problem.channelsLast(), epilogue, weights, weights.step(0), blocks);
    this.planes = planes;
    this.weights = weights;
    int planeDepth = weights.depth() / planes.slices();
    this.firstStep = planes.first() * planeDepth;
    this.depth = planes.count() * planeDepth;
    boolean pixels = channelsLast || shape.channels() == 1;
    this.strip =
        new InputStrip(
            shape, pixels, Border.ALL, InputStrip.Windows.all(shape), shape.channels(), blocks);
    this.distance = shape.strideWidth() * shape.channels();
    this.taps = taps(strip.rowStep(), strip.windowFloats());
    TapRanges rows = TapRanges.rows(shape);
    TapRanges columns = TapRanges.columns(shape);
    this.insideRow = rows.firstOutput(0);
    this.insideEndRow = rows.endOutput(shape.kernelHeight() - 1);
    this.insideColumn = columns.firstOutput(0);
    this.insideEndColumn = columns.endOutput(shape.kernelWidth() - 1);
    int inside = insideEndColumn - insideColumn;
    this.isWhole = inside == shape.outputWidth();
    int share = planes.slices() == 1 ? SHARE_INSIDE : VOLUME_SHARE_INSIDE;
    boolean mostlyInside =
        inside >= share * (shape.outputWidth() - inside)
            && shape.width() * shape.channels() >= LEAST_ROW_FLOATS;
    boolean inPlace = pixels && (isWhole || mostlyInside);
    int row = shape.width() * shape.channels();
    this.imageTaps = inPlace ? taps(row, planes.dilation() * shape.height() * row) : null;
    this.areContiguous = areContiguous(taps) && (!inPlace || areContiguous(imageTaps));
  }

  private int[] taps(int rowStep, int planeStep) {
    int[] places = new int[depth];
    for (int i = 0; i < places.length; i++) {
      int tap = i / shape.groupChannels();
      int line = tap / shape.kernelWidth();
      int r = line % shape.kernelHeight() * shape.dilationHeight();
      int s = tap % shape.kernelWidth() * shape.dilationWidth();
      int plane = line / shape.kernelHeight() * planeStep;
      places[i] = plane + r * rowStep + s * shape.channels() + i % shape.groupChannels();
    }
    return places;
  }

  private static boolean areContiguous(int[] places) {
    for (int i = 0; i < places.length; i++) {
      if (places[i] != i) {
        return false;
      }
    }
    return true;
  }

  @Override
  public PackedWork withProblem(ConvProblem problem) {
    return new DenseTapConv(problem.flattened(), Planes.ONE, weights, epilogue);
  }

  @Override
  public Supplier<float[]> original() {
    return () -> weights.unpack(shape);
  }

  /** Whether it can compute a problem: scratch holds what a pixel sees. */
  public static boolean accepts(ConvProblem problem) {
    return accepts(problem.shape(), 1);
  }

  /** The same of an output plane of a volume, for so many slices of the kernel. */
  public static boolean accepts(ConvShape plane, int slices) {
    return slices * stripFloats(plane, 1, 1) <= Blocking.STRIP_FLOATS;
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

  private static boolean fits(ConvShape s, int slices, int rows, int columns) {
    return (long) rows * columns <= MOST_PIXELS
        && slices * stripFloats(s, rows, columns) <= Blocking.TAP_STRIP_FLOATS;
  }

  /** Whole rows if they fit, else a part of one. */
  private static int blockPixels(ConvShape s, int slices) {
    int rows = (int) Math.min((long) MOST_ROWS * slices, s.outputHeight());
    while (rows > 1 && !fits(s, slices, rows, s.outputWidth())) {
      rows--;
    }
    int columns = s.outputWidth();
    while (columns > 1 && !fits(s, slices, rows, columns)) {
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
    return planes.count() * strip.windowFloats() + Simd.LANES;
  }

  /** Of all slices, so that output planes that see fewer are cut alike. */
  @Override
  protected UnitCost cost() {
    long floats = (long) planes.slices() * shape.inputSize();
    return UnitCost.of(planes.slices() * shape.multiplyAdds(), floats + shape.outputSize())
        .weighing((long) planes.slices() * shape.weightsSize())
        .loading(floats, true, halo());
  }

  @Override
  protected boolean storesInOrder() {
    return depth <= Blocking.KC;
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
    boolean isInPlace = isInPlace(run);
    if (isInPlace && !hasBorder(run)) {
      return end;
    }
    strip.clearBorder(run, planes.count(), 0);
    for (int i = 0; i < planes.count(); i++) {
      int image = run.image + i * planes.dilation();
      int at = i * strip.windowFloats();
      if (isInPlace) {
        loadBorder(run, image, at);
      } else {
        strip.loadImage(run, image, at);
      }
    }
    return end;
  }

  private void loadBorder(BlockRun run, int image, int at) {
    int row = insideRow(run);
    int endRow = insideEndRow(run);
    int left = Math.min(insideColumn, run.endColumn);
    int right = Math.max(run.column, insideEndColumn);
    strip.loadPart(run, image, at, run.row, row, run.column, run.endColumn);
    strip.loadPart(run, image, at, row, endRow, run.column, left);
    strip.loadPart(run, image, at, row, endRow, right, run.endColumn);
    strip.loadPart(run, image, at, endRow, run.endRow, run.column, run.endColumn);
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
      inside.left(run.operands.src, distance, imageTaps, areContiguous);
      right(run, inside, panel);
    }
    DenseTapCall padded = null;
    if (inside == null || hasBorder(run)) {
      padded = DenseTapCall.of(run.scratch);
      right(run, padded, panel);
    }
    int inPlace = run.pixels() - run.stagedEnd;
    for (int from = 0; from < depth; from += Blocking.KC) {
      if (inside != null) {
        stretch(inside, from);
      }
      if (padded != null) {
        stretch(padded, from);
        padded.left(run.scratch.floats, distance, taps, areContiguous);
      }
      rows(run, padded, inside, 0, inPlace);
      if (run.stagedEnd > 0) {
        rows(run, padded, inside, inPlace, run.pixels());
      }
      if (inside != null && padded != null) {
        padded.left(
            run.scratch.floats, shape.strideHeight() * strip.rowStep(), taps, areContiguous);
        padded.result(run.output, run.rowStep);
        columns(run, padded, run.column, Math.min(insideColumn, run.endColumn));
        columns(run, padded, Math.max(insideEndColumn, run.column), run.endColumn);
      }
    }
  }

  private void right(BlockRun run, DenseTapCall call, int panel) {
    int first = weights.offset(panel) + firstStep * weights.step(panel);
    call.right(weights.floats(), first, weights.vectors(panel));
    call.start(epilogue.bias(), run.filter, run.started);
  }

  private void stretch(DenseTapCall call, int from) {
    int to = Math.min(depth, from + Blocking.KC);
    call.stretch(from, to, to == depth, epilogue.low(), epilogue.high());
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
