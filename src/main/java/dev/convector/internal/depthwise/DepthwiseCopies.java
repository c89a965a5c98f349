package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.Blocking;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Contest;
import jdk.incubator.vector.FloatVector;

/**
 * Rectangles of outputs of images whose pixels lie a multiple of 2 KiB apart: those that a kernel
 * reads together fall into a set or two of a first-level cache, and evict one another before the
 * next vector of channels asks for the rest of their lines. Hence some vectors of channels of what
 * some outputs see are copied to scratch, where pixels lie an odd number of lines apart, if that is
 * faster; the bits are the same.
 *
 * <p>Of the time in place 3x3 on 1024 channels at 7x7 takes 0.69, at 14x14 0.40, with stride 2
 * 0.78, on 512 at 14x14 0.72 (1.25 with stride 2), on 1536 at 7x7 1.02, 5x5 on 512 at 14x14 0.68,
 * with stride 2 also 0.68, on 1024 at 7x7 0.49, on 1536 0.86, 7x7 on 512 0.85, on 1024 0.71; with
 * AVX2 3x3 on 1024 at 14x14 0.41, 5x5 0.31 to 0.49, 7x7 0.4 to 0.62 (Zen 4, medians of 32 places of
 * both arrays). It does not pay where pixels lie less far apart: 5x5 on 640 at 14x14 1.15, on 256
 * at 28x28 1.0, on 128 at 56x56 1.16, 3x3 on 640 at 14x14 1.4.
 */
final class DepthwiseCopies implements DepthwiseTiles.Rectangles {
  /**
   * Vectors of channels that are copied at a time, as many bytes of a pixel as make the copying
   * worth its misses: with 4 instead of 8 3x3 on 512 channels at 14x14 takes 1.12 of the time and
   * on 1024 at 7x7 1.17, with 16 0.96 of it (Zen 4).
   */
  private static final int VECTORS = 8;

  private static final int FILTERS = VECTORS * LANES;

  /** Floats from one pixel to the next. */
  private static final int STEP = FILTERS + AlignedFloats.LINE;

  /** Most output columns, which make a call of the kernels long enough. */
  private static final int COLUMNS = 16;

  /** Floats between pixels in a multiple of which they fall into one set or two. */
  private static final int TWO_SETS_FLOATS = 512;

  private static final int ONE_SET_FLOATS = 1024;

  /** Taps of small kernels, which make less of a copy. */
  private static final int FEW_TAPS = 9;

  /** Whether images in place are faster, of small kernels where copies are taken first. */
  private static final DepthwiseContests IN_PLACE_FEW = new DepthwiseContests();

  /** The same of other kernels. */
  private static final DepthwiseContests IN_PLACE = new DepthwiseContests();

  /** Whether copies are, where images in place are taken first. */
  private static final DepthwiseContests COPIED = new DepthwiseContests();

  private final ConvShape shape;
  private final DepthwiseTiles.Rectangles inPlace;
  private final DepthwiseTaps inPlaceTaps;
  private final DepthwiseTiles.Rectangles onCopies;
  private final DepthwiseTaps copiesTaps;
  private final int rows;

  /** Whether copies are what is taken before anything is known. */
  private final boolean isFirst;

  private final Contest contest;

  /**
   * @param inPlace what computes images as they lie
   * @param onCopies what computes copies, as {@link #input} has them
   */
  DepthwiseCopies(
      ConvShape shape,
      DepthwiseTiles.Rectangles inPlace,
      DepthwiseTaps inPlaceTaps,
      DepthwiseTiles.Rectangles onCopies,
      DepthwiseTaps copiesTaps,
      int tileRows) {
    this.shape = shape;
    this.inPlace = inPlace;
    this.inPlaceTaps = inPlaceTaps;
    this.onCopies = onCopies;
    this.copiesTaps = copiesTaps;
    this.rows = rows(shape, tileRows);
    this.isFirst = isFirst(shape);
    this.contest = contest(shape);
  }

  static boolean fits(ConvShape shape, int tileRows) {
    return shape.channels() % TWO_SETS_FLOATS == 0
        && (isFirst(shape) || shape.strideHeight() == 1)
        && rows(shape, tileRows) > 0;
  }

  private static boolean hasFewTaps(ConvShape shape) {
    return shape.kernelHeight() * shape.kernelWidth() <= FEW_TAPS;
  }

  private static boolean isFirst(ConvShape shape) {
    return !hasFewTaps(shape) || shape.channels() % ONE_SET_FLOATS == 0;
  }

  /** Which of the two is faster: for tests too, which hold both to the same bits. */
  static Contest contest(ConvShape shape) {
    DepthwiseContests contests =
        !isFirst(shape) ? COPIED : hasFewTaps(shape) ? IN_PLACE_FEW : IN_PLACE;
    return contests.of(shape.channels());
  }

  /** Where kernels find the pixels of copies. */
  static DepthwiseInput input(ConvShape shape) {
    return new DepthwiseInput(lineFloats(shape), STEP, true);
  }

  /** Output rows that are copied for together: a multiple of a tile's, or 0 if none fits. */
  static int rows(ConvShape shape, int tileRows) {
    int lines = Blocking.DEPTHWISE_COPY_FLOATS / lineFloats(shape);
    int fitting = Math.floorDiv(lines - shape.effectiveKernelHeight(), shape.strideHeight()) + 1;
    int all = Math.ceilDiv(shape.outputHeight(), tileRows);
    return Math.min(Math.max(0, fitting) / tileRows, all) * tileRows;
  }

  private static int lineFloats(ConvShape shape) {
    int columns = Math.min(COLUMNS, shape.outputWidth());
    return ((columns - 1) * shape.strideWidth() + shape.effectiveKernelWidth()) * STEP;
  }

  @Override
  public boolean takesTail() {
    return inPlace.takesTail() && onCopies.takesTail();
  }

  @Override
  public int runs() {
    return inPlace.runs();
  }

  @Override
  public int scratchFloats() {
    int lines = (rows - 1) * shape.strideHeight() + shape.effectiveKernelHeight();
    return lines * lineFloats(shape);
  }

  @Override
  public long bytes() {
    return inPlace.bytes() + onCopies.bytes();
  }

  @Override
  public void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    boolean isKnown =
        p.shortCalls || contest.isDecided() || (isFirst ? onCopies : inPlace).isOpen();
    if (isKnown) {
      run(p, isFirst != contest.isWon(), row, endRow, column, endColumn);
      return;
    }
    boolean isChallenger = contest.isChallengers();
    p.shortCalls = isChallenger && contest.isCold();
    long began = System.nanoTime();
    run(p, isFirst != isChallenger, row, endRow, column, endColumn);
    long nanos = System.nanoTime() - began;
    p.shortCalls = false;
    long outputs = (long) (endRow - row) * (endColumn - column) * (p.to - p.from);
    contest.add(isChallenger, nanos, outputs / LANES * copiesTaps.taps());
  }

  private void run(
      DepthwiseCall p, boolean isCopied, int row, int endRow, int column, int endColumn) {
    if (isCopied) {
      p.taps(copiesTaps);
      onCopies(p, row, endRow, column, endColumn);
    } else {
      p.taps(inPlaceTaps);
      inPlace.run(p, row, endRow, column, endColumn);
    }
  }

  private void onCopies(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    float[] image = p.x;
    int x = p.firstX;
    int y = p.firstY;
    int from = p.from;
    int to = p.to;
    int xRow = shape.strideHeight() * shape.width() * shape.channels();
    int xColumn = shape.strideWidth() * shape.channels();
    for (int r = row; r < endRow; r += rows) {
      int endR = Math.min(endRow, r + rows);
      for (int q = column; q < endColumn; q += COLUMNS) {
        int endQ = Math.min(endColumn, q + COLUMNS);
        for (int c = from; c < to; c += FILTERS) {
          p.from = c;
          p.to = Math.min(to, c + FILTERS);
          p.x = image;
          p.firstX = x + (r - row) * xRow + (q - column) * xColumn + c;
          copy(p, r, endR, q, endQ);
          p.x = p.copies;
          p.firstX = p.copiesOffset - c;
          p.firstY = y + (r - row) * p.yRow + (q - column) * p.yStep;
          onCopies.run(p, r, endR, q, endQ);
        }
      }
    }
    p.x = image;
    p.firstX = x;
    p.firstY = y;
    p.from = from;
    p.to = to;
  }

  /** What a call's filters of some outputs see, the first window of which begins at its input. */
  private void copy(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int y = row * shape.strideHeight() - shape.padTop();
    int x = column * shape.strideWidth() - shape.padLeft();
    int lines = (endRow - row - 1) * shape.strideHeight() + shape.effectiveKernelHeight();
    int pixels = (endColumn - column - 1) * shape.strideWidth() + shape.effectiveKernelWidth();
    int bottom = Math.min(lines, shape.height() - y);
    int left = Math.max(0, -x);
    int right = Math.min(pixels, shape.width() - x);
    for (int line = Math.max(0, -y); line < bottom; line++) {
      copy(p, line, left, right);
    }
  }

  private void copy(DepthwiseCall p, int line, int left, int right) {
    float[] image = p.x;
    float[] copies = p.copies;
    int floats = p.to - p.from;
    int step = shape.channels();
    int from = p.firstX + (line * shape.width() + left) * step;
    int to = p.copiesOffset + line * lineFloats(shape) + left * STEP;
    for (int i = left; i < right; i++) {
      for (int j = 0; j < floats; j += LANES) {
        FloatVector.fromArray(SPECIES, image, from + j).intoArray(copies, to + j);
      }
      from += step;
      to += STEP;
    }
  }
}
