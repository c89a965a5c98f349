package dev.convector.internal.winograd;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Operands;

/**
 * What a worker is at: a block of tiles, some channels of it and filters of one slice. With the
 * calls of the kernels that both transforms use in turn.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 */
final class WinogradUnit implements Scratch.Kept {
  private static final Scratch.Slot<WinogradUnit> SLOT = new Scratch.Slot<>(WinogradUnit::new);

  Operands operands;
  float[] scratch;

  /** Tiles of the block: from here. */
  int from;

  /** To here. */
  int to;

  /** First channel of the image that the input's transform reads, of {@link #channels}. */
  int channel;

  int channels;

  /** First filter of the output that the output's transform writes, of {@link #filters}. */
  int filter;

  int filters;

  /** Floats of a tile's filters in M. */
  int row;

  /** The first pass. */
  final TransformCall columns = new TransformCall();

  /** The second. */
  final TransformCall rows = new TransformCall();

  /** What takes the place of the one that touches the image, for tiles at its border. */
  final TransformCall border = new TransformCall();

  private WinogradUnit() {}

  /** The worker's, for some tiles. */
  static WinogradUnit of(Scratch scratch, Operands operands, int from, int to) {
    WinogradUnit unit = scratch.get(SLOT);
    if (unit.operands != operands) {
      unit.operands = operands;
    }
    if (unit.scratch != scratch.floats) {
      unit.scratch = scratch.floats;
    }
    unit.from = from;
    unit.to = to;
    return unit;
  }

  /** Sets the size of all passes: outputs and inputs along one axis of a tile. */
  void size(TileGrid grid) {
    columns.size(grid.m(), grid.n());
    rows.size(grid.m(), grid.n());
    border.size(grid.m(), grid.n());
  }

  /** Lets go of the arrays. */
  @Override
  public void clear() {
    operands = null;
    columns.clear();
    rows.clear();
    border.clear();
  }
}
