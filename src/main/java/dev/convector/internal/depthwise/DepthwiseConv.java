package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.conv.ConvProblem;
import dev.convector.internal.conv.Epilogue;
import dev.convector.internal.conv.Operands;
import dev.convector.internal.conv.PackedConv;
import dev.convector.internal.conv.PixelBlock;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
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
public final class DepthwiseConv implements PackedConv {
  /** Floats of strip and staging to aim at: 512 KiB, half of a second-level cache. */
  private static final int STRIP_FLOATS = 128 * 1024;

  /** The most floats of strip and staging: 2 MiB. */
  private static final int MAX_FLOATS = 512 * 1024;

  /** Floats of output that a block read in place aims at: 128 KiB. */
  private static final int BLOCK_FLOATS = 32 * 1024;

  /**
   * Channels whose multiples lay neighbouring pixels 2 KiB apart, into one or two sets of a first
   * level cache; the rows of such images are copied to where pixels are a vector further apart.
   * Measured at 1024 channels of 7x7. Strides that leave out most of the image are not worth the
   * copy.
   */
  private static final int CONFLICTING_CHANNELS = 512;

  private final ConvShape shape;
  private final boolean outputChannelsLast;
  private final boolean padded;
  private final boolean spaced;
  private final int vectors;
  private final Epilogue epilogue;
  private final List<PixelBlock> blocks;
  private final boolean inPlace;

  /** Null where nothing goes through it. */
  private final DepthwiseStrip strip;

  private final DepthwiseRow imageTiles;
  private final DepthwiseRow stripTiles;
  private final int stripFloats;
  private final int stagingFloats;
  private final int group;
  private final int pixelStep;
  private final int mostPixels;

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
    this.epilogue = new Epilogue(problem.activation(), bias, 1, shape.filters());
    this.inPlace = isInPlace(problem);
    boolean channelsLast = problem.channelsLast();
    boolean whole = shape.filters() % LANES == 0;
    this.spaced = isSpaced(problem);
    int most = inPlace ? blockPixels : Math.min(blockPixels, stripPixels(problem));
    this.blocks = PixelBlock.cut(shape, most);
    this.mostPixels = blocks.stream().mapToInt(PixelBlock::pixels).max().orElseThrow();
    int columns = blocks.stream().mapToInt(PixelBlock::columns).max().orElseThrow();
    int rows = blocks.stream().mapToInt(PixelBlock::rows).max().orElseThrow();
    this.strip =
        inPlace && whole ? null : new DepthwiseStrip(shape, channelsLast, padded, rows, columns);
    this.pixelStep = shape.channels() + (spaced ? LANES : 0);
    int inputRows =
        Math.min(shape.height(), (rows - 1) * shape.strideHeight() + shape.effectiveKernelHeight());
    int spacedFloats = spaced ? inputRows * shape.width() * pixelStep : 0;
    this.group =
        inPlace || !channelsLast ? 1 : Math.clamp(STRIP_FLOATS / strip.vectorStep(), 1, vectors);
    this.stripFloats = Math.max(spacedFloats, strip == null ? 0 : group * strip.vectorStep());
    this.stagingFloats = outputChannelsLast ? (whole ? 0 : columns * LANES) : mostPixels * LANES;
    this.imageTiles = inPlace ? tiles(weights, shape.width() * pixelStep, pixelStep) : null;
    this.stripTiles = strip == null ? null : tiles(weights, strip.rowStep(), LANES);
  }

  private DepthwiseRow tiles(float[] weights, int rowStep, int columnStep) {
    DepthwiseTaps taps =
        new DepthwiseTaps(
            shape,
            weights,
            shape.dilationWidth() == 1,
            rowStep * shape.dilationHeight(),
            columnStep * shape.dilationWidth());
    return new DepthwiseRow(shape, padded, taps, epilogue);
  }

  private static boolean isInPlace(ConvProblem problem) {
    return problem.channelsLast()
        && problem.shape().groupFilters() == 1
        && !DepthwiseRow.isPadded(problem.shape());
  }

  private static boolean isSpaced(ConvProblem problem) {
    ConvShape shape = problem.shape();
    long rowFloats = shape.width() * (long) (shape.channels() + LANES);
    return isInPlace(problem)
        && shape.channels() % CONFLICTING_CHANNELS == 0
        && shape.strideHeight() * (long) shape.strideWidth() <= 4
        && shape.effectiveKernelHeight() * rowFloats <= STRIP_FLOATS;
  }

  /** Pixels of a block that is read in place: at least a row. */
  private static int inPlacePixels(ConvProblem problem) {
    int floats = (isSpaced(problem) ? 2 : 1) * BLOCK_FLOATS;
    return Math.max(problem.shape().outputWidth(), floats / problem.shape().filters());
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

  /** Pixels of a block that needs a strip: the whole image if that fits, else a half, a quarter. */
  private static int stripPixels(ConvProblem problem) {
    int pixels = problem.shape().outputHeight() * problem.shape().outputWidth();
    while (pixels > 1 && scratch(problem, pixels) > STRIP_FLOATS) {
      pixels = Math.ceilDiv(pixels, 2);
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
  public Algorithm algorithm() {
    return Algorithm.DEPTHWISE;
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
    // with
    // less than this two threads lost (960 channels at 7x7: 18 microseconds alone, 32 together).
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
    for (int b = unit / parts; b < toBlock; b++) {
      block(operands, blocks.get(b), fromVector, toVector, scratch.floats);
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
    operands.dstOffset = at - outputOffset(operands, block, block.row());
    block(operands, block, 0, vectors, scratch.floats);
  }

  private void block(
      Operands operands, PixelBlock block, int fromVector, int toVector, float[] scratch) {
    if (inPlace) {
      inPlace(operands, block, fromVector, toVector, scratch);
      return;
    }
    for (int v = fromVector; v < toVector; v += group) {
      int end = Math.min(toVector, v + group);
      strip.load(operands, block, v, end, scratch);
      if (outputChannelsLast) {
        fromStrip(operands, block, v, end, scratch);
      } else {
        throughStaging(operands, block, v, scratch);
      }
    }
  }

  private void inPlace(
      Operands operands, PixelBlock block, int fromVector, int toVector, float[] scratch) {
    int from = fromVector * LANES;
    int to = Math.min(toVector, shape.filters() / LANES) * LANES;
    int firstRow = spaced ? rowInside(block.row() * (long) shape.strideHeight()) : 0;
    int origin =
        spaced
            ? 0
            : operands.srcOffset + block.image() * shape.height() * shape.width() * pixelStep;
    if (spaced) {
      space(operands, block, from, to, firstRow, scratch);
    }
    for (int row = block.row(); row < block.endRow(); row++) {
      int x =
          origin
              + ((row * shape.strideHeight() - shape.padTop() - firstRow) * shape.width()
                      + block.column() * shape.strideWidth()
                      - shape.padLeft())
                  * pixelStep;
      int y = outputOffset(operands, block, row);
      if (operands.residual != null) {
        addResidual(operands, y, block.columns(), from, to);
      }
      imageTiles.run(
          row,
          block.column(),
          block.endColumn(),
          from,
          to,
          spaced ? scratch : operands.src,
          x,
          pixelStep,
          0,
          operands.residual != null,
          operands.dst,
          y,
          shape.filters());
      activate(operands, y, block.columns(), from, to);
    }
    if (to < Math.min(toVector * LANES, shape.filters())) {
      strip.load(operands, block, toVector - 1, toVector, scratch);
      lastChannels(operands, block, scratch, 0);
    }
  }

  /** Channels that don't fill a vector, from their strip, staged a row at a time. */
  private void lastChannels(Operands operands, PixelBlock block, float[] scratch, int stripAt) {
    int first = shape.filters() / LANES * LANES;
    int count = shape.filters() - first;
    int end = stripFloats + block.columns() * LANES;
    for (int row = block.row(); row < block.endRow(); row++) {
      int y = outputOffset(operands, block, row) + first;
      if (operands.residual != null) {
        FloatVector bias = FloatVector.fromArray(SPECIES, epilogue.bias(), first);
        int residual = operands.residualOffset - operands.dstOffset + y;
        for (int at = stripFloats; at < end; at += LANES, residual += shape.filters()) {
          System.arraycopy(operands.residual, residual, scratch, at, count);
          FloatVector.fromArray(SPECIES, scratch, at).add(bias).intoArray(scratch, at);
        }
      }
      stripTiles.run(
          row,
          block.column(),
          block.endColumn(),
          0,
          LANES,
          scratch,
          stripAt + strip.offset(block, row, block.column()),
          LANES,
          first,
          operands.residual != null,
          scratch,
          stripFloats,
          LANES);
      if (!epilogue.isClamp()) {
        epilogue.activate(scratch, stripFloats, block.columns() * LANES);
      }
      for (int at = stripFloats; at < end; at += LANES, y += shape.filters()) {
        System.arraycopy(scratch, at, operands.dst, y, count);
      }
    }
  }

  /** Copies the rows that a block needs to where their pixels lie further apart. */
  private void space(
      Operands operands, PixelBlock block, int from, int to, int firstRow, float[] scratch) {
    int last = (block.endRow() - 1) * shape.strideHeight() + shape.effectiveKernelHeight();
    int pixels = (rowInside(last) - firstRow) * shape.width();
    int first = (block.image() * shape.height() + firstRow) * shape.width();
    for (int i = 0; i < pixels; i++) {
      System.arraycopy(
          operands.src,
          operands.srcOffset + (first + i) * shape.channels() + from,
          scratch,
          i * pixelStep + from,
          to - from);
    }
  }

  /** The row of the image, or its border, at a row counted from the top of the padding. */
  private int rowInside(long padded) {
    return Math.clamp(padded - shape.padTop(), 0, shape.height());
  }

  private void fromStrip(
      Operands operands, PixelBlock block, int fromVector, int toVector, float[] scratch) {
    int from = fromVector * LANES;
    int to = Math.min(toVector, shape.filters() / LANES) * LANES;
    for (int row = block.row(); row < block.endRow(); row++) {
      int y = outputOffset(operands, block, row);
      if (operands.residual != null) {
        addResidual(operands, y, block.columns(), from, to);
      }
      int x = strip.offset(block, row, block.column());
      for (int k = from; k < to; k += LANES, x += strip.vectorStep()) {
        stripTiles.run(
            row,
            block.column(),
            block.endColumn(),
            0,
            LANES,
            scratch,
            x,
            LANES,
            k,
            operands.residual != null,
            operands.dst,
            y + k,
            shape.filters());
      }
      activate(operands, y, block.columns(), from, to);
    }
    if (to < Math.min(toVector * LANES, shape.filters())) {
      lastChannels(operands, block, scratch, (toVector - 1 - fromVector) * strip.vectorStep());
    }
  }

  private void throughStaging(Operands operands, PixelBlock block, int vector, float[] scratch) {
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
    for (int row = block.row(); row < block.endRow(); row++) {
      stripTiles.run(
          row,
          block.column(),
          block.endColumn(),
          0,
          LANES,
          scratch,
          strip.offset(block, row, block.column()),
          LANES,
          first,
          operands.residual != null,
          scratch,
          stripFloats + (row - block.row()) * block.columns() * LANES,
          LANES);
    }
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

  /** Index in the output of filter 0 of the block's first column of a row. */
  private int outputOffset(Operands operands, PixelBlock block, int row) {
    return operands.dstOffset
        + ((block.image() * shape.outputHeight() + row) * shape.outputWidth() + block.column())
            * shape.filters();
  }

  private void addResidual(Operands operands, int y, int columns, int from, int to) {
    int residual = operands.residualOffset - operands.dstOffset + y;
    for (int column = 0; column < columns; column++) {
      int at = column * shape.filters();
      for (int k = from; k < to; k += LANES) {
        FloatVector.fromArray(SPECIES, operands.residual, residual + at + k)
            .add(FloatVector.fromArray(SPECIES, epilogue.bias(), k))
            .intoArray(operands.dst, y + at + k);
      }
    }
  }

  private void activate(Operands operands, int y, int columns, int from, int to) {
    if (epilogue.isClamp()) {
      return;
    }
    if (to - from == shape.filters()) {
      epilogue.activate(operands.dst, y, columns * shape.filters());
      return;
    }
    for (int column = 0; column < columns; column++) {
      epilogue.activate(operands.dst, y + column * shape.filters() + from, to - from);
    }
  }
}
