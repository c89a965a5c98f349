package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.simd.Simd;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.VectorShuffle;

/**
 * The operands of the kernels that multiply vectors of both operands, and the loops around them;
 * the codegen folder's DotKernels has the formula. A worker has one; all lies in its scratch.
 */
final class DotCall implements Scratch.Kept {
  private static final Scratch.Slot<DotCall> SLOT = new Scratch.Slot<>(DotCall::new);

  /**
   * Most rows of a tile, by its filters: with 16 registers accumulators, the filters' vectors and
   * one of a row must fit them; with 32 more would need more addresses than C2 has registers for.
   */
  private static final int[] MOST_ROWS =
      Simd.MANY_REGISTERS ? new int[] {0, 9, 6, 5, 5} : new int[] {0, 9, 5, 3, 2};

  private static final int MOST_FILTERS = 4;

  /** Orders of the filters' lanes at a time, each of which has a register of its own too. */
  private static final int MOST_SWAPS = Simd.MANY_REGISTERS ? 4 : 2;

  private static final int[] MOST_SWAPPED_ROWS = {0, 9, Simd.MANY_REGISTERS ? 9 : 5, 0, 5};

  /** By {@code l ^ (i * MOST_SWAPS)}. */
  static final List<VectorShuffle<Float>> SWAPS =
      IntStream.range(0, Math.ceilDiv(LANES, MOST_SWAPS))
          .mapToObj(i -> VectorShuffle.fromOp(SPECIES, l -> l ^ i * MOST_SWAPS))
          .toList();

  float[] x;
  int xOffset;
  int[] table;
  int tableAt;
  float[] y;
  int yAt;
  int yStep;
  int depth;
  float[] sums;
  int sumsAt;
  int sumsStep;

  /** The order of the filters' lanes from which others are made. */
  VectorShuffle<Float> swap;

  /** The worker's. */
  static DotCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** All are the worker's. */
  @Override
  public void clear() {}

  /** Where rows and their sums lie, one filter's sums as long as all rows. */
  void rows(Scratch scratch, int tableAt, int count) {
    if (x != scratch.floats) {
      x = scratch.floats;
      y = scratch.floats;
      sums = scratch.floats;
      table = scratch.ints;
    }
    this.tableAt = tableAt;
    this.sumsStep = count * LANES;
  }

  /** Adds the products of so many rows with so many filters, of which the first is at {@code y}. */
  void run(int count, int filters, int y, int sums) {
    int together;
    for (int f = 0; f < filters; f += together) {
      together = Math.min(MOST_FILTERS, filters - f);
      yAt = y + f * yStep;
      sumsAt = sums + f * sumsStep;
      int tiles = Math.ceilDiv(count, MOST_ROWS[together]);
      int rows;
      for (int row = 0; row < count; row += rows, tiles--) {
        rows = Math.ceilDiv(count - row, tiles);
        GradientWarmUp.count(this, false, rows, together);
        DotKernels.tile(this, rows, together, row);
      }
    }
  }

  /**
   * Adds the products of so many rows with one vector for each pixel at {@code y}, whose lanes
   * change places with each of {@code group} neighbours.
   */
  void runSwapped(int count, int group, int y, int sums) {
    if (group == 1) {
      run(count, 1, y, sums);
      return;
    }
    yAt = y;
    int together = Math.min(group, MOST_SWAPS);
    for (int j = 0; j < group; j += together) {
      swap = SWAPS.get(j / MOST_SWAPS);
      sumsAt = sums + j * sumsStep;
      int tiles = Math.ceilDiv(count, MOST_SWAPPED_ROWS[together]);
      int rows;
      for (int row = 0; row < count; row += rows, tiles--) {
        rows = Math.ceilDiv(count - row, tiles);
        GradientWarmUp.count(this, true, rows, together);
        DotKernels.swapped(this, rows, together, row);
      }
    }
  }
}
