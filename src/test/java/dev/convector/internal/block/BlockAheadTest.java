package dev.convector.internal.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.internal.problem.Operands;
import org.junit.jupiter.api.Test;

/** Which images are read ahead, and what of them. */
class BlockAheadTest {
  private static final int SIZE = 190;
  private static final int CHANNELS = 64;

  @Test
  void farImagesOfManyChannelsWithoutGaps() {
    assertNotNull(ahead(CHANNELS, 3, 1, true));
    assertNotNull(ahead(CHANNELS, 3, 2, true));
    assertNull(ahead(CHANNELS, 3, 1, false));
    assertNull(ahead(CHANNELS, 1, 2, true));
    assertNull(ahead(32, 3, 1, true));
  }

  /** Rows 10 to 19 of the output see rows 9 to 20 of the input. */
  @Test
  void whatABlockSeesAndStores() {
    int row = SIZE * CHANNELS;
    for (int line : new int[] {9, 14, 20}) {
      assertNotEquals(0, read(line * row, -1));
    }
    for (int line : new int[] {8, 21}) {
      assertEquals(0, read(line * row, -1));
    }
    for (int line : new int[] {10, 19}) {
      assertNotEquals(0, read(-1, line * row));
    }
    for (int line : new int[] {9, 20}) {
      assertEquals(0, read(-1, line * row));
    }
  }

  /** Something of all that is read, where one float of the input or of the output isn't zero. */
  private static int read(int source, int result) {
    float[] src = new float[SIZE * SIZE * CHANNELS];
    float[] dst = new float[SIZE * SIZE * CHANNELS];
    if (source >= 0) {
      src[source] = 1;
    } else {
      dst[result] = 1;
    }
    BlockRun run = new BlockRun();
    run.operands = new Operands();
    run.operands.set(src, 0, null, 0, dst, 0);
    run.images = 1;
    run.row = 10;
    run.endRow = 20;
    run.endColumn = SIZE;
    ahead(CHANNELS, 3, 1, true).read(run);
    return run.read;
  }

  private static BlockAhead ahead(int channels, int kernel, int stride, boolean channelsLast) {
    Axis axis = new Axis(SIZE, kernel, stride, 1, kernel / 2, kernel / 2);
    ConvShape shape = new ConvShape(1, channels, axis, axis, channels, 4);
    return BlockAhead.of(shape, Sight.of(shape, channelsLast));
  }
}
