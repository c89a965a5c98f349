package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedConv;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;

/**
 * Channels-first convolution as the classic matrix product, filters x depth times depth x pixels:
 * lanes along the pixels, weights broadcast as they are given, output written in place. Nothing is
 * transposed; the unfolded input is packed a few panels of pixels at a time, also that of a 1x1
 * kernel with stride 1, whose planes are panels already: read where they lie, on pages and in few
 * sets of the caches, they took 1.0 to 1.3 times as long (Granite Rapids, 28x28 to 112x112, 64 to
 * 512 filters).
 *
 * <p>With few pixels lanes stay empty (7x7 fills 49 of 64), and turning the input to channels-last,
 * as the direct algorithm does, is faster; from 28x28 on a 1x1 kernel is up to 16 % faster here.
 */
public final class DensePixelConv implements PackedConv {
  private static final int NR = DenseWeights.NR;

  /** Pixels of a plane from which on lanes along them pay: 28x28. */
  public static final int LARGE_PLANE = 784;

  /** Filters of a unit, at most; bounds the staging of the last pixels. */
  private static final int MAX_FILTERS = 2048;

  private final Algorithm algorithm;
  private final ConvShape shape;
  private final float[] weights;

  /** A zero for every filter, then the bias. */
  private final float[] bias;

  private final Epilogue epilogue;
  private final DensePixelPanels input;
  private final int depth;
  private final int kc;
  private final int pixels;
  private final int panels;
  private final int blocks;
  private final int filterParts;

  public DensePixelConv(Algorithm algorithm, ConvProblem problem, float[] weights, float[] bias) {
    this.algorithm = algorithm;
    this.shape = problem.flattened().shape();
    this.weights = weights.clone();
    this.bias = new float[2 * shape.filters()];
    if (bias != null) {
      System.arraycopy(bias, 0, this.bias, shape.filters(), bias.length);
    }
    this.epilogue = new Epilogue(problem.activation(), null, 1, 1);
    this.input = new DensePixelPanels(shape);
    this.depth = shape.groupChannels() * shape.kernelHeight() * shape.kernelWidth();
    this.kc = Math.min(depth, Blocking.KC);
    this.pixels = shape.outputHeight() * shape.outputWidth();
    this.panels = Math.ceilDiv(pixels, NR);
    this.blocks = Math.ceilDiv(panels, Math.ceilDiv(Blocking.blockRows(kc), NR));
    this.filterParts = Math.ceilDiv(shape.groupFilters(), MAX_FILTERS);
  }

  /**
   * Whether a convolution is faster this way: 1x1 on large planes, with stride 2 packed by
   * permutations.
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    return !problem.channelsLast()
        && s.groups() == 1
        && s.kernelHeight() == 1
        && s.kernelWidth() == 1
        && s.strideWidth() <= 2
        && s.outputHeight() * s.outputWidth() >= LARGE_PLANE;
  }

  @Override
  public Algorithm algorithm() {
    return algorithm;
  }

  @Override
  public long packedBytes() {
    return (weights.length + (long) bias.length) * Float.BYTES;
  }

  @Override
  public int scratchFloats() {
    return staging() + mostFilters() * NR;
  }

  /** Scratch: the packed panels of a block, then the results of a last panel that is not full. */
  private int staging() {
    return AlignedFloats.FIRST + Math.ceilDiv(panels, blocks) * kc * NR;
  }

  private int mostFilters() {
    return Math.min(shape.groupFilters(), MAX_FILTERS);
  }

  @Override
  public int scratchInts() {
    return 3 * mostFilters();
  }

  @Override
  public int units(int threads) {
    int outer = shape.batch() * shape.groups() * blocks;
    int most = Math.max(filterParts, shape.groupFilters() / Blocking.MIN_BLOCK_ROWS);
    return outer * Math.max(filterParts, Split.parts(outer, most, threads));
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    int outer = shape.batch() * shape.groups() * blocks;
    int parts = units / outer;
    int part = unit % parts;
    int block = unit / parts % blocks;
    int imageGroup = unit / parts / blocks;
    int group = imageGroup % shape.groups();
    int first = group * shape.groupFilters() + Split.start(shape.groupFilters(), part, parts);
    int end = group * shape.groupFilters() + Split.start(shape.groupFilters(), part + 1, parts);
    int firstPanel = Split.start(panels, block, blocks);
    int endPanel = Split.start(panels, block + 1, blocks);
    int planes =
        operands.srcOffset + imageGroup * shape.groupChannels() * shape.height() * shape.width();
    int image = imageGroup / shape.groups() * shape.filters() * pixels;
    fillTable(first, end, image, scratch.ints);
    for (int from = 0; from < depth; from += kc) {
      int to = Math.min(depth, from + kc);
      for (int p = firstPanel; p < endPanel; p++) {
        int at = packedOffset(p - firstPanel);
        int count = Math.min(NR, pixels - p * NR);
        input.pack(operands.src, planes, p * NR, count, from, to, scratch.floats, at, step(p));
      }
      int rows = Math.min(end - first, Blocking.blockRows(to - from));
      for (int k = first; k < end; k += rows) {
        int endRow = Math.min(end, k + rows);
        for (int p = firstPanel; p < endPanel; p++) {
          int at = packedOffset(p - firstPanel);
          multiply(operands, image, first, k, endRow, p, at, from, to, scratch);
        }
      }
    }
  }

  /** Where a block's panel is packed in scratch. */
  private int packedOffset(int panel) {
    return AlignedFloats.FIRST + panel * kc * NR;
  }

  /** Floats of a panel's step: only as many vectors as hold the last pixels. */
  private int step(int panel) {
    return Math.min(NR, Simd.roundUp(pixels - panel * NR));
  }

  /** Tables of where each filter's weights, output plane and staged results start. */
  private void fillTable(int first, int end, int image, int[] table) {
    for (int k = first; k < end; k++) {
      table[k - first] = k * depth;
      table[mostFilters() + k - first] = image + k * pixels;
      table[2 * mostFilters() + k - first] = (k - first) * NR;
    }
  }

  private void multiply(
      Operands operands,
      int image,
      int first,
      int k,
      int endRow,
      int panel,
      int at,
      int from,
      int to,
      Scratch scratch) {
    int step = step(panel);
    boolean staged = pixels - panel * NR < step;
    float[] c = staged ? scratch.floats : operands.dst;
    int cRows = (staged ? 2 : 1) * mostFilters();
    int cOffset = staged ? staging() : operands.dstOffset + panel * NR;
    boolean last = to == depth;
    if (from == 0 && operands.residual != null) {
      loadResidual(operands, image, first, k, endRow, panel, c, cRows, cOffset, scratch.ints);
    }
    try (TileCall product = TileCall.take()) {
      product.rows(scratch.ints, 0, cRows);
      product.left(weights, from, to - from);
      product.right(scratch.floats, at, step / LANES);
      product.start(
          bias, first + (last ? shape.filters() : 0), from > 0 || operands.residual != null);
      product.result(c, cOffset);
      product.clamp(
          last ? epilogue.low() : Float.NEGATIVE_INFINITY,
          last ? epilogue.high() : Float.POSITIVE_INFINITY);
      product.runPixels(k - first, endRow - first);
    }
    if (last) {
      finish(operands, image, first, k, endRow, panel, c, cRows, cOffset, scratch.ints);
    }
  }

  private void loadResidual(
      Operands operands,
      int image,
      int first,
      int k,
      int endRow,
      int panel,
      float[] c,
      int cRows,
      int cOffset,
      int[] table) {
    int count = Math.min(NR, pixels - panel * NR);
    for (int row = k; row < endRow; row++) {
      int from = operands.residualOffset + image + row * pixels + panel * NR;
      int to = table[cRows + row - first] + cOffset;
      System.arraycopy(operands.residual, from, c, to, count);
    }
  }

  /** Applies an activation that the kernels' store could not, and moves what was staged. */
  private void finish(
      Operands operands,
      int image,
      int first,
      int k,
      int endRow,
      int panel,
      float[] c,
      int cRows,
      int cOffset,
      int[] table) {
    int count = Math.min(NR, pixels - panel * NR);
    for (int row = k; row < endRow; row++) {
      int from = table[cRows + row - first] + cOffset;
      if (!epilogue.isClamp()) {
        epilogue.activate(c, from, count);
      }
      if (c != operands.dst) {
        int to = operands.dstOffset + image + row * pixels + panel * NR;
        System.arraycopy(c, from, operands.dst, to, count);
      }
    }
  }
}
