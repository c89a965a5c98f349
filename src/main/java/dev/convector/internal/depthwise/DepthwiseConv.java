package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * Depthwise convolution with channels across the lanes.
 *
 * <p>A channels-last image is read and written in place where the micro-kernel has a tile for the
 * kernel's columns: kernel rows outside the image are left out, columns outside count as zeros.
 * Otherwise (a channels-first image, several filters a channel, a wide or dilated kernel) one
 * vector of filters at a time is brought into a strip in scratch; so are the last channels of an
 * image where they don't fill a vector, whose results are staged there too.
 */
public final class DepthwiseConv implements PackedWork {
  /** Floats of strip and staging to aim at: 512 KiB, half of a second-level cache. */
  private static final int STRIP_FLOATS = 128 * 1024;

  /** The most floats of strip and staging: 2 MiB. */
  private static final int MAX_FLOATS = 512 * 1024;

  /** Floats of output that a block read in place aims at: 128 KiB. */
  private static final int BLOCK_FLOATS = 32 * 1024;

  private final ConvShape shape;
  private final boolean outputChannelsLast;
  private final boolean padded;
  private final int vectors;
  private final Epilogue epilogue;
  private final List<PixelBlock> blocks;
  private final boolean inPlace;

  /** Null where nothing goes through it. */
  private final DepthwiseStrip strip;

  private final DepthwiseTiles imageTiles;
  private final DepthwiseTiles stripTiles;
  private final DepthwiseOutput output;
  private final int stripFloats;
  private final int stagingFloats;
  private final int group;

  public DepthwiseConv(ConvProblem problem, float[] weights, float[] bias) {
    this(
        problem,
        problem.layout(),
        isInPlace(problem) ? inPlacePixels(problem) : Integer.MAX_VALUE,
        weights,
        bias);
  }

  /**
   * One whose output may have another layout than its input.
   *
   * @param blockPixels the most pixels of a block
   */
  public DepthwiseConv(
      ConvProblem problem, Layout outputLayout, int blockPixels, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.outputChannelsLast = outputLayout == Layout.NHWC;
    this.padded = DepthwiseRow.isPadded(shape);
    this.vectors = Math.ceilDiv(shape.filters(), LANES);
    this.epilogue = new Epilogue(problem.activation(), bias, shape.filters());
    this.inPlace = isInPlace(problem);
    boolean channelsLast = problem.channelsLast();
    boolean whole = shape.filters() % LANES == 0;
    this.output = new DepthwiseOutput(shape, epilogue);
    int most = inPlace && whole ? blockPixels : Math.min(blockPixels, stripPixels(problem));
    this.blocks = PixelBlock.cut(shape, most);
    int pixels = blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
    int columns = blocks.stream().mapToInt(PixelBlock::columns).max().orElseThrow();
    int rows = blocks.stream().mapToInt(PixelBlock::rows).max().orElseThrow();
    this.strip =
        inPlace && whole ? null : new DepthwiseStrip(shape, channelsLast, padded, rows, columns);
    this.group =
        inPlace || !channelsLast ? 1 : Math.clamp(STRIP_FLOATS / strip.vectorStep(), 1, vectors);
    this.stripFloats = strip == null ? 0 : group * strip.vectorStep();
    this.stagingFloats = outputChannelsLast ? (whole ? 0 : columns * LANES) : pixels * LANES;
    this.imageTiles =
        inPlace ? tiles(weights, shape.width() * shape.channels(), shape.channels()) : null;
    this.stripTiles = strip == null ? null : tiles(weights, strip.rowStep(), LANES);
  }

  private DepthwiseTiles tiles(float[] weights, int rowStep, int columnStep) {
    return new DepthwiseTiles(shape, padded, weights, rowStep, columnStep, epilogue);
  }

  private static boolean isInPlace(ConvProblem problem) {
    return problem.channelsLast()
        && problem.shape().groupFilters() == 1
        && !DepthwiseRow.isPadded(problem.shape());
  }

  /** Pixels of a block that is read in place: whole rows, enough for a tile of rows. */
  private static int inPlacePixels(ConvProblem problem) {
    ConvShape shape = problem.shape();
    int tileRows = DepthwiseTiles.tileRows(shape, shape.width() * shape.channels());
    int rows = BLOCK_FLOATS / shape.filters() / shape.outputWidth() / tileRows * tileRows;
    return Math.max(tileRows, rows) * shape.outputWidth();
  }

  /** Why a problem can't be computed; null if it can. */
  public static String refusal(ConvProblem problem) {
    ConvShape shape = problem.shape();
    if (shape.groups() != shape.channels()) {
      return "needs as many groups as channels (" + shape.channels() + "), not " + shape.groups();
    }
    if (isInPlace(problem) && shape.channels() % LANES == 0) {
      return null;
    }
    long floats = scratch(problem, isInPlace(problem) ? shape.outputWidth() : 1);
    return floats > MAX_FLOATS
        ? "needs the input below one kernel, " + floats + " elements, to fit " + MAX_FLOATS
        : null;
  }

  /**
   * Pixels of a block that needs a strip: the whole image if that fits, else a half, a quarter; a
   * row at least where rows are read in place, of which refusal() has said that it fits.
   */
  private static int stripPixels(ConvProblem problem) {
    int least = isInPlace(problem) ? problem.shape().outputWidth() : 1;
    int pixels = problem.shape().outputHeight() * problem.shape().outputWidth();
    while (pixels > least && scratch(problem, pixels) > STRIP_FLOATS) {
      pixels = Math.max(least, Math.ceilDiv(pixels, 2));
    }
    return pixels;
  }

  private static long scratch(ConvProblem problem, int pixels) {
    ConvShape shape = problem.shape();
    int rows = Math.clamp(pixels / shape.outputWidth(), 1, shape.outputHeight());
    int columns = Math.min(pixels, shape.outputWidth());
    long staging = (problem.channelsLast() ? 1L : rows) * columns * LANES;
    return DepthwiseStrip.floats(shape, DepthwiseRow.isPadded(shape), rows, columns) + staging;
  }

  @Override
  public long packedBytes() {
    return epilogue.bytes()
        + (imageTiles == null ? 0 : imageTiles.bytes())
        + (stripTiles == null ? 0 : stripTiles.bytes());
  }

  @Override
  public int scratchFloats() {
    return stripFloats + stagingFloats;
  }

  @Override
  public int units(int threads) {
    // Small images stay in the second-level cache, where twice the floats move in a nanosecond;
    // with less than this two threads lost (960 channels at 7x7: 18 microseconds alone, 32
    // together).
    long moved = ((long) shape.inputSize() + shape.outputSize()) / 2;
    int worth = Split.threads(shape.multiplyAdds(), moved, threads);
    return worth == 1 ? 1 : blocks.size() * Split.parts(blocks.size(), vectors, worth);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int parts = Math.max(1, units / blocks.size());
    int part = unit % parts;
    int fromVector = Split.start(vectors, part, parts);
    int toVector = Split.start(vectors, part + 1, parts);
    int toBlock = units == 1 ? blocks.size() : unit / parts + 1;
    try (DepthwiseCall call = DepthwiseCall.take()) {
      for (int b = unit / parts; b < toBlock; b++) {
        block(call, operands, blocks.get(b), fromVector, toVector, scratch.floats);
      }
    }
  }

  /** The blocks that the output is cut into: whole rows or parts of one row. */
  public List<PixelBlock> blocks() {
    return blocks;
  }

  /**
   * Computes all filters of a channels-last output's block and puts them, densely packed, at an
   * index of an array. The operands' output is ignored and overwritten.
   */
  public void run(Operands operands, PixelBlock block, float[] dst, int at, Scratch scratch) {
    operands.dst = dst;
    operands.dstOffset = 0;
    operands.dstOffset = at - output.offset(operands, block, block.row());
    try (DepthwiseCall call = DepthwiseCall.take()) {
      block(call, operands, block, 0, vectors, scratch.floats);
    }
  }

  private void block(
      DepthwiseCall call,
      Operands operands,
      PixelBlock block,
      int fromVector,
      int toVector,
      float[] scratch) {
    if (inPlace) {
      inPlace(call, operands, block, fromVector, toVector, scratch);
      return;
    }
    for (int v = fromVector; v < toVector; v += group) {
      int end = Math.min(toVector, v + group);
      strip.load(operands, block, v, end, scratch);
      if (outputChannelsLast) {
        fromStrip(call, operands, block, v, end, scratch);
      } else {
        throughStaging(call, operands, block, v, scratch);
      }
    }
  }

  private void inPlace(
      DepthwiseCall call,
      Operands operands,
      PixelBlock block,
      int fromVector,
      int toVector,
      float[] scratch) {
    int from = fromVector * LANES;
    int to = Math.min(toVector, shape.filters() / LANES) * LANES;
    int y = block.row() * shape.strideHeight() - shape.padTop();
    int x = block.column() * shape.strideWidth() - shape.padLeft();
    int first =
        operands.srcOffset
            + ((block.image() * shape.height() + y) * shape.width() + x) * shape.channels();
    output.addResidual(operands, block, from, to);
    call.filters(0, from, to);
    call.input(operands.src, first);
    output(call, operands, block, 0);
    imageTiles.run(call, block.row(), block.endRow(), block.column(), block.endColumn());
    output.activate(operands, block, from, to);
    if (to < Math.min(toVector * LANES, shape.filters())) {
      strip.load(operands, block, toVector - 1, toVector, scratch);
      lastChannels(call, operands, block, scratch, 0);
    }
  }

  /** Has a channels-last output's block computed in its place, from a filter on. */
  private void output(DepthwiseCall call, Operands operands, PixelBlock block, int filter) {
    int first = output.offset(operands, block, block.row()) + filter;
    boolean started = operands.residual != null;
    call.output(operands.dst, first, output.rowStep(), shape.filters(), started);
  }

  /** Channels that don't fill a vector, from their strip, staged a row at a time. */
  private void lastChannels(
      DepthwiseCall call, Operands operands, PixelBlock block, float[] scratch, int stripAt) {
    int first = shape.filters() / LANES * LANES;
    int count = shape.filters() - first;
    int end = stripFloats + block.columns() * LANES;
    call.filters(first, 0, LANES);
    call.output(scratch, stripFloats, 0, LANES, operands.residual != null);
    for (int row = block.row(); row < block.endRow(); row++) {
      int y = output.offset(operands, block, row) + first;
      if (operands.residual != null) {
        FloatVector bias = FloatVector.fromArray(SPECIES, epilogue.bias(), first);
        int residual = operands.residualOffset - operands.dstOffset + y;
        for (int at = stripFloats; at < end; at += LANES, residual += shape.filters()) {
          System.arraycopy(operands.residual, residual, scratch, at, count);
          FloatVector.fromArray(SPECIES, scratch, at).add(bias).intoArray(scratch, at);
        }
      }
      call.input(scratch, stripAt + strip.offset(block, row, block.column()));
      stripTiles.run(call, row, row + 1, block.column(), block.endColumn());
      if (!epilogue.isClamp()) {
        epilogue.activate(scratch, stripFloats, block.columns() * LANES);
      }
      for (int at = stripFloats; at < end; at += LANES, y += shape.filters()) {
        System.arraycopy(scratch, at, operands.dst, y, count);
      }
    }
  }

  private void fromStrip(
      DepthwiseCall call,
      Operands operands,
      PixelBlock block,
      int fromVector,
      int toVector,
      float[] scratch) {
    int from = fromVector * LANES;
    int to = Math.min(toVector, shape.filters() / LANES) * LANES;
    output.addResidual(operands, block, from, to);
    int x = strip.offset(block, block.row(), block.column());
    for (int k = from; k < to; k += LANES, x += strip.vectorStep()) {
      call.filters(k, 0, LANES);
      call.input(scratch, x);
      output(call, operands, block, k);
      stripTiles.run(call, block.row(), block.endRow(), block.column(), block.endColumn());
    }
    output.activate(operands, block, from, to);
    if (to < Math.min(toVector * LANES, shape.filters())) {
      int stripAt = (toVector - 1 - fromVector) * strip.vectorStep();
      lastChannels(call, operands, block, scratch, stripAt);
    }
  }

  private void throughStaging(
      DepthwiseCall call, Operands operands, PixelBlock block, int vector, float[] scratch) {
    int first = vector * LANES;
    int count = Math.min(LANES, shape.filters() - first);
    int plane = shape.outputHeight() * shape.outputWidth();
    int at =
        (block.image() * shape.filters() + first) * plane
            + block.row() * shape.outputWidth()
            + block.column();
    // Rows as wide as the output follow one another: one long row.
    boolean whole = block.columns() == shape.outputWidth();
    int length = whole ? block.pixels() : block.columns();
    int times = whole ? 1 : block.rows();
    if (operands.residual != null) {
      for (int i = 0; i < times; i++) {
        Transpose.run(
            operands.residual,
            operands.residualOffset + at + i * shape.outputWidth(),
            plane,
            count,
            length,
            scratch,
            stripFloats + i * length * LANES,
            LANES);
      }
      FloatVector bias = FloatVector.fromArray(SPECIES, epilogue.bias(), first);
      int end = stripFloats + block.pixels() * LANES;
      for (int i = stripFloats; i < end; i += LANES) {
        FloatVector.fromArray(SPECIES, scratch, i).add(bias).intoArray(scratch, i);
      }
    }
    call.filters(first, 0, LANES);
    call.input(scratch, strip.offset(block, block.row(), block.column()));
    boolean started = operands.residual != null;
    call.output(scratch, stripFloats, block.columns() * LANES, LANES, started);
    stripTiles.run(call, block.row(), block.endRow(), block.column(), block.endColumn());
    if (!epilogue.isClamp()) {
      epilogue.activate(scratch, stripFloats, block.pixels() * LANES);
    }
    for (int i = 0; i < times; i++) {
      Transpose.run(
          scratch,
          stripFloats + i * length * LANES,
          LANES,
          length,
          count,
          operands.dst,
          operands.dstOffset + at + i * shape.outputWidth(),
          plane);
    }
  }
}
