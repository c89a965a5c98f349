package dev.convector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.convector.reference.ReferenceUnfold;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class UnfoldTest {
  private static final float GUARD = 12345;

  @Test
  void threeChannelsHave27RowsFor3x3And75For5x5() {
    assertEquals(27, Unfold.builder().input(1, 3, 8, 8).kernel(3, 3).build().windowSize());
    assertEquals(75, Unfold.builder().input(1, 3, 8, 8).kernel(5, 5).build().windowSize());
  }

  @Test
  void aMatrixProductOfItIsTheConvolution() {
    Conv2d conv = Conv2d.builder().input(1, 2, 4, 5).filters(1, 3, 3).padding(1).build();
    Unfold unfold = Unfold.builder().input(1, 2, 4, 5).kernel(3, 3).padding(1).build();
    Random random = new Random(5);
    float[] src = numbers(random, 40);
    float[] weights = numbers(random, 18);
    float[] expected = new float[20];
    conv.plan(weights).run(src, expected);
    float[] matrix = new float[18 * 20];
    unfold.plan().run(src, matrix);
    float[] actual = new float[20];
    Gemm.builder().sizes(1, 20, 18).build().run(weights, matrix, actual);
    assertArrayEquals(expected, actual);
  }

  @Test
  void randomShapesEqualTheReferenceAndAreAdjoint() {
    Random random = new Random(7);
    ForkJoinPool pool = new ForkJoinPool(7);
    try {
      for (int i = 0; i < 300; i++) {
        int batch = 1 + random.nextInt(3);
        int channels = 1 + random.nextInt(20);
        Unfold unfold =
            Unfold.builder()
                .input(batch, channels, 5 + random.nextInt(9), 5 + random.nextInt(9))
                .kernel(1 + random.nextInt(3), 1 + random.nextInt(3))
                .stride(1 + random.nextInt(3), 1 + random.nextInt(3))
                .dilation(1 + random.nextInt(2), 1 + random.nextInt(2))
                .padding(random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3))
                .layout(Layout.values()[random.nextInt(2)])
                .order(ColumnOrder.values()[random.nextInt(2)])
                .build();
        Execution execution = random.nextBoolean() ? Execution.serial() : Execution.on(pool);
        int pixels = unfold.rows().size() * unfold.columns().size();
        float[] images = numbers(random, batch * channels * pixels);
        float[] matrix = numbers(random, unfold.windows() * unfold.windowSize());
        float[] unfolded = run(unfold.plan(), images, execution);
        float[] folded = run(unfold.fold(), matrix, execution);
        String what = unfold.toString();
        assertArrayEquals(ReferenceUnfold.unfold(unfold, batch, channels, images), unfolded, what);
        assertArrayEquals(ReferenceUnfold.fold(unfold, batch, channels, matrix), folded, what);
        assertEquals(dot(unfolded, matrix), dot(images, folded), what);
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Unfold.Builder builder = Unfold.builder().input(1, 1, 2, 2).kernel(3, 3);
    assertThrows(IllegalArgumentException.class, builder::build);
    assertThrows(IllegalStateException.class, () -> Unfold.builder().kernel(1, 1).build());
    UnfoldPlan plan = Unfold.builder().input(1, 1, 3, 3).kernel(2, 2).build().plan();
    assertThrows(IllegalArgumentException.class, () -> plan.run(new float[9], new float[15]));
  }

  /** With offsets, and guards on both sides of the output. */
  private static float[] run(UnfoldPlan plan, float[] src, Execution execution) {
    float[] from = new float[src.length + 3];
    System.arraycopy(src, 0, from, 3, src.length);
    float[] to = new float[plan.outputSize() + 4];
    Arrays.fill(to, GUARD);
    plan.run(from, 3, to, 2, execution);
    for (int i : new int[] {0, 1, to.length - 2, to.length - 1}) {
      assertEquals(GUARD, to[i]);
    }
    return Arrays.copyOfRange(to, 2, to.length - 2);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextInt(9) - 4;
    }
    return numbers;
  }
}
