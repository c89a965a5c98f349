package dev.convector;

/** How {@link Unfold} lays out the windows of images in a matrix. */
public enum ColumnOrder {
  /**
   * A matrix for each image, {@code [channels * kernelHeight * kernelWidth][outputHeight *
   * outputWidth]}: a window is a column, as in PyTorch's unfold.
   */
  IMAGES,
  /**
   * One matrix for all, {@code [batch * outputHeight * outputWidth][channels * kernelHeight *
   * kernelWidth]}: a window is a row.
   */
  PIXELS
}
