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
import dev.convector.internal.simd.Simd;
import java.util.List;
import java.util.function.Supplier;

/**
 * A convolution computed directly where few channels make the stretches of contiguous input short,
 * as in a network's first layer. Neighbouring output pixels see the input a constant distance
 * apart, and a window's elements lie at listed places from its first. Windows inside a
 * channels-last image are read where they lie; of the others, or channels-first, what a block of
 * rows sees is copied to scratch, columns padded. Kernel rows outside the image are left out.
 *
 * <p>The places may lie in several planes of a channels-last volume, so that its sums, too, are
 * stored once; then kernel rows outside the image are not left out, since the steps of those inside
 * don't follow one another.
 */
public final class DenseTapConv extends BlockConv {
  /**
   * Columns that tiles take together.
   *
   * @param places where the elements of their windows lie in the strip
   * @param areContiguous whether these follow one another
   */
  private record Piece(
      DenseTapColumns columns, DenseWeights weights, int[] places, boolean areContiguous) {

    /** Steps of a kernel row. */
    int rowSteps(ConvShape s) {
      return columns.taps() * s.groupChannels();
    }
  }

  private final Planes planes;
  private final DenseWeights weights;

  /** Steps of the slices of the kernel before the first that is used, and of those that are. */
  private final int firstStep;

  private final int depth;
  private final InputStrip strip;
  private final Piece[] pieces;

  /** Which kernel rows the output rows see, or all rows all. */
  private final TapRanges rows;

  private final DenseTapInside inside;

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
        PixelBlocks.cut(problem.shape(), DenseTapBlocks.pixels(problem.shape(), planes.slices())));
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
            shape,
            pixels,
            isVolume() ? Border.ALL : Border.COLUMNS,
            InputStrip.Windows.all(shape),
            shape.channels(),
            blocks);
    this.distance = shape.strideWidth() * shape.channels();
    this.rows =
        isVolume()
            ? TapRanges.whole(shape.outputHeight(), shape.kernelHeight())
            : TapRanges.rows(shape);
    this.inside = new DenseTapInside(shape, pixels, planes);
    List<DenseTapColumns> parted =
        inside.places != null || isVolume()
            ? List.of(DenseTapColumns.all(shape))
            : DenseTapColumns.of(shape);
    this.pieces = parted.stream().map(this::piece).toArray(Piece[]::new);
  }

  private Piece piece(DenseTapColumns columns) {
    int[] places = planes.places(columns.places(shape, strip.rowStep()), strip.windowFloats());
    return new Piece(
        columns,
        isVolume() ? weights : columns.of(weights, shape),
        places,
        DenseTapColumns.areContiguous(places));
  }

  private boolean isVolume() {
    return planes.slices() > 1;
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
    return DenseTapBlocks.stripFloats(plane, slices, 1, 1) <= Blocking.STRIP_FLOATS;
  }

  /** Whether rows needn't be cut, of which each part would be a call for each panel. */
  public static boolean holdsRow(ConvShape s) {
    return DenseTapBlocks.stripFloats(s, 1, 1, s.outputWidth()) <= Blocking.STRIP_FLOATS / 8;
  }

  /** Whether the kernels have tiles for the distance of neighbouring windows. */
  public static boolean isFast(ConvShape s) {
    return DenseTapCall.isFast(s.strideWidth() * s.channels());
  }

  /** The same of up to two vectors of filters. */
  public static boolean isFastNarrow(ConvShape s) {
    return DenseTapCall.hasConstant(s.strideWidth() * s.channels());
  }

  /**
   * Of all taps of all outputs the share that is computed: kernel rows outside the image are left
   * out, kernel columns where a piece of the columns doesn't see them.
   */
  public static double computedShare(ConvShape s) {
    double taps = (double) s.outputHeight() * s.kernelHeight();
    double across = (double) s.outputWidth() * s.kernelWidth();
    return TapRanges.rows(s).taps() / taps * DenseTapColumns.steps(DenseTapColumns.of(s)) / across;
  }

  @Override
  public long packedBytes() {
    long bytes = weights.bytes() + epilogue.bytes();
    for (Piece piece : pieces) {
      bytes += piece.weights == weights ? 0 : piece.weights.bytes();
      bytes += (long) piece.places.length * Integer.BYTES;
    }
    return bytes + (inside.places == null ? 0 : (long) inside.places.length * Integer.BYTES);
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

  @Override
  protected int load(BlockRun run, int panel, int end) {
    boolean isInPlace = inside.isInPlace(run);
    if (isInPlace && !inside.hasBorder(run)) {
      return end;
    }
    strip.clearBorder(run, planes.count(), 0);
    for (int i = 0; i < planes.count(); i++) {
      int image = run.image + i * planes.dilation();
      int at = i * strip.windowFloats();
      if (isInPlace) {
        inside.loadBorder(run, strip, image, at);
      } else {
        strip.loadImage(run, image, at);
      }
    }
    return end;
  }

  @Override
  protected boolean addsBias() {
    return true;
  }

  @Override
  protected void compute(BlockRun run, int panel) {
    DenseTapCall direct = null;
    if (inside.isInPlace(run)) {
      direct = DenseTapCall.second(run.scratch);
      direct.left(run.operands.src, distance, inside.places, inside.areContiguous);
      start(run, direct);
      right(direct, weights, panel);
    }
    DenseTapCall padded = null;
    if (direct == null || inside.hasBorder(run)) {
      padded = DenseTapCall.of(run.scratch);
      start(run, padded);
    }
    int inPlace = run.pixels() - run.stagedEnd;
    for (int from = 0; from < depth; from += Blocking.KC) {
      rows(run, padded, direct, panel, from, 0, inPlace);
      if (run.stagedEnd > 0) {
        rows(run, padded, direct, panel, from, inPlace, run.pixels());
      }
      if (direct != null && padded != null) {
        padded.result(run.output, run.rowStep);
        select(run, padded, pieces[0], panel, shape.strideHeight() * strip.rowStep());
        padded.stretch(0, depth, from, Math.min(depth, from + Blocking.KC));
        columns(run, padded, run.column, Math.min(inside.column, run.endColumn));
        columns(run, padded, Math.max(inside.endColumn, run.column), run.endColumn);
      }
    }
  }

  private void start(BlockRun run, DenseTapCall call) {
    call.start(epilogue.bias(), run.filter, run.started);
    call.clamp(epilogue.low(), epilogue.high());
  }

  /** Windows in the strip, of a piece's columns. */
  private void select(BlockRun run, DenseTapCall call, Piece piece, int panel, int distance) {
    call.left(run.scratch.floats, distance, piece.places, piece.areContiguous);
    right(call, piece.weights, panel);
  }

  private void right(DenseTapCall call, DenseWeights its, int panel) {
    int first = its.offset(panel) + firstStep * its.step(panel);
    call.right(its.floats(), first, its.vectors(panel));
  }

  /**
   * Chooses what steps from one on a row's sums have of a piece: those of the kernel rows that lie
   * inside the image.
   *
   * @param rowSteps of a kernel row
   * @return whether there is something to do; a sum of nothing is done with the first steps
   */
  private boolean stretch(DenseTapCall call, int rowSteps, int range, int from) {
    int first = rows.firstTap(range) * rowSteps;
    int end = rows.endTap(range) * rowSteps * planes.count();
    int start = Math.clamp(from, first, end);
    int to = Math.clamp(from + (long) Blocking.KC, start, end);
    call.stretch(first, end, start, to);
    return start < to || (first == end && from == 0);
  }

  /**
   * Some steps of the pixels {@code from} to {@code end} of a block, row by row, but for those left
   * and right of others that are read in place. All but the first are staged.
   *
   * @param padded for windows in the strip
   * @param direct for windows inside an image that is read in place; null if none is
   */
  private void rows(
      BlockRun run,
      DenseTapCall padded,
      DenseTapCall direct,
      int panel,
      int step,
      int from,
      int end) {
    int width = run.width();
    boolean staged = from > 0;
    float[] output = staged ? run.scratch.floats : run.output;
    int pixelStep = staged ? run.stagedStep : run.pixelStep;
    int rowStep = staged ? width * run.stagedStep : run.rowStep;
    if (direct != null) {
      direct.result(output, pixelStep);
    }
    if (padded != null) {
      padded.result(output, pixelStep);
    }
    int line = from / width;
    int column = run.column + from - line * width;
    int result = (staged ? run.staging : run.outputOffset) - run.column * pixelStep;
    int range = rows.find(run.row + line);
    // What the calls are set to: rows of one range share it.
    int directRange = -1;
    int paddedRange = -1;
    boolean some = false;
    for (int at = from; at < end; line++, column = run.column) {
      int endColumn = Math.min(run.endColumn, column + end - at);
      at += endColumn - column;
      int row = run.row + line;
      range += row == rows.end(range) ? 1 : 0;
      int place = result + line * rowStep;
      if (direct != null && inside.hasRow(row)) {
        if (range != directRange) {
          some = stretch(direct, shape.kernelWidth() * shape.groupChannels(), range, step);
          directRange = range;
          paddedRange = -1;
        }
        int left = Math.max(inside.column, column);
        int right = some ? Math.min(inside.endColumn, endColumn) : left;
        direct.run(imageOffset(run, row, range, left), place + left * pixelStep, right - left);
        continue;
      }
      for (Piece piece : pieces) {
        int left = Math.max(column, piece.columns.start());
        int right = Math.min(endColumn, piece.columns.end());
        if (left < right && (range != paddedRange || pieces.length > 1)) {
          select(run, padded, piece, panel, distance);
          some = stretch(padded, piece.rowSteps(shape), range, step);
          paddedRange = range;
          directRange = -1;
        }
        if (left < right && some) {
          int window = window(run, row, range, left, piece.columns.firstTap());
          padded.run(window, place + left * pixelStep, right - left);
        }
      }
    }
  }

  /** All rows of some columns at the image's sides, each column as one row of neighbours. */
  private void columns(BlockRun run, DenseTapCall call, int from, int to) {
    int row = inside.row(run);
    int count = inside.endRow(run) - row;
    int result = run.outputOffset + (row - run.row) * run.rowStep;
    for (int column = from; column < to && count > 0; column++) {
      int window = channel(run) + strip.windowOffset(run, row, column);
      call.run(window, result + (column - run.column) * run.pixelStep, count);
    }
  }

  /** Where in the strip what an output pixel sees begins, from its first kernel row inside on. */
  private int window(BlockRun run, int row, int range, int column, int tap) {
    int x = column * shape.strideWidth() - shape.padLeft() + tap * shape.dilationWidth();
    return channel(run) + strip.offset(run, firstRow(row, range), x);
  }

  /** The same in an image that is read where it lies, all of whose columns are seen. */
  private int imageOffset(BlockRun run, int row, int range, int column) {
    int y = run.image * shape.height() + firstRow(row, range);
    int x = column * shape.strideWidth() - shape.padLeft();
    return run.operands.srcOffset + (y * shape.width() + x) * shape.channels() + channel(run);
  }

  /** The first input row that an output row sees, of a volume in the padding too; any if none. */
  private int firstRow(int row, int range) {
    int y = row * shape.strideHeight() - shape.padTop();
    if (isVolume()) {
      return y;
    }
    return Math.clamp(
        y + (long) rows.firstTap(range) * shape.dilationHeight(), 0, shape.height() - 1);
  }

  /** The first that the panel's filters see. */
  private int channel(BlockRun run) {
    return run.filter / shape.groupFilters() * shape.groupChannels();
  }
}
