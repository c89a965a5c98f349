package dev.convector.internal.padding;

import dev.convector.Axis;
import dev.convector.PaddingMode;

/**
 * One axis of a padded input: which element of the input each of its places holds.
 *
 * <p>A place is counted from the first element of the padding. The padded axis may end before the
 * input does, where no window reaches its last elements.
 *
 * @param size elements of the input
 * @param before places before the input's first element
 * @param places of the padded input
 */
public record PaddedAxis(PaddingMode mode, int size, int before, int places) {

  /** All of a convolution's padding. */
  public static PaddedAxis of(PaddingMode mode, Axis axis) {
    return new PaddedAxis(mode, axis.size(), axis.padBefore(), padded(axis));
  }

  /** An axis without padding. */
  public static PaddedAxis unpadded(int size) {
    return new PaddedAxis(PaddingMode.ZEROS, size, 0, size);
  }

  /** Places of a convolution's padded input. */
  public static int padded(Axis axis) {
    return axis.size() + axis.padBefore() + axis.padAfter();
  }

  /** Index of the input's element at a place, or -1 for zero. */
  public int source(int place) {
    return mode.source(place - before, size);
  }

  /** The first place that holds the input itself, or the end if there is none. */
  int inside() {
    return Math.min(before, places);
  }

  /** One past the last place that holds the input itself. */
  int endInside() {
    return (int) Math.min((long) before + size, places);
  }

  /** Of each element of the input all places that hold it, in order. */
  int[][] placesOfAll() {
    int[] counts = new int[size];
    for (int place = 0; place < places; place++) {
      if (source(place) >= 0) {
        counts[source(place)]++;
      }
    }
    int[][] all = new int[size][];
    for (int i = 0; i < size; i++) {
      all[i] = new int[counts[i]];
    }
    for (int place = places - 1; place >= 0; place--) {
      if (source(place) >= 0) {
        all[source(place)][--counts[source(place)]] = place;
      }
    }
    return all;
  }
}
