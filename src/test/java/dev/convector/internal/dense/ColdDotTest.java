package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The stand-in gives the bits of each tile that it stands in for, and writes nothing else. */
final class ColdDotTest {
  private static final int STEPS = 3;
  private static final int ENDS = 2;
  private static final int TILES = 2;
  private static final int FROM = 3;
  private static final int TO = 5;
  private static final int GUARD = 7;
  private static final int[][] ROWS = {{8, 4, 2, 1}, {4, 2, 1}, {4, 2, 1}, {4, 2, 1}, {2, 1}};

  private final Random random = new Random(5);
  private final ColdDot cold = new ColdDot();

  private float[] data(int size) {
    float[] data = new float[size];
    for (int i = 0; i < size; i++) {
      data[i] = random.nextFloat() - 0.5f;
    }
    return data;
  }

  @Test
  void likeEachTile() {
    Assumptions.assumeTrue(LANES <= DenseDotWindowKernels.MOST_LANES);
    for (int filters = 1; filters <= DenseDotWindowCall.MOST_FILTERS; filters++) {
      for (int rows : ROWS[Math.min(filters, ROWS.length) - 1]) {
        for (int kind = 0; kind < 8; kind++) {
          DenseDotWindowCall call = call(rows, filters);
          float[] before = call.sums.clone();
          call.steps = (kind & 1) == 0 ? STEPS : 0;
          call.endSteps = (kind & 2) == 0 ? ENDS : 0;
          call.start((kind & 4) == 0);
          DenseDotWindowKernels.tiles(call, rows, filters, FROM, TO, TILES);
          float[] expected = call.sums;
          call.sums = before;
          cold.run(call, rows, filters, FROM, TO, TILES);
          assertEquals(-1, Arrays.mismatch(expected, before), rows + "x" + filters + ' ' + kind);
        }
      }
    }
  }

  @Test
  void likeAddingLanes() {
    Assumptions.assumeTrue(LANES <= DenseDotWindowKernels.MOST_LANES);
    DenseDotWindowCall call = new DenseDotWindowCall();
    int results = 2 * LANES;
    call.sums = data(1 + results * LANES);
    float[] expected = data(TO + results + GUARD);
    float[] actual = expected.clone();
    float[] first = data(2 + results);
    call.results(first, 2, expected);
    DenseDotWindowKernels.add(call, 1, TO, results);
    call.results(first, 2, actual);
    cold.add(call, 1, TO, results);
    assertEquals(-1, Arrays.mismatch(expected, actual));
  }

  private DenseDotWindowCall call(int rows, int filters) {
    DenseDotWindowCall call = new DenseDotWindowCall();
    call.aStep = 2 * LANES + 1;
    call.aTile = rows * call.aStep + 1;
    call.cStep = filters * LANES;
    call.cTile = rows * call.cStep + 1;
    call.a = data(FROM + TILES * call.aTile + (STEPS + 1) * LANES);
    call.taps = new int[] {0, LANES, 7};
    call.ends = new int[] {2, LANES - 1};
    call.mask = new int[LANES];
    Arrays.fill(call.mask, LANES - 3, LANES, -1);
    call.bOffset = 11;
    call.bEnds = call.bOffset + STEPS * filters * LANES;
    call.b = data(call.bEnds + ENDS * filters * LANES);
    call.sums = data(TO + TILES * call.cTile + GUARD);
    return call;
  }
}
