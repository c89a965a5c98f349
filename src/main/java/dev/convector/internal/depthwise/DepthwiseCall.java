package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.block.BlockRun;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.simd.LineProbe;

/**
 * The operands of the depthwise kernels with channels in the lanes: a block's, which {@link
 * DepthwiseTiles} is given, and those of one tile. The codegen folder's Depthwise3x3Kernels,
 * DepthwiseGridKernels and DepthwiseKernels have the formulas.
 *
 * <p>A worker has one; what is set stays until it is set anew.
 *
 * <p>Of what changes from tile to tile only numbers are stored anew: a reference stored in an old
 * object costs a barrier of the garbage collector's, so one is stored only if it is another.
 */
final class DepthwiseCall implements Scratch.Kept {
  private static final Scratch.Slot<DepthwiseCall> SLOT = new Scratch.Slot<>(DepthwiseCall::new);

  /** Where the window of the block's first output starts in the input, for filter 0. */
  int firstX;

  /** Where the block's first output lies, for filter 0. */
  int firstY;

  /** First filter, counted from {@code filter}; a multiple of LANES. */
  int from;

  /**
   * One past the last filter, counted likewise. Filters that don't fill their vector are computed
   * as the last LANES.
   */
  int to;

  /** Images, each with the same rectangle of outputs. */
  int images;

  /** Floats of the input from image to image. */
  int xImage;

  /** Floats of the output. */
  int yImage;

  /** What filters are counted from; a multiple of LANES. */
  int filter;

  /** Index of the bias of the filter that filters are counted from. */
  int bias;

  /** Whether y holds what the sums start from. */
  boolean started;

  /** Runs of the loops of a kernel's call where it should be short; else 0. */
  int shortRuns;

  /** Whether the kernels with channels innermost compute it. */
  boolean tiled;

  /** Whether those read the lines that they will store to. */
  boolean touched;

  /** Scratch of {@link DepthwiseCopies}, from an index on; of a convolution that has some. */
  float[] copies;

  int copiesOffset;

  /** Channels from the first one to where vectors begin. */
  int phase;

  /** An index of the output with which a cache line begins, below LANES, if it was found out. */
  int yLine = LineProbe.UNKNOWN;

  float[] x;

  /** Whether an image in memory is read ahead. */
  boolean readsAhead;

  /** Depends on what was read ahead. */
  int read;

  int xOffset;
  int xStep;
  int xRow;
  float[] above;
  int aboveOffset;
  int aboveStep;
  float[] below;
  int belowOffset;
  int belowStep;
  boolean atLeft;
  boolean atRight;
  int left;
  int right;
  int columns;
  int tiles;
  int xTile;
  int height;
  int line;
  int endLine;
  int[] table;
  int[] weightTable;
  int tableOffset;
  int groups;
  float[] w;
  int wOffset;

  /** Vectors of filters from tap to tap. */
  int wStep;

  int taps;
  float[] start;
  int startOffset;
  int startStep;
  int startRow;
  int startTile;
  float[] y;
  int yOffset;
  int yStep;
  int yRow;
  int yTile;
  int tileStep;
  int tileRow;
  boolean clamped;
  float low;
  float high;

  private DepthwiseCall() {}

  /** The worker's. */
  static DepthwiseCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** Whether calls of kernels should be short. */
  boolean isShort() {
    return shortRuns > 0;
  }

  /** Lets go of the arrays. */
  @Override
  public void clear() {
    x = null;
    copies = null;
    above = null;
    below = null;
    table = null;
    weightTable = null;
    w = null;
    start = null;
    y = null;
    yLine = LineProbe.UNKNOWN;
  }

  /**
   * The block's filters: {@code [from, to)}, counted from {@code filter}, of one image.
   *
   * @param bias which filter's bias the first of them has
   */
  void filters(int filter, int bias, int from, int to) {
    this.filter = filter;
    this.bias = bias;
    this.from = from;
    this.to = to;
    images(1, 0, 0);
  }

  /** The same of several images, which lie so many floats apart. */
  void images(int count, int xImage, int yImage) {
    this.images = count;
    this.xImage = xImage;
    this.yImage = yImage;
  }

  /** One past the last filter of whole vectors. */
  int wholeTo() {
    return to / LANES * LANES;
  }

  /**
   * How many filters before its first one the last vector begins, which ends with the last filter;
   * 0 if all vectors are whole.
   */
  int lag() {
    return (LANES - to % LANES) % LANES;
  }

  /** The weights of a kernel's tiles, from the first vector of filters on. */
  void weights(float[] w, int offset) {
    if (this.w != w) {
      this.w = w;
    }
    this.wOffset = offset;
  }

  /** Moves a tile's operands, but its weights, by some filters. */
  void shift(int filters) {
    xOffset += filters;
    aboveOffset += filters;
    belowOffset += filters;
    startOffset += filters;
    yOffset += filters;
  }

  /** The block's input; at an index the window of its first output starts, for filter 0. */
  void input(float[] x, int first) {
    if (this.x != x) {
      this.x = x;
    }
    this.firstX = first;
  }

  /** Scratch for copies, from an index on. */
  void copies(float[] floats, int offset) {
    if (this.copies != floats) {
      this.copies = floats;
    }
    this.copiesOffset = offset;
  }

  /**
   * The block's output, as the run has it.
   *
   * @param first where the first one lies, for filter 0
   */
  void output(BlockRun run, int first) {
    output(run.output, first, run.rowStep, run.pixelStep);
    this.started = run.started;
  }

  /**
   * The output, from whose first filter on nothing is there yet.
   *
   * @param row floats from the results of a row to those of the next
   * @param step floats from one pixel to the next
   */
  void output(float[] y, int first, int row, int step) {
    if (this.y != y) {
      this.y = y;
      this.yLine = LineProbe.UNKNOWN;
    }
    this.firstY = first;
    this.yRow = row;
    this.yStep = step;
    this.started = false;
  }

  /** The weights. */
  void taps(DepthwiseTaps from) {
    if (this.w != from.weights()) {
      this.w = from.weights();
    }
    this.taps = from.taps();
    tables(from.table(), from.weightTable());
  }

  /** Where runs of taps are, and the weights of those of one tap. */
  void tables(int[] inputs, int[] weights) {
    if (this.table != inputs) {
      this.table = inputs;
    }
    if (this.weightTable != weights) {
      this.weightTable = weights;
    }
  }

  /** The limits of the results; infinite ones for none. */
  void clamp(float low, float high) {
    this.low = low;
    this.high = high;
    this.clamped = low != Float.NEGATIVE_INFINITY || high != Float.POSITIVE_INFINITY;
  }

  /** The first input row of a tile is an ordinary one or, with a step of 0, one of zeros. */
  void above(float[] row, int offset, int step) {
    if (above != row) {
      above = row;
    }
    aboveOffset = offset;
    aboveStep = step;
  }

  /** The last input row of a tile, likewise. */
  void below(float[] row, int offset, int step) {
    if (below != row) {
      below = row;
    }
    belowOffset = offset;
    belowStep = step;
  }

  /**
   * One of the passes over a tile: whose taps are added to the first one's, the last one clamps.
   */
  void pass(boolean first, boolean last, Epilogue epilogue) {
    if (first && !started) {
      startFrom(epilogue.bias());
    } else {
      startOnto();
    }
    clamp(
        last ? epilogue.low() : Float.NEGATIVE_INFINITY,
        last ? epilogue.high() : Float.POSITIVE_INFINITY);
  }

  /** A tile's sums start from what the output holds. */
  void startOnto() {
    if (start != y) {
      start = y;
    }
    startOffset = yOffset;
    startStep = yStep;
    startRow = yRow;
    startTile = yTile;
  }

  /** A tile's sums start from the bias. */
  void startFrom(float[] biases) {
    if (start != biases) {
      start = biases;
    }
    startOffset = bias;
    startStep = 0;
    startRow = 0;
    startTile = 0;
  }
}
