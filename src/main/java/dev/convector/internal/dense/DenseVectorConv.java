package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.Accuracy;
import dev.convector.ConvShape;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.parallel.UnitCost;
import dev.convector.internal.parallel.UnitGrid;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Footprint;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.simd.Simd;
import java.util.function.Supplier;

/**
 * The fully connected layer of one image, or whatever else is a matrix times a vector: each output
 * is a product of two vectors, with the depth in the lanes. With filters in the lanes a tile of one
 * pixel has as many sums as a panel has vectors, two or four, which wait for one another; here it
 * has eight.
 */
public final class DenseVectorConv implements PackedWork {
  /** Most filters of a tile. */
  private static final int TILE = 8;

  /** Most tiles of a unit, whose results are staged. */
  private static final int BLOCK = 512;

  /** Channels, in vectors, for which adding the lanes is little beside the products. */
  private static final int LEAST_DEPTH = 3;

  /** Vectors of filters whose sums would wait for one another where a panel may have four. */
  private static final int FEW_VECTORS = 2;

  private final ConvShape shape;
  private final Epilogue epilogue;
  private final DenseDotWeights weights;
  private final int tiles;
  private final UnitGrid units;

  public DenseVectorConv(ConvProblem problem, float[] weights, float[] bias) {
    this.shape = problem.shape();
    this.epilogue = Epilogue.of(problem, bias);
    this.weights = new DenseDotWeights(weights, shape.filters(), shape.channels());
    this.tiles = Math.ceilDiv(shape.filters(), TILE);
    UnitCost cost =
        UnitCost.of(shape.multiplyAdds(), (long) shape.weightsSize() + shape.outputSize());
    this.units = new UnitGrid(1, tiles, tiles, Math.ceilDiv(tiles, BLOCK), 1, 1, cost);
  }

  /**
   * Whether it is faster, for more filters than {@link DenseDotConv} takes. With AVX2 of the time
   * of filters in the lanes 24 channels to 12 filters take 0.85, 48 to 100 0.65, 512 to 10 0.4,
   * 9184 to 8 0.32, 1280 to 1000 0.67, 4096 to 1000 0.75, from memory 4096 to 4096 0.9, 25088 to
   * 4096 0.95 (Zen 4). With 32 registers panels have four vectors, so that only few filters wait;
   * that was not measured. Not where the bits of an image may not depend on its batch.
   */
  public static boolean pays(ConvProblem problem) {
    ConvShape s = problem.shape();
    boolean mayDiffer = !problem.batchInvariant() && problem.accuracy() != Accuracy.STRICT;
    return accepts(problem)
        && mayDiffer
        && s.filters() > LANES / 2
        && (!Simd.MANY_REGISTERS || s.filters() <= FEW_VECTORS * LANES)
        && s.channels() >= LEAST_DEPTH * LANES;
  }

  /** Whether it can compute a problem. */
  public static boolean accepts(ConvProblem problem) {
    ConvShape s = problem.shape();
    return problem.channelsLast()
        && s.groups() == 1
        && s.batch() * s.height() * s.width() == 1
        && s.outputHeight() * s.outputWidth() == 1
        && s.channels() >= LANES
        && LANES <= DenseDotKernels.MOST_LANES
        && DenseDotWeights.fits(s.filters(), s.channels());
  }

  @Override
  public long packedBytes() {
    return weights.bytes() + epilogue.bytes();
  }

  @Override
  public Supplier<float[]> original() {
    return weights::original;
  }

  @Override
  public int scratchFloats() {
    return Math.min(tiles, BLOCK) * TILE + DenseDotKernels.MOST_LANES;
  }

  @Override
  public int units(int threads) {
    return units.units(threads);
  }

  @Override
  public void footprint(int unit, int units, Footprint footprint) {
    int from = filter(unit, units);
    footprint.written.add(from, filter(unit + 1, units) - from);
    footprint.read.add(0, shape.channels());
  }

  /** The first filter of a unit. */
  private int filter(int unit, int units) {
    return Split.start(shape.filters(), Split.start(tiles, unit, units), tiles);
  }

  @Override
  public void run(Operands operands, int unit, int units, Scratch scratch) {
    DenseDotCall call = DenseDotCall.of(scratch);
    call.left(operands.src, shape.channels(), shape.channels(), weights.mask());
    call.c = scratch.floats;
    int first = filter(unit, units);
    int end = filter(unit + 1, units);
    int last = Split.start(tiles, unit + 1, units);
    for (int tile = Split.start(tiles, unit, units); tile < last; tile++) {
      int filter = Split.start(shape.filters(), tile, tiles);
      int filters = Split.start(shape.filters(), tile + 1, tiles) - filter;
      weights.give(call, filter, epilogue.bias());
      call.run(filters, 1, operands.srcOffset, filter - first);
    }
    epilogue.finish(operands, first, scratch.floats, end - first);
  }
}
