package dev.convector.jmh.alone;

import dev.convector.Accuracy;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.jmh.contender.ConvTask;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.race.Calls;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * One start of a JVM: how soon a layer is fast. Every call is timed, from the first one on; seconds
 * count from where the plan was asked for, the library's first use.
 *
 * @param variant AUTO, direct for AUTO without Winograd, or warmed for AUTO after {@link
 *     Conv2dPlan#warmUp}
 * @param algorithm that AUTO chose
 * @param jvmMillis from the JVM's start to the plan; what the program did before is in it
 * @param planMillis to make the plan, the library's classes loaded on the way, and to warm it up
 * @param firstCallMillis of the first run
 * @param steadyMicros of a call, median of the last third
 * @param secondsToHalf until calls run at half the steady speed
 * @param secondsToNinety until they run at 90 %
 * @param seconds of the curve's points
 * @param percents of the steady speed, median over the calls between a point and the one before
 */
public record FirstUse(
    String variant,
    String algorithm,
    double jvmMillis,
    double planMillis,
    double firstCallMillis,
    double steadyMicros,
    double secondsToHalf,
    double secondsToNinety,
    double[] seconds,
    double[] percents) {
  public static final String NAME = "first-use";
  private static final String WARMED = "warmed";
  public static final List<String> VARIANTS = List.of("AUTO", "direct", WARMED);
  public static final int STARTS = 5;
  public static final double SECONDS = 3;
  public static final Layer LAYER = Tables.layer("resnet50/s2_3x3_128");

  /** A speed is reached when it is the median of the calls of so long. */
  private static final double STRETCH = 0.025;

  /** Points of the curve are so far apart, later than a second four times as far. */
  private static final double STEP = 0.025;

  public static FirstUse measure(Layer layer, String variant, double seconds) {
    ConvTask task = new ConvTask(layer);
    float[] src = task.src(Layout.NHWC);
    float[] dst = new float[layer.outputElements()];
    double[] ends = new double[1 << 20];
    Accuracy accuracy = variant.equals("direct") ? Accuracy.STRICT : Accuracy.STANDARD;

    long began = System.currentTimeMillis();
    long start = System.nanoTime();
    Conv2dPlan plan = layer.conv(Layout.NHWC, accuracy).plan(task.weights(), task.bias());
    if (variant.equals(WARMED)) {
      // Leaves a third of the seconds to the calls.
      plan.warmUp(Duration.ofMillis((long) (1000 * seconds * 2 / 3)), Execution.serial());
    }
    double planned = (System.nanoTime() - start) / 1e9;
    int calls = 0;
    do {
      plan.run(src, dst, Execution.serial());
      ends[calls++] = (System.nanoTime() - start) / 1e9;
    } while (calls < ends.length && ends[calls - 1] < seconds);

    // The last call ends after the last point and would make one of its own.
    int kept = Math.max(1, calls - 1);
    double jvmMillis = began - ManagementFactory.getRuntimeMXBean().getStartTime();
    return result(
        new Calls(planned, Arrays.copyOf(ends, kept)), variant, plan.algorithm().name(), jvmMillis);
  }

  private static FirstUse result(Calls calls, String variant, String algorithm, double jvmMillis) {
    double[] ends = calls.ends();
    double steady = calls.steady();
    double[] seconds = new double[ends.length];
    double[] percents = new double[ends.length];
    int points = 0;
    for (int from = 0; from < ends.length; points++) {
      double step = ends[from] < 1 ? STEP : 4 * STEP;
      int to = calls.indexAfter((Math.floor(ends[from] / step) + 1) * step);
      seconds[points] = rounded(ends[to - 1], 1e3);
      percents[points] = rounded(100 * steady / calls.median(from, to), 10);
      from = to;
    }
    return new FirstUse(
        variant,
        algorithm,
        jvmMillis,
        rounded(calls.begin() * 1e3, 10),
        rounded(calls.duration(0) * 1e3, 10),
        rounded(steady * 1e6, 10),
        rounded(calls.reached(steady / 0.5, STRETCH), 1e4),
        rounded(calls.reached(steady / 0.9, STRETCH), 1e4),
        Arrays.copyOf(seconds, points),
        Arrays.copyOf(percents, points));
  }

  private static double rounded(double value, double digits) {
    return Double.isNaN(value) ? value : Math.round(value * digits) / digits;
  }
}
