package dev.convector.internal.dense;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.RegisterTile;
import dev.convector.internal.problem.TapRanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Neighbouring output columns and the kernel columns that any of them sees inside the image. One
 * such piece has all columns, unless so many taps meet padding that tiles of a few columns each,
 * with weights of their own, leave many of these out.
 *
 * @param start the first column
 * @param end one past the last
 * @param firstTap the first kernel column that any sees
 * @param endTap one past the last
 */
record DenseTapColumns(int start, int end, int firstTap, int endTap) {
  /** Parted columns pay where they leave out a quarter of the taps. */
  private static final double MOST_LEFT = 0.75;

  /** Most floats of all pieces' weights: a second-level cache of 1 MiB. */
  private static final long MOST_FLOATS = 256 * 1024;

  /** All of them in one piece, of which each tap is computed. */
  static DenseTapColumns all(ConvShape s) {
    return new DenseTapColumns(0, s.outputWidth(), 0, s.kernelWidth());
  }

  /** The pieces of all columns. */
  static List<DenseTapColumns> of(ConvShape s) {
    TapRanges ranges = TapRanges.columns(s);
    int width = s.outputWidth();
    DenseTapColumns all = new DenseTapColumns(0, width, ranges.firstTap(), ranges.endTap());
    List<DenseTapColumns> parted = new ArrayList<>();
    for (int start = 0; start < width; start += RegisterTile.MR) {
      DenseTapColumns next = of(ranges, start, Math.min(width, start + RegisterTile.MR));
      DenseTapColumns before = parted.isEmpty() ? null : parted.getLast();
      if (before != null && before.firstTap == next.firstTap && before.endTap == next.endTap) {
        parted.set(
            parted.size() - 1,
            new DenseTapColumns(before.start, next.end, next.firstTap, next.endTap));
      } else {
        parted.add(next);
      }
    }
    long column = (long) s.channels() * s.kernelHeight();
    long packed = 0;
    for (DenseTapColumns piece : parted) {
      packed += DenseWeights.size(1, column * piece.taps(), s.groupFilters());
    }
    boolean pays = steps(parted) <= MOST_LEFT * steps(List.of(all)) && packed <= MOST_FLOATS;
    return pays ? parted : List.of(all);
  }

  private static DenseTapColumns of(TapRanges ranges, int start, int end) {
    int first = Integer.MAX_VALUE;
    int last = 0;
    for (int range = ranges.find(start); range < ranges.count() && ranges.start(range) < end; ) {
      if (ranges.firstTap(range) < ranges.endTap(range)) {
        first = Math.min(first, ranges.firstTap(range));
        last = Math.max(last, ranges.endTap(range));
      }
      range++;
    }
    return new DenseTapColumns(start, end, Math.min(first, last), last);
  }

  /** Kernel columns times output columns. */
  static long steps(List<DenseTapColumns> pieces) {
    return pieces.stream().mapToLong(p -> (long) (p.end - p.start) * p.taps()).sum();
  }

  /** Kernel columns. */
  int taps() {
    return endTap - firstTap;
  }

  /** Their weights of all that are packed; any if they see nothing. */
  DenseWeights of(DenseWeights all, ConvShape s) {
    boolean hasAll = taps() == s.kernelWidth() || taps() == 0;
    return hasAll ? all : all.columns(s, firstTap, endTap);
  }

  /**
   * Where the elements of a window at these taps lie, from that of the first tap of its first
   * kernel row on.
   *
   * @param rowStep floats from one row to the next
   */
  int[] places(ConvShape s, int rowStep) {
    int channels = s.groupChannels();
    int[] places = new int[s.kernelHeight() * taps() * channels];
    for (int i = 0; i < places.length; i++) {
      int tap = i / channels;
      int r = tap / taps() * s.dilationHeight();
      int c = tap % taps() * s.dilationWidth();
      places[i] = r * rowStep + c * s.channels() + i % channels;
    }
    return places;
  }

  /** Whether places follow one another. */
  static boolean areContiguous(int[] places) {
    int[] contiguous = new int[places.length];
    Arrays.setAll(contiguous, i -> i);
    return Arrays.equals(places, contiguous);
  }
}
