package dev.convector.internal.depthwise;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.simd.Simd;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks of a dilated 3x3 kernel's outputs, which are as many layers without dilation as there are
 * remainders of rows and columns: each sees a lattice of the image, whose pixels are a dilation
 * apart, and has the kernel of its own that 3x3 has. With 16 registers; with 32 {@link
 * DepthwiseGrid} takes them, and which is faster there was not measured. Of the time of its tiles
 * of one row 960 channels at 33x33 dilated by 2 take 0.63, 128 at 66x66 0.59, at 132x132 by 4 0.64,
 * 24 at 56x56 0.86, 16 0.92, 1024 at 14x14 0.85 (Zen 4 without AVX-512).
 */
final class DepthwiseLattices3x3 implements DepthwiseTiles.Rectangles {
  private static final int KERNEL = 3;

  private final int rowStep;
  private final int columnStep;
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
    this.down = shape.dilationHeight();
    this.across = shape.dilationWidth();
    List<Axis> rows = new ArrayList<>();
    this.rowKinds = lattices(shape.rows(), rows);
    List<Axis> columns = new ArrayList<>();
    this.columnKinds = lattices(shape.columns(), columns);
    DepthwiseInput lattice =
        new DepthwiseInput(down * rowStep, across * columnStep, input.isCopied());
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
    int[] found = new int[Math.min(axis.dilation(), axis.output())];
    for (int i = 0; i < found.length; i++) {
      int first = Math.floorMod(i - axis.padBefore(), axis.dilation());
      int before = (first - i + axis.padBefore()) / axis.dilation();
      int seen = Math.ceilDiv(axis.output() - i, axis.dilation()) + KERNEL - 1 - before;
      int size = Math.min(seen, Math.ceilDiv(axis.size() - first, axis.dilation()));
      Axis its = new Axis(size, KERNEL, 1, 1, before, seen - size);
      if (!kinds.contains(its)) {
        kinds.add(its);
      }
      found[i] = kinds.indexOf(its);
    }
    return found;
  }

  /** Whether each lattice has pixels, and at most one row or column outside on each side. */
  static boolean fits(ConvShape shape) {
    return !Simd.MANY_REGISTERS
        && shape.dilationHeight() * shape.dilationWidth() > 1
        && fits(shape.rows())
        && fits(shape.columns());
  }

  private static boolean fits(Axis axis) {
    return axis.kernel() == KERNEL
        && axis.stride() == 1
        && axis.padBefore() <= axis.dilation()
        && axis.padAfter() <= axis.dilation()
        && axis.size() >= axis.dilation();
  }

  /** Output rows of which a block should have a multiple. */
  static int rows(ConvShape shape) {
    return Depthwise3x3.tileRows(shape) * shape.dilationHeight();
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
        p.firstX = x + (r - row) * rowStep + (q - column) * columnStep;
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
