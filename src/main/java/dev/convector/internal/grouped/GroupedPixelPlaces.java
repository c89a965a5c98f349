package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

/**
 * Which positions of a {@link GroupedPixelStrip} a vector of output pixels starts from, which of
 * its lanes are pixels, and where in the output they go.
 *
 * <p>Vectors follow one another from the strip's first pixel on; those of the last tile are moved
 * back so that the last one ends with the last pixel. Where it lies in one row, it is full, and
 * needs no staging. Strips have up to {@code rows} rows, which changes the last tile alone.
 */
final class GroupedPixelPlaces {
  private final int pitch;
  private final int width;
  private final int vectors;
  private final int rows;
  private final int most;

  /** Output pixels of the strip before each vector. */
  final int[] places;

  /** For each vector which lane of the sums each lane of the output takes. */
  final int[] lanes;

  /**
   * For tiles of so many vectors.
   *
   * @param leastRows of a strip
   */
  GroupedPixelPlaces(int pitch, int width, int vectors, int rows, int leastRows) {
    this.pitch = pitch;
    this.width = width;
    this.vectors = vectors;
    this.rows = rows;
    this.most = count(rows);
    int heights = Math.max(2, rows - leastRows + 1);
    this.places = new int[most + heights * vectors];
    this.lanes = new int[places.length * LANES];
    for (int v = 0; v < most; v++) {
      fill(v, v * LANES);
    }
    for (int less = 0; less < Math.min(heights, rows); less++) {
      for (int v = 0; v < vectors; v++) {
        fill(lastTile(rows - less) + v, lastTilePosition(rows - less) + v * LANES);
      }
    }
  }

  private void fill(int v, int position) {
    // A strip of one row less may be too small for a tile; then there is none of that height.
    int start = Math.max(0, position);
    places[v] = start / pitch * width + Math.min(start % pitch, width);
    int used = 0;
    for (int lane = 0; lane < LANES; lane++) {
      if ((start + lane) % pitch < width) {
        lanes[v * LANES + used++] = lane;
      }
    }
  }

  private int positions(int stripRows) {
    return (stripRows - 1) * pitch + width;
  }

  /** Vectors of a strip of so many rows. */
  int count(int stripRows) {
    return Math.ceilDiv(positions(stripRows), LANES);
  }

  /** The first vector of the last tile. */
  int lastTile(int stripRows) {
    return most + (rows - stripRows) * vectors;
  }

  /** The position of the first vector of the last tile. */
  int lastTilePosition(int stripRows) {
    return positions(stripRows) - vectors * LANES;
  }

  /** Whether a tile's stores end in front of a pixel. */
  boolean endsBefore(int v, int pixel) {
    return places[v + vectors - 1] + LANES <= pixel;
  }

  long bytes() {
    return ((long) places.length + lanes.length) * Integer.BYTES;
  }
}
