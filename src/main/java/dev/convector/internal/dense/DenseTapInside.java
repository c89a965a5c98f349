package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.block.BlockRun;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.problem.TapRanges;

/**
 * The outputs of a {@link DenseTapConv} whose windows lie inside the image, and whether these are
 * read where they lie. The outputs at its sides are then computed apart, from a strip.
 */
final class DenseTapInside {
  /**
   * An image is read where it lies if so many output columns see no padding for each that does, and
   * from so many floats a row on: those at its sides are computed apart. 3x3 from 3 channels to 16
   * at 224x224 takes 0.95 to 0.97 of the time then, at 640x640 with stride 2 0.88, from 8 channels
   * at 56x56 0.95; but from 3 at 43x43 1.21, with stride 2 at 48x48 1.18, from 1 at 28x28 1.14 (AMD
   * EPYC, family 26).
   */
  private static final int SHARE_INSIDE = 8;

  private static final int LEAST_ROW_FLOATS = 192;

  /**
   * The same share of a volume, of whose planes each has such sides: 3x3x3 with stride 2 from 16
   * channels at 32x32x32 to 32 filters, 15 of whose columns see no padding for one that does, takes
   * 1.12 of the time in place (Zen 5).
   */
  private static final int VOLUME_SHARE_INSIDE = 40;

  /** The longest array of which the kernels' indexes are right. */
  private static final int MOST_FLOATS = 1 << 30;

  private final boolean isVolume;
  private final int row;
  private final int endRow;

  /** The first output column whose window lies inside the image, and one past the last. */
  final int column;

  final int endColumn;

  /** Whether these are all columns. */
  final boolean isWhole;

  /** Where a window's elements lie in an image that is read where it lies; null if none is. */
  final int[] places;

  /** Whether they follow one another. */
  final boolean areContiguous;

  /**
   * @param pixels whether a pixel's channels follow one another
   */
  DenseTapInside(ConvShape shape, boolean pixels, Planes planes) {
    this.isVolume = planes.slices() > 1;
    TapRanges rows = TapRanges.rows(shape);
    TapRanges columns = TapRanges.columns(shape);
    this.row = rows.firstOutput(0);
    this.endRow = rows.endOutput(shape.kernelHeight() - 1);
    this.column = columns.firstOutput(0);
    this.endColumn = columns.endOutput(shape.kernelWidth() - 1);
    int inside = endColumn - column;
    this.isWhole = inside == shape.outputWidth();
    int share = isVolume ? VOLUME_SHARE_INSIDE : SHARE_INSIDE;
    int rowFloats = shape.width() * shape.channels();
    boolean mostlyInside =
        inside >= share * (shape.outputWidth() - inside) && rowFloats >= LEAST_ROW_FLOATS;
    boolean inPlace = pixels && (isWhole || mostlyInside);
    int planeStep = planes.dilation() * shape.height() * rowFloats;
    int[] one = DenseTapColumns.all(shape).places(shape, rowFloats);
    this.places = inPlace ? planes.places(one, planeStep) : null;
    this.areContiguous = inPlace && DenseTapColumns.areContiguous(places);
  }

  /** Whether windows inside the image are read where they lie; columns at its sides then wait. */
  boolean isInPlace(BlockRun run) {
    return places != null
        && (isWhole || !run.overlapping())
        && run.operands.src.length <= MOST_FLOATS;
  }

  /** Whether some of a block's windows are read from the strip although others aren't. */
  boolean hasBorder(BlockRun run) {
    boolean rowsOutside = row > run.row || endRow < run.endRow;
    return !isWhole || isVolume && rowsOutside;
  }

  /** A block's first row of those with windows inside; its end if it has none. */
  int row(BlockRun run) {
    return Math.clamp(row, run.row, run.endRow);
  }

  /** One past the last such row. */
  int endRow(BlockRun run) {
    return Math.clamp(endRow, row(run), run.endRow);
  }

  /** Whether windows of an output row are read in place where others are. */
  boolean hasRow(int row) {
    return isWhole && !isVolume || row >= this.row && row < endRow;
  }

  /** Loads what the other windows of a block see, of an image to an index of scratch. */
  void loadBorder(BlockRun run, InputStrip strip, int image, int at) {
    int first = row(run);
    int end = endRow(run);
    int left = Math.min(column, run.endColumn);
    int right = Math.max(run.column, endColumn);
    strip.loadPart(run, image, at, run.row, first, run.column, run.endColumn);
    strip.loadPart(run, image, at, first, end, run.column, left);
    strip.loadPart(run, image, at, first, end, right, run.endColumn);
    strip.loadPart(run, image, at, end, run.endRow, run.column, run.endColumn);
  }
}
