package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import jdk.incubator.vector.FloatVector;

/**
 * Where the results of a block of pixels go, one panel of {@link GroupedWeights} at a time: full
 * vectors of a channels-last output in place, all others through a staging area in scratch, {@code
 * [pixels][LANES]}. A residual is put in place first, so that the kernels start from it.
 */
final class GroupedOutput {
  private final ConvShape shape;
  private final boolean channelsLast;
  private final GroupedWeights weights;
  private final Epilogue epilogue;
  private final int outputWidth;
  private final int planeSize;

  GroupedOutput(ConvShape shape, boolean channelsLast, GroupedWeights weights, Epilogue epilogue) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.weights = weights;
    this.epilogue = epilogue;
    this.outputWidth = shape.outputWidth();
    this.planeSize = shape.outputHeight() * outputWidth;
  }

  static int stagingFloats(int pixels) {
    return pixels * LANES;
  }

  boolean isStaged(int panel) {
    return !channelsLast || weights.columns(panel) < LANES;
  }

  /** Distance between neighbouring pixels' results. */
  int pixelStep(int panel) {
    return isStaged(panel) ? LANES : shape.filters();
  }

  /** Distance between the results of pixels below each other. */
  int rowStep(PixelBlock block, int panel) {
    return pixelStep(panel) * (isStaged(panel) ? block.columns() : outputWidth);
  }

  /** Index of a pixel's first result, in the operands' output or in scratch. */
  int offset(Operands operands, PixelBlock block, int panel, int row, int column, int staging) {
    return isStaged(panel)
        ? staging + ((row - block.row()) * block.columns() + column - block.column()) * LANES
        : operands.dstOffset + pixelOffset(block, row, column) + weights.filter(panel);
  }

  private int pixelOffset(PixelBlock block, int row, int column) {
    return (block.image() * planeSize + row * outputWidth + column) * shape.filters();
  }

  /** Index in a channels-first output of a row of the block in the plane of a panel's filter. */
  private int planeOffset(PixelBlock block, int panel, int row) {
    return (block.image() * shape.filters() + weights.filter(panel)) * planeSize
        + row * outputWidth
        + block.column();
  }

  /** Puts residual plus bias where the panel's results will be. */
  void loadResidual(Operands operands, PixelBlock block, int panel, float[] scratch, int staging) {
    boolean staged = isStaged(panel);
    if (staged) {
      stage(operands, block, panel, scratch, staging);
    }
    float[] from = staged ? scratch : operands.residual;
    float[] to = staged ? scratch : operands.dst;
    int step = pixelStep(panel);
    FloatVector bias = FloatVector.fromArray(SPECIES, weights.bias(), weights.biasOffset(panel));
    for (int row = block.row(); row < block.endRow(); row++) {
      int at = offset(operands, block, panel, row, block.column(), staging);
      int shift = staged ? 0 : operands.residualOffset - operands.dstOffset;
      for (int i = 0; i < block.columns(); i++) {
        FloatVector.fromArray(SPECIES, from, at + shift + i * step)
            .add(bias)
            .intoArray(to, at + i * step);
      }
    }
  }

  private void stage(Operands operands, PixelBlock block, int panel, float[] scratch, int staging) {
    int columns = weights.columns(panel);
    int length = block.columns();
    for (int row = block.row(); row < block.endRow(); row++) {
      int to = offset(operands, block, panel, row, block.column(), staging);
      if (channelsLast) {
        int from =
            operands.residualOffset
                + pixelOffset(block, row, block.column())
                + weights.filter(panel);
        for (int i = 0; i < length; i++) {
          copy(operands.residual, from + i * shape.filters(), scratch, to + i * LANES, columns);
        }
      } else {
        int from = operands.residualOffset + planeOffset(block, panel, row);
        Transpose.run(operands.residual, from, planeSize, columns, length, scratch, to, LANES);
      }
    }
  }

  /** Applies an activation that the kernels' store could not, and moves what was staged. */
  void finish(Operands operands, PixelBlock block, int panel, float[] scratch, int staging) {
    boolean staged = isStaged(panel);
    if (!epilogue.isClamp()) {
      if (staged) {
        epilogue.activate(scratch, staging, block.pixels() * LANES);
      } else {
        activateInPlace(operands, block, panel);
      }
    }
    if (staged) {
      unstage(operands, block, panel, scratch, staging);
    }
  }

  private void activateInPlace(Operands operands, PixelBlock block, int panel) {
    for (int row = block.row(); row < block.endRow(); row++) {
      for (int column = block.column(); column < block.endColumn(); column++) {
        epilogue.activate(
            operands.dst, offset(operands, block, panel, row, column, 0), weights.columns(panel));
      }
    }
  }

  private void unstage(
      Operands operands, PixelBlock block, int panel, float[] scratch, int staging) {
    int columns = weights.columns(panel);
    if (channelsLast) {
      int from = staging;
      for (int row = block.row(); row < block.endRow(); row++) {
        int to =
            operands.dstOffset + pixelOffset(block, row, block.column()) + weights.filter(panel);
        for (int i = 0; i < block.columns(); i++, from += LANES) {
          copy(scratch, from, operands.dst, to + i * shape.filters(), columns);
        }
      }
      return;
    }
    // Rows as wide as the output follow one another: one long row.
    boolean whole = block.columns() == outputWidth;
    int length = whole ? block.pixels() : block.columns();
    int from = staging;
    for (int row = block.row(); row < (whole ? block.row() + 1 : block.endRow()); row++) {
      int to = operands.dstOffset + planeOffset(block, panel, row);
      Transpose.run(scratch, from, LANES, length, columns, operands.dst, to, planeSize);
      from += length * LANES;
    }
  }

  /** At most LANES floats: a loop costs less than the call of a copying routine. */
  private static void copy(float[] from, int fromOffset, float[] to, int toOffset, int count) {
    for (int i = 0; i < count; i++) {
      to[toOffset + i] = from[fromOffset + i];
    }
  }
}
