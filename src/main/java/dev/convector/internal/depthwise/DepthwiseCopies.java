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
 * some outputs see are copied to scratch, where pixels lie an odd number of lines apart; 3x3 on two
 * sets only if a contest finds that faster. The bits are the same.
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

  /** Taps of small kernels, which make less of a copy. */
  private static final int FEW_TAPS = 9;

  /** Taps of kernels that hide how their input lies. */
  private static final int MOST_TAPS = 49;

  /**
   * Whether copies are no slower than small kernels in place where pixels fall into two sets: 12
   * ways hold a tile's 20 lines, 8 don't. Without a margin, since copies take the same time
   * wherever the arrays lie, others up to half as much more where a collector may move them next.
   */
  private static final DepthwiseContests COPIED = new DepthwiseContests(1);

  private final ConvShape shape;
  private final DepthwiseTiles.Rectangles inPlace;
  private final DepthwiseTaps inPlaceTaps;
  private final DepthwiseTiles.Rectangles onCopies;
  private final DepthwiseTaps copiesTaps;
  private final int rows;

  /** Null where copies are always taken. */
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
    this.contest = contest(shape);
  }

  /**
   * Whether copies may pay. Not with strides of 3 and more, which leave little of a copy to share:
   * 3x3 with stride 3 takes 1.7 and 1.9 of the time, with stride 4 2.1 (1024 channels at 14x14 and
   * 7x7); of dilated kernels 3x3 by 2 0.49 to 1.04, by 4 1.3, 5x5 by 2 0.94 to 1.33; 9x9 1.09,
   * 11x11 1.02; 1x3 on 512 at 14x14 1.36, 1x5 1.43, 2x2 1.07 (Zen 4).
   */
  static boolean fits(ConvShape shape, int tileRows) {
    int channels = shape.channels();
    int taps = taps(shape);
    boolean isShared = shape.strideHeight() <= 2 && shape.strideWidth() <= 2 && taps <= MOST_TAPS;
    int dilation = Math.max(shape.dilationHeight(), shape.dilationWidth());
    boolean suits =
        taps > FEW_TAPS
            ? dilation == 1
            : dilation <= 2 && (channels % Blocking.ONE_SET_FLOATS == 0 || isContested(shape));
    return channels % Blocking.TWO_SETS_FLOATS == 0
        && isShared
        && suits
        && rows(shape, tileRows) > 0;
  }

  private static int taps(ConvShape shape) {
    return shape.kernelHeight() * shape.kernelWidth();
  }

  private static boolean isContested(ConvShape shape) {
    return shape.channels() % Blocking.ONE_SET_FLOATS != 0
        && shape.kernelHeight() == 3
        && shape.kernelWidth() == 3
        && shape.strideHeight() == 1
        && shape.strideWidth() == 1;
  }

  /** Whether copies are faster; null where they always are. For tests too. */
  static Contest contest(ConvShape shape) {
    return isContested(shape) ? COPIED.of(shape.channels()) : null;
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
    if (contest == null || p.isShort() || contest.isDecided() || inPlace.isOpen()) {
      run(p, contest == null || contest.isWon(), row, endRow, column, endColumn);
      return;
    }
    boolean isChallenger = contest.isChallengers();
    long steps = (long) (endRow - row) * (endColumn - column) * (p.to - p.from) / LANES;
    long began = DepthwiseContests.begin(p, contest, isChallenger);
    run(p, isChallenger, row, endRow, column, endColumn);
    DepthwiseContests.end(p, contest, isChallenger, began, steps * copiesTaps.taps());
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
