package dev.convector.internal.unfold;

import dev.convector.ColumnOrder;
import dev.convector.ConvShape;
import dev.convector.Layout;

/**
 * Windows and the matrix they are laid out in.
 *
 * @param shape whose filters don't count
 */
public record UnfoldProblem(ConvShape shape, Layout layout, ColumnOrder order) {

  /** Output pixels of one image. */
  public int pixels() {
    return shape.outputHeight() * shape.outputWidth();
  }

  /** Elements of a window: of a column. */
  public int depth() {
    return shape.channels() * shape.kernelHeight() * shape.kernelWidth();
  }

  /** Where a channel's first element lies in the image. */
  int imageOffset(int image, int channel) {
    int plane = shape.height() * shape.width();
    return layout == Layout.NCHW
        ? (image * shape.channels() + channel) * plane
        : image * plane * shape.channels() + channel;
  }

  /** Elements from one pixel of the image to the next. */
  int pixelStep() {
    return layout == Layout.NCHW ? 1 : shape.channels();
  }

  /** Where an element of the windows of an image lies in the matrix for its first pixel. */
  int columnOffset(int image, int element) {
    return order == ColumnOrder.IMAGES
        ? (image * depth() + element) * pixels()
        : image * pixels() * depth() + element;
  }

  /** Elements from one pixel's column to the next one's. */
  int columnStep() {
    return order == ColumnOrder.IMAGES ? 1 : depth();
  }
}
