package dev.convector.internal.depthwise;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.PhaseAxis;
import dev.convector.internal.simd.Simd;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks of a dilated 3x3 kernel's outputs, which are as many layers without dilation as there are
 * remainders of rows and columns: each sees a lattice of the image, whose pixels are a dilation
 * apart, and has the kernel of its own that 3x3 has. A stride and a dilation are without what
 * divides both: with stride 2 and dilation 2 all outputs are one layer with stride 1.
 *
 * <p>With 16 registers; with 32 {@link DepthwiseGrid} and {@link DepthwiseRuns} take them, and
 * which is faster there was not measured. Of the time of a grid's tiles of one row 960 channels at
 * 33x33 dilated by 2 take 0.63, 128 at 66x66 0.59, at 132x132 by 4 0.64, 24 at 56x56 0.86, 16 0.92,
 * 1024 at 14x14 0.85; of that of runs with stride 2 128 at 28x28 dilated by 2 0.5, 64 at 56x56 0.6,
 * 16 1.0, 256 at 33x33 dilated by 4 0.5 (Zen 4 without AVX-512).
 */
final class DepthwiseLattices3x3 implements DepthwiseTiles.Rectangles {
  private static final int KERNEL = 3;

  private final int rowStep;
  private final int columnStep;
  private final int strideDown;
  private final int strideAcross;

  /** Rows from an output to the next of the same lattice. */
  private final int down;

  private final int across;

  /** Which of an axis' lattices an output's is, by the remainder of its row and of its column. */
  private final int[] rowKinds;

  private final int[] columnKinds;

  /** By the kinds of row and column. */
  private final Depthwise3x3[][] tiles;

  DepthwiseLattices3x3(
      ConvShape shape, DepthwiseInput input, DepthwiseTaps taps, Epilogue epilogue) {
    this.rowStep = input.rowStep();
    this.columnStep = input.columnStep();
    this.strideDown = shape.strideHeight();
    this.strideAcross = shape.strideWidth();
    this.down = apart(shape.rows());
    this.across = apart(shape.columns());
    List<Axis> rows = new ArrayList<>();
    this.rowKinds = lattices(shape.rows(), rows);
    List<Axis> columns = new ArrayList<>();
    this.columnKinds = lattices(shape.columns(), columns);
    DepthwiseInput lattice =
        new DepthwiseInput(
            shape.dilationHeight() * rowStep, shape.dilationWidth() * columnStep, input.isCopied());
    this.tiles = new Depthwise3x3[rows.size()][columns.size()];
    for (int i = 0; i < tiles.length; i++) {
      for (int j = 0; j < tiles[i].length; j++) {
        ConvShape its =
            new ConvShape(
                1, shape.channels(), rows.get(i), columns.get(j), shape.filters(), shape.groups());
        tiles[i][j] = new Depthwise3x3(its, lattice, taps, epilogue);
      }
    }
  }

  /**
   * What the lattices see of an axis, by the remainder of their first output.
   *
   * @param kinds is given those that differ, of which there are a few
   * @return the number of each lattice's
   */
  private static int[] lattices(Axis axis, List<Axis> kinds) {
    int[] found = new int[Math.min(apart(axis), axis.output())];
    for (int i = 0; i < found.length; i++) {
      Axis its = lattice(axis, i);
      if (!kinds.contains(its)) {
        kinds.add(its);
      }
      found[i] = kinds.indexOf(its);
    }
    return found;
  }

  /**
   * What a lattice sees, from its first output's window on; null if more than its sides is padding.
   */
  private static Axis lattice(Axis axis, int output) {
    int window = output * axis.stride() - axis.padBefore();
    int first = window < 0 ? Math.floorMod(window, axis.dilation()) : window;
    int before = (first - window) / axis.dilation();
    int outputs = Math.ceilDiv(axis.output() - output, apart(axis));
    int seen = (outputs - 1) * stride(axis) + KERNEL - before;
    int size = Math.min(seen, Math.ceilDiv(axis.size() - first, axis.dilation()));
    return size < 1 || before > 1 || seen - size > 1
        ? null
        : new Axis(size, KERNEL, stride(axis), 1, before, seen - size);
  }

  /** Outputs from one to the next of the same lattice. */
  private static int apart(Axis axis) {
    return axis.dilation() / PhaseAxis.greatestCommonDivisor(axis.stride(), axis.dilation());
  }

  /** That of the lattices' layers. */
  private static int stride(Axis axis) {
    return axis.stride() / PhaseAxis.greatestCommonDivisor(axis.stride(), axis.dilation());
  }

  /** Whether each lattice has pixels, and at most one row or column outside on each side. */
  static boolean fits(ConvShape shape) {
    int stride = stride(shape.rows());
    return !Simd.MANY_REGISTERS
        && Math.max(shape.dilationHeight(), shape.dilationWidth()) > 1
        && stride <= 2
        && stride == stride(shape.columns())
        && fits(shape.rows())
        && fits(shape.columns());
  }

  private static boolean fits(Axis axis) {
    boolean fits = axis.kernel() == KERNEL && axis.size() >= axis.dilation();
    for (int i = 0; fits && i < Math.min(apart(axis), axis.output()); i++) {
      fits = lattice(axis, i) != null;
    }
    return fits;
  }

  /** Output rows of which a block should have a multiple. */
  static int rows(ConvShape shape) {
    return Depthwise3x3.tileRows(shape) * apart(shape.rows());
  }

  @Override
  public boolean takesTail() {
    return true;
  }

  @Override
  public int runs() {
    return tiles[0][0].runs();
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int x = p.firstX;
    int y = p.firstY;
    int yRow = p.yRow;
    int yStep = p.yStep;
    p.yRow = down * yRow;
    p.yStep = across * yStep;
    for (int r = row; r < Math.min(endRow, row + down); r++) {
      int firstRow = r / down;
      int endOfRows = firstRow + Math.ceilDiv(endRow - r, down);
      for (int q = column; q < Math.min(endColumn, column + across); q++) {
        int first = q / across;
        int end = first + Math.ceilDiv(endColumn - q, across);
        p.firstX = x + (r - row) * strideDown * rowStep + (q - column) * strideAcross * columnStep;
        p.firstY = y + (r - row) * yRow + (q - column) * yStep;
        tiles[rowKinds[r % down]][columnKinds[q % across]].run(p, firstRow, endOfRows, first, end);
      }
    }
    p.firstX = x;
    p.firstY = y;
    p.yRow = yRow;
    p.yStep = yStep;
  }
}
