package dev.convector.internal.depthwise;

import dev.convector.ConvShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.simd.ShortCalls;
import dev.convector.internal.simd.Simd;

/** Rectangles of outputs, cut into tiles of the micro-kernel that suits the shape. */
final class DepthwiseTiles {
  /** What computes them. */
  interface Rectangles {
    /** Computes a rectangle of outputs of one image with a call's filters, input and output. */
    void run(DepthwiseCall p, int row, int endRow, int column, int endColumn);

    /** The same of all of a call's images. */
    default void runAll(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
      int x = p.firstX;
      int y = p.firstY;
      int images = p.images;
      p.images = 1;
      for (int n = 0; n < images; n++) {
        p.firstX = x + n * p.xImage;
        p.firstY = y + n * p.yImage;
        run(p, row, endRow, column, endColumn);
      }
      p.firstX = x;
      p.firstY = y;
      p.images = images;
    }

    /** Whether a call's last filters may be fewer than a vector. */
    default boolean takesTail() {
      return false;
    }

    /** Most runs of the loops in a call for a vector of filters; 0 where calls are cut by runs. */
    default int runs() {
      return 0;
    }

    /** Floats of scratch that calls have to be given, for copies of the input. */
    default int scratchFloats() {
      return 0;
    }

    /** Whether a contest of its own is open. */
    default boolean isOpen() {
      return false;
    }

    /** Bytes beside those of the packed weights. */
    default long bytes() {
      return 0;
    }
  }

  private final DepthwiseTaps taps;
  private final Rectangles rectangles;
  private final ShortCalls shortCalls = new ShortCalls();

  /**
   * @param strip what holds the input; null where an image is read in place, whose last vector of
   *     channels overlaps
   */
  DepthwiseTiles(ConvShape shape, InputStrip strip, float[] weights, Epilogue epilogue) {
    boolean byTap = strip == null && DepthwiseTapTiles.fits(shape);
    boolean isSingle = byTap || strip == null && DepthwiseGrid.fits(shape);
    this.taps =
        new DepthwiseTaps(
            shape,
            weights,
            strip,
            isSingle ? 0 : DepthwiseRow.apart(shape),
            byTap ? DepthwiseTapTiles.vectors(shape) : DepthwiseVectors.single(shape.filters()));
    this.rectangles =
        strip == null
            ? inPlace(shape, taps, weights, epilogue)
            : inStrip(shape, strip, taps, epilogue);
  }

  private static Rectangles inStrip(
      ConvShape shape, InputStrip strip, DepthwiseTaps taps, Epilogue epilogue) {
    DepthwiseInput input = new DepthwiseInput(strip.rowStep(), Simd.LANES, false);
    if (Depthwise3x3.fits(shape)) {
      return new Depthwise3x3(shape, input, taps, epilogue);
    }
    return DepthwiseStrip.fits(shape, strip)
        ? new DepthwiseStrip(shape, strip.rowStep(), taps, epilogue)
        : new DepthwiseRow(shape, input, taps, epilogue);
  }

  private static Rectangles inPlace(
      ConvShape shape, DepthwiseTaps taps, float[] weights, Epilogue epilogue) {
    int step = shape.channels();
    DepthwiseInput input = new DepthwiseInput(shape.width() * step, step, false);
    boolean hasRuns = DepthwiseRuns.fits(shape);
    Rectangles found =
        hasRuns
            ? new DepthwiseRuns(shape, input, taps, weights, epilogue)
            : ofPixels(shape, input, taps, epilogue);
    boolean isFar = DepthwiseReadAhead.pays(shape);
    boolean mayCopy = !isFar && !hasRuns && DepthwiseCopies.fits(shape, tileRows(shape));
    if (DepthwiseInside.fits(shape) && !mayCopy) {
      found = new DepthwiseInside(shape, input, weights, found, taps, epilogue);
    }
    if (isFar) {
      return new DepthwiseReadAhead(shape, found, tileRows(shape));
    }
    if (!mayCopy) {
      return found;
    }
    DepthwiseInput copies = DepthwiseCopies.input(shape);
    DepthwiseTaps copiesTaps = taps.of(shape, copies);
    Rectangles onCopies = ofPixels(shape, copies, copiesTaps, epilogue);
    return new DepthwiseCopies(shape, found, taps, onCopies, copiesTaps, tileRows(shape));
  }

  /** Of pixels whose channels follow one another. */
  private static Rectangles ofPixels(
      ConvShape shape, DepthwiseInput input, DepthwiseTaps taps, Epilogue epilogue) {
    if (Depthwise3x3.fits(shape)) {
      return new Depthwise3x3(shape, input, taps, epilogue);
    }
    if (DepthwiseLattices3x3.fits(shape)) {
      return new DepthwiseLattices3x3(shape, input, taps, epilogue);
    }
    if (DepthwiseGrid.fits(shape)) {
      return new DepthwiseGrid(shape, input, taps, epilogue);
    }
    return DepthwiseTapTiles.fits(shape)
        ? new DepthwiseTapTiles(shape, input, taps, epilogue)
        : new DepthwiseRow(shape, input, taps, epilogue);
  }

  /** Rows of which a block of an image that is read in place should have a multiple. */
  static int blockRows(ConvShape shape) {
    int tileRows = tileRows(shape);
    return DepthwiseCopies.fits(shape, tileRows) ? DepthwiseCopies.rows(shape, tileRows) : tileRows;
  }

  /** The same without copies. */
  private static int tileRows(ConvShape shape) {
    if (Depthwise3x3.fits(shape)) {
      return Depthwise3x3.tileRows(shape);
    }
    if (DepthwiseLattices3x3.fits(shape)) {
      return DepthwiseLattices3x3.rows(shape);
    }
    return DepthwiseGrid.fits(shape) ? DepthwiseGrid.rows(shape) : 1;
  }

  /**
   * Whether the results of a row are stored from left to right, of an image that is read in place:
   * not those that share inputs some columns apart. Each once, too: a kernel that has tiles in
   * place has one width of runs, so one pass.
   */
  static boolean storesInOrder(ConvShape shape) {
    return shape.dilationWidth() == 1 && !DepthwiseRuns.fits(shape);
  }

  /** Floats of scratch that calls have to be given, for copies of the input. */
  int scratchFloats() {
    return rectangles.scratchFloats();
  }

  /** Bytes of packed weights and of tables. */
  long bytes() {
    return taps.bytes() + rectangles.bytes();
  }

  /** Computes a rectangle of outputs of each image with a call's filters, input and output. */
  void run(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    p.shortRuns = shortCalls.runs();
    if (!p.isShort()) {
      panels(p, row, endRow, column, endColumn);
      return;
    }
    long pixels = (long) p.images * (endRow - row) * (endColumn - column);
    long vectors = pixels * Math.ceilDiv(p.to - p.from, Simd.LANES);
    long began = System.nanoTime();
    firstPanels(p, row, endRow, column, endColumn);
    panels(p, row, endRow, column, endColumn);
    shortCalls.count(vectors, vectors * taps.taps(), System.nanoTime() - began);
  }

  /** Computes all filters but some that are left over, a few at a time, and leaves those over. */
  private void firstPanels(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    int runs = rectangles.runs();
    int few = runs == 0 ? p.to : Math.max(1, p.shortRuns / runs) * Simd.LANES;
    int end = p.to;
    while (end - p.from >= few + Simd.LANES) {
      int from = p.from;
      p.to = from + few;
      panels(p, row, endRow, column, endColumn);
      p.from = from + few;
    }
    p.to = end;
  }

  /** Some of the filters. */
  private void panels(DepthwiseCall p, int row, int endRow, int column, int endColumn) {
    p.taps(taps);
    if (p.lag() == 0 || rectangles.takesTail()) {
      rectangles.runAll(p, row, endRow, column, endColumn);
      return;
    }
    int lag = p.lag();
    p.to = p.wholeTo();
    rectangles.runAll(p, row, endRow, column, endColumn);
    p.taps(taps);
    p.from = p.to;
    p.to += Simd.LANES;
    p.bias -= lag;
    p.firstX -= lag;
    p.firstY -= lag;
    rectangles.runAll(p, row, endRow, column, endColumn);
  }
}
