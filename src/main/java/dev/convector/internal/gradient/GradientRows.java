package dev.convector.internal.gradient;

import dev.convector.internal.parallel.Split;

/**
 * The weights of one filter as rows of a product over pixels, in their order in memory: channel,
 * kernel row, kernel column. A unit has a part of them.
 */
final class GradientRows {
  private final GradientProblem problem;
  private final int leastParts;

  /**
   * @param most rows of a part, unless a single tap of each channel is more
   */
  GradientRows(GradientProblem problem, int most) {
    this.problem = problem;
    int together = most / problem.area();
    this.leastParts =
        together > 0
            ? Math.ceilDiv(problem.groupChannels(), together)
            : problem.groupChannels() * Math.ceilDiv(problem.area(), most);
  }

  int count() {
    return problem.groupChannels() * problem.area();
  }

  /** Into how many parts they are cut at least. */
  int leastParts() {
    return leastParts;
  }

  /** Rows of the largest part. */
  int most() {
    int channels = problem.groupChannels();
    return leastParts <= channels
        ? Math.ceilDiv(channels, leastParts) * problem.area()
        : Math.ceilDiv(count(), leastParts);
  }

  /** Channels that a part has rows of, at most. */
  int mostChannels() {
    int channels = problem.groupChannels();
    // A part that isn't cut between channels may have the end of one and the beginning of another.
    return Math.min(channels, Math.max(2, Math.ceilDiv(channels, leastParts)));
  }

  /** The first row of a part; cut between channels where there are enough of them. */
  int first(int part, int parts) {
    int channels = problem.groupChannels();
    return parts <= channels
        ? Split.start(channels, part, parts) * problem.area()
        : Split.start(count(), part, parts);
  }

  /** The channel of a row, counted in its group. */
  int channel(int row) {
    return row / problem.area();
  }

  /** Channels of rows {@code [first, end)}, which aren't none. */
  int channels(int first, int end) {
    return channel(end - 1) - channel(first) + 1;
  }

  /** Ints of a table of so many rows. */
  int ints(int rows) {
    return rows + problem.area();
  }

  /**
   * Lists where rows {@code [first, end)} begin in planes.
   *
   * @param base index of the first plane, which is the first row's channel's
   * @param table receives the list from {@code at} on, and something more behind it
   */
  void list(
      ChannelPlanes planes,
      GradientBlock block,
      int channels,
      int first,
      int end,
      int base,
      int[] table,
      int at) {
    int area = problem.area();
    int taps = at + end - first;
    int width = problem.columns().taps();
    for (int r = 0; r < problem.rows().taps(); r++) {
      for (int s = 0; s < width; s++) {
        table[taps + problem.place(r, s)] = base + planes.place(block, channels, r, s);
      }
    }
    int tap = first % area;
    int plane = 0;
    for (int i = at; i < taps; i++) {
      table[i] = table[taps + tap] + plane;
      tap++;
      if (tap == area) {
        tap = 0;
        plane += block.planeFloats();
      }
    }
  }
}
