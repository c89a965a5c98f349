package dev.convector.reference;

import dev.convector.Axis;
import dev.convector.ColumnOrder;
import dev.convector.Layout;
import dev.convector.Unfold;

/** Unfolding and its adjoint by plain loops, readable as a definition. */
public final class ReferenceUnfold {
  private ReferenceUnfold() {}

  /**
   * Images to the matrix of their windows.
   *
   * @param unfold the description
   * @param batch images
   * @param channels of an image
   * @param images in the description's layout
   * @return the matrix
   */
  public static float[] unfold(Unfold unfold, int batch, int channels, float[] images) {
    float[] matrix = new float[unfold.windows() * unfold.windowSize()];
    visit(unfold, batch, channels, (pixel, element) -> matrix[element] = images[pixel]);
    return matrix;
  }

  /**
   * A matrix to images, sums in double.
   *
   * @param unfold the description
   * @param batch images
   * @param channels of an image
   * @param matrix in the description's order
   * @return the images
   */
  public static float[] fold(Unfold unfold, int batch, int channels, float[] matrix) {
    double[] sums = new double[batch * channels * unfold.rows().size() * unfold.columns().size()];
    visit(unfold, batch, channels, (pixel, element) -> sums[pixel] += matrix[element]);
    float[] images = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      images[i] = (float) sums[i];
    }
    return images;
  }

  private interface Visitor {
    void visit(int pixel, int element);
  }

  private static void visit(Unfold unfold, int batch, int channels, Visitor visitor) {
    Axis rows = unfold.rows();
    Axis columns = unfold.columns();
    int pixels = rows.output() * columns.output();
    for (int n = 0; n < batch; n++) {
      for (int c = 0; c < channels; c++) {
        for (int r = 0; r < rows.kernel(); r++) {
          for (int s = 0; s < columns.kernel(); s++) {
            for (int p = 0; p < rows.output(); p++) {
              for (int q = 0; q < columns.output(); q++) {
                int y = p * rows.stride() - rows.padBefore() + r * rows.dilation();
                int x = q * columns.stride() - columns.padBefore() + s * columns.dilation();
                if (y < 0 || y >= rows.size() || x < 0 || x >= columns.size()) {
                  continue;
                }
                int pixel =
                    unfold.layout() == Layout.NCHW
                        ? ((n * channels + c) * rows.size() + y) * columns.size() + x
                        : ((n * rows.size() + y) * columns.size() + x) * channels + c;
                int depth = (c * rows.kernel() + r) * columns.kernel() + s;
                int place = p * columns.output() + q;
                visitor.visit(
                    pixel,
                    unfold.order() == ColumnOrder.IMAGES
                        ? (n * unfold.windowSize() + depth) * pixels + place
                        : (n * pixels + place) * unfold.windowSize() + depth);
              }
            }
          }
        }
      }
    }
  }
}
