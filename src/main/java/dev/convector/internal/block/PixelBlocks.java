package dev.convector.internal.block;

import dev.convector.ConvShape;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Elements;

/**
 * The cut of the output's pixels into rectangles that are worked on at a time, as equal as
 * possible: the whole of some images, or some rows of one, or a part of a row. For many threads the
 * same pixels are cut into more blocks, none of which is larger.
 *
 * @param count of one thread
 * @param byColumns whether rows are cut
 */
public record PixelBlocks(int images, int height, int width, int count, boolean byColumns) {

  /** Blocks of at most {@code most} pixels: whole rows where a row fits, else parts of a row. */
  public static PixelBlocks cut(ConvShape shape, int most) {
    int height = shape.outputHeight();
    int width = shape.outputWidth();
    int down = Math.ceilDiv(height, Math.clamp(most / width, 1, height));
    int across = Math.ceilDiv(width, Math.min(width, Math.max(1, most)));
    return new PixelBlocks(
        shape.batch(),
        height,
        width,
        shape.batch() * down * across,
        // The rows of a single one can only be cut.
        across > 1 || height == 1);
  }

  /** The same, but where several images fit a block, as many of them as do. */
  public static PixelBlocks cutBatch(ConvShape shape, int most) {
    int height = shape.outputHeight();
    int width = shape.outputWidth();
    int together = (int) (most / ((long) height * width));
    if (together < 2) {
      return cut(shape, most);
    }
    int count = Math.ceilDiv(shape.batch(), together);
    return new PixelBlocks(shape.batch(), height, width, count, height == 1);
  }

  /** The same, of which no number of threads cuts a row that isn't cut yet. */
  public PixelBlocks wholeRows() {
    return new PixelBlocks(images, height, width, count, count > images * height);
  }

  /** Pieces of the outer level of a cut: images, or all rows. */
  int outer() {
    return byColumns ? images * height : images;
  }

  /** Pieces of each of these: rows, or columns. */
  int inner() {
    return byColumns ? width : height;
  }

  /** The most images of a block. */
  public int mostImages() {
    return count < images ? Math.ceilDiv(images, count) : 1;
  }

  /** The most rows of a block. */
  public int mostRows() {
    return byColumns ? 1 : count <= images ? height : Math.ceilDiv(height, count / images);
  }

  /** The most columns of a block. */
  public int mostColumns() {
    return count <= outer() || !byColumns ? width : Math.ceilDiv(width, count / outer());
  }

  /** The most pixels of a block. */
  public int mostPixels() {
    return mostImages() * mostRows() * mostColumns();
  }

  /** Describes one of so many blocks. */
  void place(Elements.Region region, int block, int blocks) {
    region.image = image(block, blocks);
    region.images = endImage(block, blocks) - region.image;
    region.rows(row(block, blocks), endRow(block, blocks));
    region.columns(column(block, blocks), endColumn(block, blocks));
  }

  int image(int block, int blocks) {
    return blocks <= images ? Split.start(images, block, blocks) : block / (blocks / images);
  }

  int endImage(int block, int blocks) {
    return blocks <= images
        ? Split.start(images, block + 1, blocks)
        : block / (blocks / images) + 1;
  }

  int row(int block, int blocks) {
    if (blocks <= images) {
      return 0;
    }
    int each = blocks / images;
    return byColumns ? block % each / (each / height) : Split.start(height, block % each, each);
  }

  int endRow(int block, int blocks) {
    if (blocks <= images) {
      return height;
    }
    return byColumns
        ? row(block, blocks) + 1
        : Split.start(height, block % (blocks / images) + 1, blocks / images);
  }

  int column(int block, int blocks) {
    return byColumns && blocks > outer()
        ? Split.start(width, block % (blocks / outer()), blocks / outer())
        : 0;
  }

  int endColumn(int block, int blocks) {
    return byColumns && blocks > outer()
        ? Split.start(width, block % (blocks / outer()) + 1, blocks / outer())
        : width;
  }
}
