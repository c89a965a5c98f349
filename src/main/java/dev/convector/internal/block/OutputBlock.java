package dev.convector.internal.block;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.DenseWeights;
import dev.convector.internal.kernel.TileCall;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.parallel.Scratch;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import jdk.incubator.vector.FloatVector;

/**
 * Where the products of a block of pixels go, one panel of filters at a time.
 *
 * <p>Whole panels of a channels-last output are computed in place. All others (a channels-first
 * output, or a panel whose last vector is only partly filled) are computed in a staging area in
 * scratch, {@code [pixels][NR]} in the order of the image, and moved. A residual is put in place
 * first, so that the kernels start from it.
 */
public final class OutputBlock {
  private static final int NR = DenseWeights.NR;

  private final ConvShape shape;
  private final boolean channelsLast;
  private final DenseWeights weights;
  private final Epilogue epilogue;
  private final int outputWidth;
  private final int planeSize;

  public OutputBlock(
      ConvShape shape, boolean channelsLast, DenseWeights weights, Epilogue epilogue) {
    this.shape = shape;
    this.channelsLast = channelsLast;
    this.weights = weights;
    this.epilogue = epilogue;
    this.outputWidth = shape.outputWidth();
    this.planeSize = shape.outputHeight() * outputWidth;
  }

  /** Floats of the staging area for so many pixels. */
  public static int stagingFloats(int pixels) {
    return pixels * NR;
  }

  /** Whether a panel is computed in the staging area. */
  public boolean isStaged(int panel) {
    return !channelsLast || weights.columns(panel) < weights.vectors(panel) * LANES;
  }

  /**
   * Lists where the outputs of neighbouring pixels of a row start and where they are staged: in the
   * second and third of the tables that {@link #describe} speaks of, from {@code at} on.
   *
   * @param rows of a table
   */
  public void list(
      PixelBlock block, int row, int column, int pixels, int[] tables, int at, int rows) {
    int result = pixelOffset(block.image(), row, column);
    int order = (row - block.row()) * block.columns() + column - block.column();
    for (int i = 0; i < pixels; i++) {
      tables[rows + at + i] = result + i * shape.filters();
      tables[2 * rows + at + i] = (order + i) * NR;
    }
  }

  /** Index in a channels-last output, from its offset on, of a pixel's first filter. */
  private int pixelOffset(int image, int row, int column) {
    return (image * planeSize + row * outputWidth + column) * shape.filters();
  }

  /** Index in the operands' output of a panel's first filter, to be added to a pixel's offset. */
  public int panelOffset(Operands operands, int group, int panel) {
    return operands.dstOffset + filter(group, panel);
  }

  /**
   * Describes a panel's product but for its left operand: weights, what sums start from, where they
   * go, the clamp. The worker's ints hold three tables of so many rows: where each row of the left
   * operand starts, where its output does, and where it is staged.
   *
   * @param step depth step of the packed weights at which it starts
   * @param fresh whether sums start from the bias, not from what is there
   * @param last whether to clamp
   */
  public void describe(
      TileCall product,
      Operands operands,
      int group,
      int panel,
      int step,
      boolean fresh,
      boolean last,
      Scratch scratch,
      int rows,
      int staging) {
    boolean staged = isStaged(panel);
    product.rows(scratch.ints, 0, (staged ? 2 : 1) * rows);
    product.right(
        weights.floats(),
        weights.offset(group, panel) + step * weights.step(panel),
        weights.vectors(panel),
        weights.isFar());
    product.start(fresh ? epilogue.bias() : null, epilogue.biasOffset(group, panel * NR), !fresh);
    product.result(
        staged ? scratch.floats : operands.dst,
        staged ? staging : panelOffset(operands, group, panel));
    product.clamp(
        last ? epilogue.low() : Float.NEGATIVE_INFINITY,
        last ? epilogue.high() : Float.POSITIVE_INFINITY);
  }

  /** Puts residual plus bias where the panel's results will be. */
  public void loadResidual(
      Operands operands, PixelBlock block, int group, int panel, float[] scratch, int staging) {
    if (isStaged(panel)) {
      stage(operands, block, group, panel, scratch, staging);
    } else {
      addResidualInPlace(operands, block, group, panel);
    }
  }

  /** Applies an activation that the kernels' store could not, and moves what was staged. */
  public void finish(
      Operands operands, PixelBlock block, int group, int panel, float[] scratch, int staging) {
    boolean staged = isStaged(panel);
    if (!epilogue.isClamp()) {
      activate(operands, block, group, panel, staged ? scratch : null, staging);
    }
    if (staged) {
      unstage(operands, block, group, panel, scratch, staging);
    }
  }

  private int filter(int group, int panel) {
    return group * shape.groupFilters() + panel * NR;
  }

  private void addResidualInPlace(Operands operands, PixelBlock block, int group, int panel) {
    int columns = weights.columns(panel);
    int biasOffset = epilogue.biasOffset(group, panel * NR);
    for (int row = block.row(); row < block.endRow(); row++) {
      for (int column = block.column(); column < block.endColumn(); column++) {
        int at = pixelOffset(block.image(), row, column) + filter(group, panel);
        for (int j = 0; j < columns; j += LANES) {
          FloatVector.fromArray(SPECIES, operands.residual, operands.residualOffset + at + j)
              .add(FloatVector.fromArray(SPECIES, epilogue.bias(), biasOffset + j))
              .intoArray(operands.dst, operands.dstOffset + at + j);
        }
      }
    }
  }

  private void stage(
      Operands operands, PixelBlock block, int group, int panel, float[] scratch, int staging) {
    int columns = weights.columns(panel);
    int filter = filter(group, panel);
    if (channelsLast) {
      int to = staging;
      for (int row = block.row(); row < block.endRow(); row++) {
        for (int column = block.column(); column < block.endColumn(); column++, to += NR) {
          int at = pixelOffset(block.image(), row, column) + filter;
          System.arraycopy(operands.residual, operands.residualOffset + at, scratch, to, columns);
        }
      }
    } else {
      // Rows as wide as the output follow one another: one long row.
      boolean whole = block.columns() == outputWidth;
      int length = whole ? block.pixels() : block.columns();
      int to = staging;
      for (int row = block.row(); row < (whole ? block.row() + 1 : block.endRow()); row++) {
        int at = planeOffset(block, filter, row);
        Transpose.run(
            operands.residual,
            operands.residualOffset + at,
            planeSize,
            columns,
            length,
            scratch,
            to,
            NR);
        to += length * NR;
      }
    }
    int biasOffset = epilogue.biasOffset(group, panel * NR);
    int end = staging + block.pixels() * NR;
    for (int j = 0; j < weights.vectors(panel) * LANES; j += LANES) {
      FloatVector bias = FloatVector.fromArray(SPECIES, epilogue.bias(), biasOffset + j);
      for (int at = staging + j; at < end; at += NR) {
        FloatVector.fromArray(SPECIES, scratch, at).add(bias).intoArray(scratch, at);
      }
    }
  }

  private void activate(
      Operands operands, PixelBlock block, int group, int panel, float[] scratch, int staging) {
    if (scratch != null) {
      epilogue.activate(scratch, staging, block.pixels() * NR);
      return;
    }
    int offset = panelOffset(operands, group, panel);
    int columns = weights.columns(panel);
    for (int row = block.row(); row < block.endRow(); row++) {
      for (int column = block.column(); column < block.endColumn(); column++) {
        int at = pixelOffset(block.image(), row, column) + offset;
        epilogue.activate(operands.dst, at, columns);
      }
    }
  }

  private void unstage(
      Operands operands, PixelBlock block, int group, int panel, float[] scratch, int staging) {
    int columns = weights.columns(panel);
    int from = staging;
    if (channelsLast) {
      int offset = panelOffset(operands, group, panel);
      for (int row = block.row(); row < block.endRow(); row++) {
        for (int column = block.column(); column < block.endColumn(); column++, from += NR) {
          int at = pixelOffset(block.image(), row, column) + offset;
          System.arraycopy(scratch, from, operands.dst, at, columns);
        }
      }
      return;
    }
    boolean whole = block.columns() == outputWidth;
    int length = whole ? block.pixels() : block.columns();
    for (int row = block.row(); row < (whole ? block.row() + 1 : block.endRow()); row++) {
      int at = operands.dstOffset + planeOffset(block, filter(group, panel), row);
      Transpose.run(scratch, from, NR, length, columns, operands.dst, at, planeSize);
      from += length * NR;
    }
  }

  /** Index in a channels-first output of a row of the block in a filter's plane. */
  private int planeOffset(PixelBlock block, int filter, int row) {
    return (block.image() * shape.filters() + filter) * planeSize
        + row * outputWidth
        + block.column();
  }
}
