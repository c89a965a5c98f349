package dev.convector.internal.dense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Operands;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Far images of dots are read ahead where a run's operands say so, and only there. */
class DenseDotAheadTest {
  private static final int CHANNELS = 64;

  @Test
  void asTheOperandsSay() {
    DenseDotConv work = conv(300, CHANNELS);
    assertTrue(work.mayReadAhead());
    assertFalse(conv(300, 10).mayReadAhead());
    float[] src = new float[300 * 300 * CHANNELS];
    src[0] = 3;
    float[] with = new float[300 * 300];
    float[] without = new float[300 * 300];
    Operands operands = new Operands();
    new ParallelRun()
        .run(
            (unit, scratch) -> {
              int before = DenseDotCall.of(scratch).read;
              int units = work.units(1);
              operands.set(src, 0, null, 0, without, 0);
              for (int i = 0; i < units; i++) {
                work.run(operands, i, units, scratch);
              }
              assertEquals(before, DenseDotCall.of(scratch).read);
              operands.set(src, 0, null, 0, with, 0);
              operands.readsAhead = true;
              for (int i = 0; i < units; i++) {
                work.run(operands, i, units, scratch);
              }
              assertNotEquals(before, DenseDotCall.of(scratch).read);
            },
            1,
            null,
            1,
            work.scratchFloats(),
            work.scratchInts());
    assertArrayEquals(without, with);
    assertEquals(3, with[0]);
  }

  private static DenseDotConv conv(int size, int channels) {
    Axis axis = new Axis(size, 1, 1, 1, 0, 0);
    ConvShape shape = new ConvShape(1, channels, axis, axis, 1, 1);
    float[] weights = new float[channels];
    Arrays.fill(weights, 1);
    return new DenseDotConv(
        new ConvProblem(shape, Layout.NHWC, Activation.NONE, Accuracy.STANDARD), weights, null);
  }
}
