package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.block.OutputBlock;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.kernel.DensePacking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedConv;
import dev.convector.internal.simd.AlignedFloats;
import java.util.List;
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
public final class DenseOverlapConv implements PackedConv {
  /** Floats of unfolded input to aim at: 128 KiB, an eighth of a second-level cache. */
  private static final int UNFOLDED_FLOATS = 32 * 1024;

  /** The most floats of unfolded input: 1 MiB. */
  private static final int MAX_UNFOLDED_FLOATS = 256 * 1024;

  /** Output rows of a block; more save little. */
  private static final int MOST_ROWS = 8;

  private final ConvShape shape;
  private final DenseWeights weights;
  private final Epilogue epilogue;
  private final OutputBlock output;
  private final List<PixelBlock> blocks;
  private final int mostPixels;
  private final PaddedStrip strip;

  /** Floats of a kernel row's window. */
  private final int run;

  /** Floats from one output column's unfolded rows to the next one's. */
  private final int columnStep;

  private final int unfoldedFloats;

  public DenseOverlapConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.weights = DensePacking.pack(shape, weights);
    this.epilogue = new Epilogue(problem.activation(), bias, 1, shape.filters());
    this.output = new OutputBlock(shape, problem.channelsLast(), this.weights, epilogue);
    this.blocks = PixelBlock.cut(shape, blockPixels(shape));
    this.mostPixels = blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
    this.strip = new PaddedStrip(shape, problem.channelsLast(), blocks);
    this.run = shape.kernelWidth() * shape.channels();
    int rows = blocks.stream().mapToInt(strip::rows).max().orElseThrow();
    int columns = blocks.stream().mapToInt(PixelBlock::columns).max().orElseThrow();
    this.columnStep = rows * run;
    this.unfoldedFloats = AlignedFloats.next(columns * columnStep + LANES);
  }

  /** Whether a problem is of this kind, and within the limit of scratch. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    return s.groups() == 1
        && s.dilationHeight() == 1
        && s.dilationWidth() == 1
        && s.strideHeight() < s.kernelHeight()
        && unfoldedFloats(s, 1, 1) <= MAX_UNFOLDED_FLOATS;
  }

  private static long unfoldedFloats(ConvShape s, int rows, int columns) {
    long inputRows = (rows - 1L) * s.strideHeight() + s.kernelHeight();
    return columns * inputRows * s.kernelWidth() * s.channels();
  }

  /** Whole rows if they fit, else a part of one. */
  private static int blockPixels(ConvShape s) {
    int rows = Math.min(MOST_ROWS, s.outputHeight());
    while (rows > 1 && unfoldedFloats(s, rows, s.outputWidth()) > UNFOLDED_FLOATS) {
      rows--;
    }
    int columns = s.outputWidth();
    while (columns > 1 && unfoldedFloats(s, rows, columns) > UNFOLDED_FLOATS) {
      columns = Math.ceilDiv(columns, 2);
    }
    return rows * columns;
  }

  @Override
  public Algorithm algorithm() {
    return Algorithm.IM2COL_GEMM;
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + epilogue.bytes();
  }

  /** Scratch: the unfolded input, then the strip, whose place the staging takes afterwards. */
  @Override
  public int scratchFloats() {
    return unfoldedFloats + Math.max(strip.floats() + LANES, OutputBlock.stagingFloats(mostPixels));
  }

  @Override
  public int scratchInts() {
    return 3 * mostPixels;
  }

  @Override
  public int units(int threads) {
    return blocks.size() * Split.parts(blocks.size(), weights.panels(), threads);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = units / blocks.size();
    PixelBlock block = blocks.get(unit / parts);
    int part = unit % parts;
    strip.load(operands, block, scratch.floats, unfoldedFloats);
    unfold(block, scratch.floats);
    fillTable(block, scratch.ints);
    int end = Split.start(weights.panels(), part + 1, parts);
    for (int panel = Split.start(weights.panels(), part, parts); panel < end; panel++) {
      panel(operands, block, panel, scratch);
    }
  }

  /**
   * Copies whole vectors. What a run writes too much lies in the next row's run or the next
   * column's, which is written later.
   */
  private void unfold(PixelBlock block, float[] scratch) {
    int rows = strip.rows(block);
    int step = shape.strideWidth() * shape.channels();
    for (int column = 0; column < block.columns(); column++) {
      int from = unfoldedFloats + column * step;
      runs(scratch, from, strip.rowStep(), rows, run, column * columnStep);
    }
  }

  private static void runs(float[] scratch, int from, int rowStep, int rows, int run, int to) {
    for (int row = 0; row < rows; row++, from += rowStep, to += run) {
      for (int j = 0; j < run; j += LANES) {
        FloatVector.fromArray(SPECIES, scratch, from + j).intoArray(scratch, to + j);
      }
    }
  }

  /** Tables of where each pixel's window, its output and its staging start. */
  private void fillTable(PixelBlock block, int[] table) {
    int at = 0;
    for (int row = block.row(); row < block.endRow(); row++) {
      output.list(block, row, block.column(), block.columns(), table, at, mostPixels);
      int window = (row - block.row()) * shape.strideHeight() * run;
      for (int column = 0; column < block.columns(); column++, at++) {
        table[at] = window + column * columnStep;
      }
    }
  }

  private void panel(Operands operands, PixelBlock block, int panel, Scratch scratch) {
    if (operands.residual != null) {
      output.loadResidual(operands, block, 0, panel, scratch.floats, unfoldedFloats);
    }
    boolean fresh = operands.residual == null;
    try (TileCall product = TileCall.take()) {
      output.describe(
          product, operands, 0, panel, 0, fresh, true, scratch, mostPixels, unfoldedFloats);
      product.left(scratch.floats, 0, weights.depth());
      product.run(0, block.pixels());
    }
    output.finish(operands, block, 0, panel, scratch.floats, unfoldedFloats);
  }
}
