package dev.convector.examples.photos;

import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A filter, run, timed and held against the oracle. */
final class FilterRun {
  private static final long TIMED_NANOS = 200_000_000;
  private static final int FEWEST_SAMPLES = 3;

  /**
   * One convolution of the filter.
   *
   * @param plan what ran
   * @param seconds of a run, the median
   * @param oracle its result and time
   */
  record Step(Conv2dPlan plan, double seconds, OracleCheck oracle) {}

  private final Filter filter;
  private final List<Step> steps = new ArrayList<>();
  private float[] output;

  private FilterRun(Filter filter) {
    this.filter = filter;
  }

  /**
   * Runs all of the filter's convolutions, each on the output of the one before.
   *
   * @param warmUp seconds that each runs before it is timed
   */
  static FilterRun of(Filter filter, float[] pixels, int height, int width, double warmUp) {
    FilterRun run = new FilterRun(filter);
    float[] src = pixels;
    int h = height;
    int w = width;
    for (Kernel kernel : filter.kernels()) {
      int channels = src.length / (h * w);
      Conv2d conv = kernel.on(channels, h, w);
      float[] weights = kernel.weightsOn(channels);
      Conv2dPlan plan = conv.plan(weights);
      float[] dst = new float[conv.shape().outputSize()];
      double seconds = medianSeconds(plan, src, dst, warmUp);
      run.steps.add(new Step(plan, seconds, OracleCheck.of(conv, weights, src, dst)));
      src = dst;
      h = conv.outputHeight();
      w = conv.outputWidth();
    }
    run.output = src;
    return run;
  }

  private static double medianSeconds(Conv2dPlan plan, float[] src, float[] dst, double warmUp) {
    long begin = System.nanoTime();
    do {
      plan.run(src, dst, Execution.common());
    } while (System.nanoTime() - begin < warmUp * 1e9);
    List<Long> samples = new ArrayList<>();
    begin = System.nanoTime();
    while (samples.size() < FEWEST_SAMPLES || System.nanoTime() - begin < TIMED_NANOS) {
      samples.add(nanos(plan, src, dst));
    }
    return median(samples) * 1e-9;
  }

  private static long nanos(Conv2dPlan plan, float[] src, float[] dst) {
    long begin = System.nanoTime();
    plan.run(src, dst, Execution.common());
    return System.nanoTime() - begin;
  }

  /** The middle one; of an even number, the lower of the two. */
  static long median(List<Long> samples) {
    long[] sorted = samples.stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    return sorted[(sorted.length - 1) / 2];
  }

  Filter filter() {
    return filter;
  }

  List<Step> steps() {
    return steps;
  }

  /** The last convolution's pixels, of {@link #height} rows and {@link #width} columns. */
  float[] output() {
    return output;
  }

  /** Frees the pixels once they have been shown; the figures stay. */
  void dropOutput() {
    output = null;
  }

  int height() {
    return steps.getLast().plan().description().outputHeight();
  }

  int width() {
    return steps.getLast().plan().description().outputWidth();
  }

  double seconds() {
    return steps.stream().mapToDouble(Step::seconds).sum();
  }

  double oracleSeconds() {
    return steps.stream().mapToDouble(step -> step.oracle().seconds()).sum();
  }

  double gflops() {
    long multiplyAdds =
        steps.stream().mapToLong(step -> step.plan().description().multiplyAdds()).sum();
    return 2e-9 * multiplyAdds / seconds();
  }
}
