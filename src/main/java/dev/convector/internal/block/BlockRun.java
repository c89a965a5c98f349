package dev.convector.internal.block;

import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Operands;

/**
 * One worker's place in a run: its block of pixels, the input as its kernels see it, and the panel
 * of the output that it is at. Fields and not arguments, of which a kernel's call would have
 * twenty.
 */
public final class BlockRun implements Scratch.Kept {
  public Operands operands;
  public Scratch scratch;

  /** The block at hand: its rectangle of output pixels, of the first image or of several. */
  public int image;

  public int images;

  public int row;
  public int endRow;
  public int column;
  public int endColumn;

  /** Where the kernels read: the operands' input, or scratch. */
  public float[] input;

  public int inputOffset;

  /** The first window that the strip holds, for algorithms that load some at a time. */
  public int loaded;

  /** Where a strip of pairs lies: scratch. */
  public long[] pairs;

  /** The panel's first filter, counted through all groups. */
  public int filter;

  /** Filters of the panel. */
  public int columns;

  /** One past the last filter of all panels that are computed of the block. */
  int endFilter;

  /** Floats from one pixel to the next where the panel is staged. */
  public int stagedStep;

  /** Where in scratch the panel is staged. */
  public int staging;

  /** Whether the panel is computed in scratch and moved. */
  public boolean staged;

  /**
   * Whether whole vectors are stored in place although filters don't fill the last: what they spoil
   * of the pixels behind is stored later.
   */
  boolean overlapping;

  /** Whether filters that don't fill a vector are computed in place, those before them again. */
  boolean repeating;

  /** The block's last pixels that are staged although the panel is not: 0 but where it overlaps. */
  public int stagedEnd;

  /** Whether the place of the results holds a residual, from which sums start. */
  public boolean started;

  /** Where the kernels write the first pixel's first filter: the operands' output, or scratch. */
  public float[] output;

  public int outputOffset;

  /** Floats from the results of one pixel to those of its right neighbour. */
  public int pixelStep;

  /** Floats from the results of one pixel to those of the one below. */
  public int rowStep;

  /** Depends on what was read ahead. */
  int read;

  /** The filters from here to {@code endActivation}, in place, still wait for their activation. */
  int firstActivation;

  int endActivation;

  /** Rows of all images. */
  public int lines() {
    return images * (endRow - row);
  }

  public int width() {
    return endColumn - column;
  }

  public int pixels() {
    return lines() * width();
  }

  /** Whether the last filters are computed with the panel before, some of that again. */
  public boolean repeating() {
    return repeating;
  }

  /** Whether pixels must be stored in the order of memory. */
  public boolean overlapping() {
    return overlapping;
  }

  /** Takes one of so many blocks. */
  void enter(PixelBlocks all, int block, int blocks) {
    image = all.image(block, blocks);
    images = all.endImage(block, blocks) - image;
    row = all.row(block, blocks);
    endRow = all.endRow(block, blocks);
    column = all.column(block, blocks);
    endColumn = all.endColumn(block, blocks);
    firstActivation = 0;
    endActivation = 0;
  }

  /** Takes the block that another one is at. */
  void enter(BlockRun other) {
    image = other.image;
    images = other.images;
    row = other.row;
    endRow = other.endRow;
    column = other.column;
    endColumn = other.endColumn;
    firstActivation = 0;
    endActivation = 0;
  }

  /** Takes a run's operands, and the worker's scratch. */
  public void enter(Operands operands, Scratch scratch) {
    if (this.operands != operands) {
      this.operands = operands;
    }
    if (this.scratch != scratch) {
      this.scratch = scratch;
    }
  }

  /** Where the kernels read. */
  public void read(float[] input, int offset) {
    if (this.input != input) {
      this.input = input;
    }
    this.inputOffset = offset;
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    operands = null;
    scratch = null;
    input = null;
    output = null;
  }
}
