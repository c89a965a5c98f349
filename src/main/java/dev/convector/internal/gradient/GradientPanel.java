package dev.convector.internal.gradient;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.pack.Transpose;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Packs a block of the output's gradient as the dense kernels' right operand: a step of the depth
 * is a pixel and holds some of its filters; what lies between rows is zero.
 */
final class GradientPanel {
  private final GradientImage image;

  GradientPanel(GradientProblem problem) {
    this.image = problem.y();
  }

  /**
   * Packs a panel.
   *
   * @param from holds the output's gradient
   * @param offset index of its first element
   * @param filters how many from {@code filter} on; lanes beyond them hold anything
   * @param at where in {@code panel}, whose steps are whole vectors
   */
  void pack(
      float[] from,
      int offset,
      GradientBlock block,
      int filter,
      int filters,
      float[] panel,
      int at) {
    int step = Simd.roundUp(filters);
    boolean joined = block.columns == image.width() && !block.hasGaps();
    int lines = joined ? 1 : block.rows;
    int pixels = joined ? block.rows * block.columns : block.columns;
    for (int n = 0; n < block.images; n++) {
      int to = at + n * block.imageFloats() * step;
      if (block.hasGaps()) {
        int end = Math.min(block.depth(), (n + 1) * block.imageFloats());
        Arrays.fill(panel, to, at + end * step, 0);
      }
      for (int i = 0; i < lines; i++) {
        int line = offset + image.at(block.image + n, filter, block.row + i, block.column);
        line(from, line, pixels, filters, panel, to + i * block.pitch() * step);
      }
    }
  }

  private void line(float[] from, int line, int pixels, int filters, float[] panel, int at) {
    int step = Simd.roundUp(filters);
    if (!image.channelsLast()) {
      Transpose.run(from, line, image.channelStep(), filters, pixels, panel, at, step);
      return;
    }
    int whole = filters / LANES * LANES;
    for (int i = 0; i < pixels; i++, line += image.channels(), at += step) {
      for (int j = 0; j < whole; j += LANES) {
        FloatVector.fromArray(SPECIES, from, line + j).intoArray(panel, at + j);
      }
      if (whole < filters) {
        System.arraycopy(from, line + whole, panel, at + whole, filters - whole);
      }
    }
  }
}
