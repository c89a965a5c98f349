package dev.convector.internal.gradient;

import dev.convector.internal.kernel.Blocking;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * How the output's pixels are cut into blocks, by the sizes alone, since it decides the order in
 * which they are summed: some columns of a row, or whole rows, or whole images of a batch.
 */
final class GradientBlocks {
  /** Where fewer columns lie between rows than one in so many, taps share a slot. */
  private static final int SHARED_COLUMNS = 32;

  private final GradientProblem problem;
  private final long budget;
  private final int images;
  private final int rows;
  private final int columns;
  private final TapSlots rowSlots;
  private final TapSlots columnSlots;
  private final GradientBlock largest = new GradientBlock();

  private GradientBlocks(
      GradientProblem problem, long budget, int images, int rows, int columns, boolean shared) {
    this.problem = problem;
    this.budget = budget;
    this.images = images;
    this.rows = rows;
    this.columns = columns;
    this.rowSlots = new TapSlots(problem.rows(), shared || images == 1 ? rows : 0);
    TapSlots together = new TapSlots(problem.columns(), columns);
    boolean few = together.span() * SHARED_COLUMNS <= columns;
    this.columnSlots = shared || few ? together : new TapSlots(problem.columns(), 0);
    at(0, largest);
  }

  /**
   * The largest blocks of at most KC pixels whose planes keep to the budget.
   *
   * @param channels of the input that are in scratch at a time
   * @param filters of the output's gradient that are in planes beside them
   * @param shared whether all taps should share slots, at the price of pixels between rows and
   *     images
   * @param budget floats that the planes may have
   */
  static GradientBlocks of(
      GradientProblem problem, int channels, int filters, boolean shared, long budget) {
    int height = problem.rows().outputs();
    int width = problem.columns().outputs();
    GradientBlocks row = new GradientBlocks(problem, budget, 1, 1, width, shared);
    if (!row.fits(channels, filters)) {
      return row.cut(channels, filters, shared);
    }
    IntFunction<GradientBlocks> rows =
        n -> new GradientBlocks(problem, budget, 1, n, width, shared);
    int fitting =
        most(Math.min(height, Blocking.KC / width), n -> rows.apply(n).fits(channels, filters));
    if (fitting < height) {
      return rows.apply(even(height, fitting));
    }
    IntFunction<GradientBlocks> whole =
        n -> new GradientBlocks(problem, budget, n, height, width, shared);
    int images =
        most(
            Math.min(problem.batch(), Blocking.KC / (height * width)),
            n -> whole.apply(n).fits(channels, filters));
    return whole.apply(even(problem.batch(), images));
  }

  /** The largest number from 1 to so many that fits; 1 does. */
  private static int most(int limit, IntPredicate fits) {
    int low = 1;
    int high = limit;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (fits.test(middle)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** Pieces of a part, where parts of at most so many are made as large as each other. */
  private static int even(int pieces, int most) {
    return Math.ceilDiv(pieces, Math.ceilDiv(pieces, most));
  }

  /** Parts of a row. */
  private GradientBlocks cut(int channels, int filters, boolean shared) {
    int parts = Math.max(2, Math.ceilDiv(columns, Blocking.KC));
    GradientBlocks part;
    do {
      part = new GradientBlocks(problem, budget, 1, 1, Math.ceilDiv(columns, parts), shared);
      parts += Math.ceilDiv(parts, 4);
    } while (part.columns > 1 && !part.fits(channels, filters));
    return part;
  }

  private boolean fits(int channels, int filters) {
    return largest().depth() <= Blocking.KC && floats(channels, filters) <= budget;
  }

  /** Floats of a block's planes; may be more than fit. */
  long floats(int channels, int filters) {
    long planes = (long) rowSlots.count() * columnSlots.count() * channels + filters;
    return planes * largest().planeFloats();
  }

  TapSlots rowSlots() {
    return rowSlots;
  }

  TapSlots columnSlots() {
    return columnSlots;
  }

  /** Whether the blocks are whole rows. */
  boolean isWholeRows() {
    return columns == problem.columns().outputs();
  }

  /** A block of the full size. */
  GradientBlock largest() {
    return largest;
  }

  int count() {
    return Math.ceilDiv(problem.batch(), images) * rowParts() * columnParts();
  }

  private int rowParts() {
    return Math.ceilDiv(problem.rows().outputs(), rows);
  }

  private int columnParts() {
    return Math.ceilDiv(problem.columns().outputs(), columns);
  }

  /** Makes a block that of a number, in the order of the sums. */
  void at(int index, GradientBlock block) {
    int part = index / columnParts();
    block.column = index % columnParts() * columns;
    block.columns = Math.min(columns, problem.columns().outputs() - block.column);
    block.row = part % rowParts() * rows;
    block.rows = Math.min(rows, problem.rows().outputs() - block.row);
    block.image = part / rowParts() * images;
    block.images = Math.min(images, problem.batch() - block.image);
    block.spans(rowSlots.span(), columnSlots.span());
  }
}
