package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.block.PixelBlock;
import dev.convector.internal.problem.Epilogue;
import dev.convector.internal.problem.Operands;
import jdk.incubator.vector.FloatVector;

/** What happens before and after the sums of a channels-last output's block, in its place. */
record DepthwiseOutput(ConvShape shape, Epilogue epilogue) {

  /** Index in the output of filter 0 of the block's first column of a row. */
  int offset(Operands operands, PixelBlock block, int row) {
    return operands.dstOffset
        + ((block.image() * shape.outputHeight() + row) * shape.outputWidth() + block.column())
            * shape.filters();
  }

  /** Floats from a row of the output to the next. */
  int rowStep() {
    return shape.outputWidth() * shape.filters();
  }

  /** Puts residual and bias, if there is a residual, where the sums are to start from them. */
  void addResidual(Operands operands, PixelBlock block, int from, int to) {
    if (operands.residual == null) {
      return;
    }
    for (int row = block.row(); row < block.endRow(); row++) {
      int y = offset(operands, block, row);
      for (int i = 0; i < block.columns(); i++, y += shape.filters()) {
        int residual = operands.residualOffset - operands.dstOffset + y;
        for (int k = from; k < to; k += LANES) {
          FloatVector.fromArray(SPECIES, operands.residual, residual + k)
              .add(FloatVector.fromArray(SPECIES, epilogue.bias(), k))
              .intoArray(operands.dst, y + k);
        }
      }
    }
  }

  /** Applies an activation that the kernels' store doesn't. */
  void activate(Operands operands, PixelBlock block, int from, int to) {
    if (epilogue.isClamp()) {
      return;
    }
    for (int row = block.row(); row < block.endRow(); row++) {
      int y = offset(operands, block, row);
      if (to - from == shape.filters()) {
        epilogue.activate(operands.dst, y, block.columns() * shape.filters());
        continue;
      }
      for (int i = 0; i < block.columns(); i++) {
        epilogue.activate(operands.dst, y + i * shape.filters() + from, to - from);
      }
    }
  }
}
