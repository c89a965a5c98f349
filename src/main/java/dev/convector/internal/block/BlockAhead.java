package dev.convector.internal.block;

import dev.convector.ConvShape;
import dev.convector.internal.kernel.ReadAhead;

/**
 * Blocks of channels-last images in memory: what a block sees, and then what it stores, is read in
 * its order before the block's panels, each of which needs a few channels of all pixels, in steps
 * that the processor doesn't find. Of the time without, grouped 3x3 on 500 channels at 112x112
 * takes 0.72 and at 56x56 0.92, on 480 in 15 groups 0.88 and 0.92; grouped 1x1 on 500 0.61 and 1.0,
 * on 480 in 15 groups at 56x56 1.03, on 96 in four at 150x150 0.62; 1x1 from 64 to 8 in two at
 * 530x530 0.63, from 320 to 16 at 224x224 0.77, from 256 to 64 at 112x112 0.88, from 96 to 384 at
 * 150x150 0.90, in a batch of 8 at 56x56 from 256 to 64 0.88, from 64 to 256 1.0; 3x3 with stride 2
 * on 64 at 224x224 0.93 (Regression, Zen 4 without AVX-512, 32 MB of third-level cache).
 */
final class BlockAhead {
  /** Fewest channels: rows of fewer are one stream. */
  private static final int LEAST_CHANNELS = 48;

  private final ConvShape shape;
  private final Sight sight;
  private final boolean alsoOutput;

  private BlockAhead(ConvShape shape, Sight sight) {
    this.shape = shape;
    this.sight = sight;
    this.alsoOutput = shape.filters() >= LEAST_CHANNELS;
  }

  /** Null if it doesn't pay. */
  static BlockAhead of(ConvShape shape, Sight sight) {
    long bytes = ((long) shape.inputSize() + shape.outputSize()) * Float.BYTES;
    boolean pays =
        sight.order().channelsLast()
            && shape.channels() >= LEAST_CHANNELS
            && ReadAhead.paysByParts(bytes)
            && !sight.rows().hasGaps()
            && !sight.columns().hasGaps();
    return pays ? new BlockAhead(shape, sight) : null;
  }

  /** Reads for a block of one image; does nothing for one of several. */
  void read(BlockRun run) {
    if (run.images > 1) {
      return;
    }
    int row = Math.clamp(sight.rows().first(run.row), 0, shape.height());
    int endRow = Math.clamp(sight.rows().end(run.endRow), 0, shape.height());
    int column = Math.clamp(sight.columns().first(run.column), 0, shape.width());
    int endColumn = Math.clamp(sight.columns().end(run.endColumn), 0, shape.width());
    int pixel = (run.image * shape.height() + row) * shape.width() + column;
    for (int y = row; y < endRow; y++, pixel += shape.width()) {
      int from = run.operands.srcOffset + pixel * shape.channels();
      int floats = Math.max(0, endColumn - column) * shape.channels();
      run.read += ReadAhead.read(run.operands.src, from, floats);
    }
    if (!alsoOutput || run.operands.hasResultDistance()) {
      return;
    }
    int result = (run.image * shape.outputHeight() + run.row) * shape.outputWidth() + run.column;
    for (int y = run.row; y < run.endRow; y++, result += shape.outputWidth()) {
      int from = run.operands.dstOffset + result * shape.filters();
      run.read += ReadAhead.read(run.operands.dst, from, run.width() * shape.filters());
    }
  }
}
