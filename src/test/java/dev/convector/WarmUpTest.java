package dev.convector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiPredicate;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WarmUpTest {
  private static final long MILLI = 1_000_000;
  private static final Duration LONG = Duration.ofSeconds(100);

  /** Runs that take as long as a function of the time says, in nanoseconds. */
  private static final class Runs {
    private final LongUnaryOperator duration;
    private long now = -17;
    private int count;

    Runs(LongUnaryOperator duration) {
      this.duration = duration;
    }

    boolean warmUp(Duration limit) {
      return WarmUp.repeat(
          () -> {
            now += duration.applyAsLong(now + 17);
            count++;
          },
          limit,
          () -> now);
    }

    long millis() {
      return (now + 17) / MILLI;
    }
  }

  @Test
  void goesOnHalfASecondBehindTheLastGain() {
    Runs runs = new Runs(now -> now < 400 * MILLI ? 50 * MILLI : now < 700 * MILLI ? MILLI : 100);

    assertTrue(runs.warmUp(LONG));

    assertEquals(1200, runs.millis());
  }

  @Test
  void noiseIsNoGain() {
    Runs runs = new Runs(now -> MILLI - now / 10_000 % 40_000);

    assertTrue(runs.warmUp(LONG));

    assertEquals(501, runs.millis());
  }

  @Test
  void runsThatTakeLongAreRepeatedToo() {
    Runs runs = new Runs(now -> 2000 * MILLI);

    assertTrue(runs.warmUp(LONG));

    assertEquals(4, runs.count);
  }

  @Test
  void endsAtTheLimitWhileItGainsSpeed() {
    Runs runs = new Runs(now -> 100_000 * MILLI * MILLI / (now + 1000 * MILLI));

    assertFalse(runs.warmUp(Duration.ofMillis(3000)));

    assertEquals(3000, runs.millis(), 100);
  }

  @Test
  void withoutTimeItRunsOnce() {
    Runs runs = new Runs(now -> MILLI);

    assertFalse(runs.warmUp(Duration.ZERO));

    assertEquals(1, runs.count);
  }

  static Stream<BiPredicate<Duration, Execution>> plans() {
    float[] weights = new float[4 * 3 * 9];
    Conv2d conv = Conv2d.builder().input(2, 3, 6, 5).filters(4, 3, 3).padding(1).build();
    Pool2d max = Pool2d.builder().input(2, 3, 6, 5).max().kernel(2, 2).build();
    Pool2d average = Pool2d.builder().input(2, 3, 6, 5).average(true).kernel(2, 2).build();
    Upsample2d twice = Upsample2d.builder().input(2, 3, 6, 5).nearest().output(12, 10).build();
    Unfold unfold = Unfold.builder().input(2, 3, 6, 5).kernel(3, 3).build();
    Gemm gemm = Gemm.builder().sizes(3, 4, 5).beta(1).build();
    return Stream.of(
        conv.plan(weights)::warmUp,
        conv.backwardData(weights)::warmUp,
        conv.backwardWeights()::warmUp,
        conv.backwardWeights().accumulating()::warmUp,
        max.plan()::warmUp,
        max.backward()::warmUp,
        average.plan()::warmUp,
        average.backward()::warmUp,
        twice.plan()::warmUp,
        twice.backward()::warmUp,
        unfold.plan()::warmUp,
        unfold.fold()::warmUp,
        gemm.plan(new float[4 * 5])::warmUp);
  }

  @ParameterizedTest
  @MethodSource("plans")
  void everyPlanRuns(BiPredicate<Duration, Execution> warmUp) {
    assertFalse(warmUp.test(Duration.ZERO, Execution.common()));
    assertFalse(warmUp.test(Duration.ZERO, Execution.serial()));
  }

  @ParameterizedTest
  @MethodSource("plans")
  void refusesWhatCannotBe(BiPredicate<Duration, Execution> warmUp) {
    ForkJoinPool pool = new ForkJoinPool(2);
    Execution closed = Execution.on(pool);
    pool.shutdown();
    Duration negative = Duration.ofNanos(-1);

    assertThrows(IllegalArgumentException.class, () -> warmUp.test(LONG, closed));
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> warmUp.test(negative, Execution.serial()))
            .getMessage();
    assertEquals("limit: PT-0.000000001S; must not be negative", message);
    assertThrows(NullPointerException.class, () -> warmUp.test(null, Execution.serial()));
    assertThrows(NullPointerException.class, () -> warmUp.test(LONG, null));
  }
}
