package dev.convector.internal.gemm;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Algorithm;
import dev.convector.ConvShape;
import dev.convector.internal.conv.ConvProblem;
import dev.convector.internal.conv.Epilogue;
import dev.convector.internal.conv.Operands;
import dev.convector.internal.conv.PackedConv;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import jdk.incubator.vector.FloatVector;

/**
 * Channels-first convolution as the classic matrix product, filters x depth times depth x pixels:
 * lanes along the pixels, weights broadcast as they are given, output written in place. Nothing is
 * transposed; the unfolded input is packed a few panels of pixels at a time.
 *
 * <p>With few pixels lanes stay empty (7x7 fills 49 of 64); turning the input to channels-last, as
 * the direct algorithm does, is as fast or faster on nearly every layer.
 */
public final class PlanarConv implements PackedConv {
  private static final int NR = PackedWeights.NR;

  /** Filters of a unit, at most; bounds the staging of the last pixels. */
  private static final int MAX_FILTERS = 2048;

  private final ConvShape shape;
  private final float[] weights;
  private final float[] bias;
  private final Epilogue epilogue;
  private final PlanePanels input;
  private final int depth;
  private final int kc;
  private final int pixels;
  private final int panels;
  private final int blocks;
  private final int filterParts;

  public PlanarConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.flattened().shape();
    this.weights = weights.clone();
    this.bias = bias == null ? new float[shape.filters()] : bias.clone();
    this.epilogue = new Epilogue(problem.activation(), null, 1, 1);
    this.input = new PlanePanels(shape);
    this.depth = shape.groupChannels() * shape.kernelHeight() * shape.kernelWidth();
    this.kc = Math.min(depth, Blocking.KC);
    this.pixels = shape.outputHeight() * shape.outputWidth();
    this.panels = Math.ceilDiv(pixels, NR);
    this.blocks = Math.ceilDiv(panels, Math.ceilDiv(Blocking.blockRows(kc), NR));
    this.filterParts = Math.ceilDiv(shape.groupFilters(), MAX_FILTERS);
  }

  @Override
  public Algorithm algorithm() {
    return Algorithm.IM2COL_GEMM;
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
    return Math.ceilDiv(panels, blocks) * kc * NR;
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
    int planes = operands.srcOffset + imageGroup * shape.groupChannels() * inputPlane();
    int image = imageGroup / shape.groups() * shape.filters() * pixels;
    fillTable(first, end, image, scratch.ints);
    for (int from = 0; from < depth; from += kc) {
      int to = Math.min(depth, from + kc);
      for (int p = firstPanel; p < endPanel; p++) {
        int at = (p - firstPanel) * kc * NR;
        int count = Math.min(NR, pixels - p * NR);
        input.pack(operands.src, planes, p * NR, count, from, to, scratch.floats, at, step(p));
      }
      int rows = Math.min(end - first, Blocking.blockRows(to - from));
      for (int k = first; k < end; k += rows) {
        int endRow = Math.min(end, k + rows);
        for (int p = firstPanel; p < endPanel; p++) {
          int at = (p - firstPanel) * kc * NR;
          multiply(operands, image, first, k, endRow, p, at, from, to, scratch);
        }
      }
    }
  }

  private int inputPlane() {
    return shape.height() * shape.width();
  }

  /** Floats of a panel's step: one vector where that holds the last pixels. */
  private int step(int panel) {
    return pixels - panel * NR <= LANES ? LANES : NR;
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
    if (from == 0) {
      loadStart(operands, image, first, k, endRow, panel, c, cRows, cOffset, scratch.ints);
    }
    PanelProduct.run(
        scratch.ints,
        weights,
        0,
        from,
        to - from,
        scratch.floats,
        at,
        step / LANES,
        null,
        0,
        c,
        cRows,
        cOffset,
        k - first,
        endRow - first,
        last ? epilogue.low() : Float.NEGATIVE_INFINITY,
        last ? epilogue.high() : Float.POSITIVE_INFINITY);
    if (last) {
      finish(operands, image, first, k, endRow, panel, c, cRows, cOffset, scratch.ints);
    }
  }

  /** Puts bias, or residual plus bias, where the results will be. */
  private void loadStart(
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
      int to = table[cRows + row - first] + cOffset;
      if (operands.residual == null) {
        FloatVector value = FloatVector.broadcast(SPECIES, bias[row]);
        for (int j = 0; j < step(panel); j += LANES) {
          value.intoArray(c, to + j);
        }
      } else {
        int residual = operands.residualOffset + image + row * pixels + panel * NR;
        for (int j = 0; j < count; j++) {
          c[to + j] = operands.residual[residual + j] + bias[row];
        }
      }
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
