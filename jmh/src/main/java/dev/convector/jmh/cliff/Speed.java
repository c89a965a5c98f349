package dev.convector.jmh.cliff;

import dev.convector.Accuracy;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast a spot is.
 *
 * @param spot where
 * @param algorithm that was chosen
 * @param nanos of a run, median over the turns
 */
record Speed(Spot spot, String algorithm, double nanos) {
  /** Of some spots against each other, in their order. */
  static List<Speed> of(List<Spot> spots, Stopwatch watch) {
    List<Conv2dPlan> plans = new ArrayList<>();
    List<Runnable> runs = new ArrayList<>();
    for (Spot spot : spots) {
      LayerData data = LayerData.of(spot.layer());
      Conv2dPlan plan =
          spot.layer().conv(spot.layout(), Accuracy.STANDARD).plan(data.weights(), data.bias());
      plans.add(plan);
      runs.add(() -> plan.run(data.src(), data.dst(), Execution.serial()));
    }
    double[] nanos = watch.times(runs);
    List<Speed> speeds = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      speeds.add(new Speed(spots.get(i), plans.get(i).algorithm().name(), nanos[i]));
    }
    return speeds;
  }

  /** Of the multiply-adds whose taps lie inside the image: what lies in the padding is no work. */
  double gflops() {
    return spot.layer().flopsInside() / nanos;
  }
}
