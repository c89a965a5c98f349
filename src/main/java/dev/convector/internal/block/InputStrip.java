package dev.convector.internal.block;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.simd.AlignedFloats;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/**
 * The part of an image that a block of output pixels sees, in scratch: for each of some windows of
 * channels {@code [images][rows][columns][step]}, of which the first floats of a step are the
 * window's channels and the others arbitrary.
 *
 * <p>All windows asked for are loaded together, which reads a channels-last image from end to end:
 * a window for itself is a line or two of each pixel, and each line that two windows share comes
 * twice from the third-level cache (145 against 60 us for 512 channels at 28x28 on Granite Rapids).
 */
public final class InputStrip {
  /** What a strip holds of the padding, as zeros. */
  public enum Border {
    NONE,
    COLUMNS,
    ALL
  }

  /** Which channels a window holds; may be several times the same. */
  public interface Windows {
    /** How many there are. */
    int windows();

    /** A window's first channel. */
    int channel(int window);

    /** Its channels. */
    int channels(int window);

    /**
     * For a strip of pairs, which of the LANES channels from its first one on each lane of each
     * window takes; null where channels stay in their order.
     */
    default int[] lanes() {
      return null;
    }

    /** One window of all channels. */
    static Windows all(ConvShape shape) {
      return new Windows() {
        @Override
        public int windows() {
          return 1;
        }

        @Override
        public int channel(int window) {
          return 0;
        }

        @Override
        public int channels(int window) {
          return shape.channels();
        }
      };
    }
  }

  /**
   * Fewest windows of a channels-last image that are worth loading for themselves: grouped layers
   * of 256 channels at 28x28, a window a line of 64 bytes, took 1.6 times as long in all where each
   * was a unit, and 1.3 times by twos (Zen 5).
   */
  public static final int LEAST_TOGETHER = 4;

  /**
   * How often strips may hold the same pixel of the input; more, and they should be larger: 32
   * channels at 128x128, 9x9 dilated by 8, has a reach of 65x65, which a block of one output would
   * copy for 2,592 multiply-adds a filter.
   */
  public static final int MOST_COPIES = 16;

  private final ConvShape shape;
  private final Reach rowReach;
  private final Reach columnReach;
  private final boolean channelsLast;
  private final Border border;
  private final int step;
  private final int columns;

  /** The columns before those that only whole vectors reach. */
  private final int seenColumns;

  private final int windowFloats;

  /** How many columns apart a row's neighbours are, and the floats of all neighbours. */
  private final int phases;

  private final int phaseFloats;

  /** Of a window, to the next image's; there are several only without a border. */
  private final int imageFloats;

  private final StripWindows copies;

  /**
   * A convolution's.
   *
   * @param step floats from one pixel to the next: all channels, or at least the window's vectors
   */
  public InputStrip(
      ConvShape shape,
      boolean channelsLast,
      Border border,
      Windows windows,
      int step,
      PixelBlocks blocks) {
    this(shape, channelsLast, border, windows, step, 1, blocks);
  }

  /**
   * A convolution's, of whose rows each holds every so manieth column and then those behind each.
   *
   * @param phases how many columns apart neighbours are; 1 unless channels-last with a border
   */
  public InputStrip(
      ConvShape shape,
      boolean channelsLast,
      Border border,
      Windows windows,
      int step,
      int phases,
      PixelBlocks blocks) {
    this(
        shape,
        List.of(Reach.of(shape.rows()), Reach.of(shape.columns())),
        channelsLast,
        border,
        windows,
        step,
        phases,
        blocks);
  }

  /**
   * Of an input whose outputs see something else than a convolution's windows.
   *
   * @param input of whose axes only the sizes count
   * @param reaches of the rows and of the columns
   */
  public InputStrip(
      ConvShape input,
      List<Reach> reaches,
      boolean channelsLast,
      Border border,
      Windows windows,
      int step,
      PixelBlocks blocks) {
    this(input, reaches, channelsLast, border, windows, step, 1, blocks);
  }

  private InputStrip(
      ConvShape input,
      List<Reach> reaches,
      boolean channelsLast,
      Border border,
      Windows windows,
      int step,
      int phases,
      PixelBlocks blocks) {
    this.shape = input;
    this.rowReach = reaches.get(0);
    this.columnReach = reaches.get(1);
    this.channelsLast = channelsLast;
    this.border = border;
    this.step = step;
    int rows = blocks.mostRows();
    int width = blocks.mostColumns();
    int needed = Math.toIntExact(columns(shape, columnReach, border, width));
    // A single window may see less than there is between two.
    this.phases = Math.min(phases, needed);
    this.seenColumns = Math.ceilDiv(needed, this.phases) * this.phases;
    // Pixels parted so are stored as whole vectors, the last ones beyond the columns of a phase.
    int beyond = this.phases == 1 ? 0 : Math.ceilDiv(Math.max(0, LANES - step), step);
    this.phaseFloats = (seenColumns / this.phases + beyond) * step;
    this.columns = phaseFloats / step * this.phases;
    long exact = floats(shape, reaches, border, step, rows, width);
    this.imageFloats = Math.toIntExact(exact / needed * columns);
    long floats = (long) blocks.mostImages() * imageFloats;
    int lines = Math.ceilDiv(Math.toIntExact(floats), AlignedFloats.LINE);
    // An odd number, so that the windows of a pixel lie in different sets of the cache.
    this.windowFloats = (lines | 1) * AlignedFloats.LINE;
    this.copies = new StripWindows(shape, windows, step, this.phases, windowFloats);
  }

  /** Floats of a window for a block of so many output rows and columns. */
  public static long floats(ConvShape shape, Border border, int step, int rows, int columns) {
    List<Reach> reaches = List.of(Reach.of(shape.rows()), Reach.of(shape.columns()));
    return floats(shape, reaches, border, step, rows, columns);
  }

  /** How often the strips of blocks of so many output rows and columns hold the same pixel. */
  public static double copies(ConvShape shape, Border border, int rows, int columns) {
    double held = floats(shape, border, 1, rows, columns);
    return held / ((double) rows * shape.strideHeight()) / ((double) columns * shape.strideWidth());
  }

  /** Floats of a window where the outputs see something else than a convolution's windows. */
  public static long floats(
      ConvShape input, List<Reach> reaches, Border border, int step, int rows, int columns) {
    long height = reaches.get(0).most(rows);
    return (border == Border.ALL ? height : Math.min(height, input.height()))
        * columns(input, reaches.get(1), border, columns)
        * step;
  }

  private static long columns(ConvShape input, Reach reach, Border border, int outputColumns) {
    long needed = reach.most(outputColumns);
    return border == Border.NONE ? Math.min(needed, input.width()) : needed;
  }

  /** Floats of a window, to the next one's. */
  public int windowFloats() {
    return windowFloats;
  }

  /** Floats from one row to the next. */
  public int rowStep() {
    return columns * step;
  }

  /** How many columns apart a row's neighbours are. */
  public int phases() {
    return phases;
  }

  /** Rows that a block's strip holds. */
  public int rows(BlockRun run) {
    return endRow(run) - row(run);
  }

  /** Floats from one image of a window to the next one. */
  public int imageFloats() {
    return imageFloats;
  }

  /** Where an input pixel of the first image lies in a window, or would lie if it is not held. */
  public int offset(BlockRun run, int y, int x) {
    return (y - row(run)) * rowStep() + place(x - column(run));
  }

  /** Where a column of the strip lies in its row. */
  public int place(int column) {
    if (phases == 1) {
      return column * step; // Two divisions less for each row of few pixels.
    }
    return Math.floorMod(column, phases) * phaseFloats + Math.floorDiv(column, phases) * step;
  }

  /** Where the window of a convolution's output pixel begins, also if that is not held. */
  public int windowOffset(BlockRun run, int row, int column) {
    return offset(
        run,
        row * shape.strideHeight() - shape.padTop(),
        column * shape.strideWidth() - shape.padLeft());
  }

  /** Writes the zeros of the padding, which loading leaves: once for all that a block loads. */
  public void clearBorder(BlockRun run, int windows, int at) {
    if (border == Border.NONE) {
      return;
    }
    int left = left(run);
    int right = right(run);
    for (int i = 0; i < windows; i++) {
      int line = at + i * windowFloats;
      for (int y = row(run); y < endRow(run); y++, line += rowStep()) {
        if (y < 0 || y >= shape.height()) {
          zero(run, line, line + rowStep());
        } else {
          zeroColumns(run, line, 0, left);
          zeroColumns(run, line, right, columns);
        }
      }
    }
  }

  private void zeroColumns(BlockRun run, int line, int from, int to) {
    for (int first = from; first < Math.min(to, from + phases); first++) {
      int at = line + place(first);
      zero(run, at, at + Math.ceilDiv(to - first, phases) * step);
    }
  }

  private void zero(BlockRun run, int from, int to) {
    if (!copies.arePairs()) {
      zero(run.scratch.floats, from, to);
    } else {
      Arrays.fill(run.pairs, from / 2, to / 2, 0);
    }
  }

  /** A few vectors, for which {@link Arrays#fill} takes several times as long. */
  private static void zero(float[] floats, int from, int to) {
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      FloatVector.zero(SPECIES).intoArray(floats, i);
    }
    if (i < to) {
      Arrays.fill(floats, i, to, 0);
    }
  }

  /** Loads the only window of an image, the block's or another one, from an index of scratch on. */
  public void loadImage(BlockRun run, int image, int at) {
    load(run, image, 0, 1, at);
  }

  /** Loads the windows {@code from} to {@code to} from an index of scratch on. */
  public void load(BlockRun run, int from, int to, int at) {
    for (int i = 0; i < run.images; i++) {
      load(run, run.image + i, from, to, at + i * imageFloats);
    }
  }

  /**
   * Loads what a rectangle of a convolution's output pixels in the block sees, of an image that
   * lies as the strip does, to the window at an index of scratch.
   */
  public void loadPart(
      BlockRun run, int image, int at, int row, int endRow, int column, int endColumn) {
    if (row >= endRow || column >= endColumn) {
      return;
    }
    int x = Math.max(0, columnReach.first(column));
    int pixels = Math.min(shape.width(), columnReach.end(endColumn)) - x;
    int y = Math.max(0, rowReach.first(row));
    int endY = Math.min(shape.height(), rowReach.end(endRow));
    for (; y < endY && pixels > 0; y++) {
      int pixel = (image * shape.height() + y) * shape.width() + x;
      copies.copy(run, pixel, pixels, 0, 1, at + offset(run, y, x));
    }
  }

  private void load(BlockRun run, int image, int from, int to, int at) {
    int left = left(run);
    int pixels = right(run) - left;
    int x = column(run) + left;
    int first = Math.max(0, row(run));
    int rows = Math.min(shape.height(), endRow(run)) - first;
    if (phases == 1 && pixels == shape.width() && pixels == columns && !rowReach.hasGaps()) {
      // Rows as wide as the image follow one another: one long row.
      pixels *= rows;
      rows = Math.min(rows, 1);
    }
    int target = at + (first - row(run)) * rowStep();
    for (int y = first; y < first + rows && pixels > 0; y++, target += rowStep()) {
      if (!rowReach.sees(y)) {
        continue;
      }
      if (channelsLast) {
        int pixel = (image * shape.height() + y) * shape.width() + x;
        for (int skip = 0; skip < Math.min(phases, pixels); skip++) {
          int count = Math.ceilDiv(pixels - skip, phases);
          copies.copy(run, pixel + skip, count, from, to, target + place(left + skip));
        }
      } else {
        int pixel = y * shape.width() + x;
        copies.transpose(run, image, pixel, pixels, from, to, target + left * step);
      }
    }
  }

  /** The input row of the strip's first, negative in the padding. */
  private int row(BlockRun run) {
    int row = rowReach.first(run.row);
    return border == Border.ALL ? row : Math.clamp(row, 0, shape.height());
  }

  private int endRow(BlockRun run) {
    int end = rowReach.end(run.endRow);
    return border == Border.ALL ? end : Math.clamp(end, row(run), shape.height());
  }

  /** The input column of the strip's first, negative in the padding. */
  private int column(BlockRun run) {
    int column = columnReach.first(run.column);
    return border == Border.NONE ? Math.clamp(column, 0, shape.width()) : column;
  }

  /** Columns of the strip before the image's first. */
  private int left(BlockRun run) {
    return Math.clamp(-column(run), 0, seenColumns);
  }

  /** Columns of the strip up to the image's last, of those that are seen. */
  private int right(BlockRun run) {
    return Math.clamp(shape.width() - column(run), left(run), seenColumns);
  }
}
