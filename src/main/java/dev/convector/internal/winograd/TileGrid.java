package dev.convector.internal.winograd;

import dev.convector.ConvShape;
import dev.convector.internal.problem.Elements;

/**
 * The tiles of all images in one order: image, row, column. A block of tiles is a range of it, and
 * is worked on by segments that lie in one row of tiles.
 *
 * @param m outputs along one axis of a tile
 * @param n inputs: of an r x r kernel, {@code m + r - 1}
 */
record TileGrid(int m, int n, int rows, int columns, int total) {

  TileGrid(int m, ConvShape shape) {
    this(
        m,
        m + shape.kernelHeight() - 1,
        Math.ceilDiv(shape.outputHeight(), m),
        Math.ceilDiv(shape.outputWidth(), m),
        shape.batch()
            * Math.ceilDiv(shape.outputHeight(), m)
            * Math.ceilDiv(shape.outputWidth(), m));
  }

  int image(int tile) {
    return tile / (rows * columns);
  }

  /** First output row of a tile. */
  int y(int tile) {
    return tile / columns % rows * m;
  }

  /** First output column of a tile. */
  int x(int tile) {
    return tile % columns * m;
  }

  /** One past the last tile with which those from one on are whole rows of an image, or one row. */
  int rectangleEnd(int tile, int to) {
    int image = rows * columns;
    int whole = (Math.min(to, tile - tile % image + image) - tile) / columns;
    return tile % columns == 0 && whole > 0 ? tile + whole * columns : segmentEnd(tile, to);
  }

  /** The outputs of tiles that are a rectangle. */
  void outputs(Elements.Region region, int tile, int end, ConvShape shape) {
    region.image = image(tile);
    region.images = 1;
    region.rows(y(tile), Math.min(shape.outputHeight(), y(end - 1) + m));
    region.columns(x(tile), Math.min(shape.outputWidth(), x(end - 1) + m));
  }

  /** One past the last tile that is in the same row of tiles and below {@code to}. */
  int segmentEnd(int tile, int to) {
    return Math.min(to, tile - tile % columns + columns);
  }
}
