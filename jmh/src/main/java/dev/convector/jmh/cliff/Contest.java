package dev.convector.jmh.cliff;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Conv2d;
import dev.convector.Layout;
import dev.convector.internal.parallel.ParallelRun;
import dev.convector.internal.parallel.UnitTask;
import dev.convector.internal.plan.AlgorithmList;
import dev.convector.internal.plan.Candidate;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.Operands;
import dev.convector.internal.problem.PackedWork;
import dev.convector.jmh.layer.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How long each class of the library takes for a layer that can compute it, the fastest first. */
record Contest(Layer layer, Layout layout, List<Entrant> entrants) {
  /** Of the chosen result's largest value: Winograd's stay below, other layers' results don't. */
  private static final double MOST_DIFFERENCE = 1e-3;

  /**
   * @param name of the class
   * @param micros of a run
   */
  record Entrant(String name, boolean isChosen, double micros) {}

  /** A class's work, with the arrays of one thread. */
  private record Starter(Candidate candidate, PackedWork work, Runnable run) {
    static Starter of(Candidate candidate, LayerData data) {
      PackedWork work = candidate.work().get();
      ParallelRun parallel = new ParallelRun();
      Operands operands = new Operands();
      int units = work.units(1);
      UnitTask task = (unit, scratch) -> work.run(operands, unit, units, scratch);
      return new Starter(
          candidate,
          work,
          () -> {
            operands.set(data.src(), 0, null, 0, data.dst(), 0);
            parallel.run(task, units, null, 1, work.scratchFloats(), work.scratchInts());
          });
    }

    String name() {
      return work.getClass().getSimpleName();
    }
  }

  static Contest of(Layer layer, Layout layout, Stopwatch watch) {
    Conv2d conv = layer.conv(layout, Accuracy.STANDARD);
    LayerData data = LayerData.of(layer);
    ConvProblem problem = new ConvProblem(conv.shape(), layout, Activation.NONE, Accuracy.STANDARD);
    List<Starter> starters =
        starters(AlgorithmList.candidates(problem, data.weights(), data.bias()), data);
    double[] nanos = watch.times(starters.stream().map(Starter::run).toList());
    List<Entrant> entrants = new ArrayList<>();
    for (int i = 0; i < nanos.length; i++) {
      Starter starter = starters.get(i);
      entrants.add(new Entrant(starter.name(), starter.candidate.isChosen(), nanos[i] / 1000));
    }
    entrants.sort(Comparator.comparingDouble(Entrant::micros));
    return new Contest(layer, layout, entrants);
  }

  /** A class each, and only those whose result is the chosen one's. */
  private static List<Starter> starters(List<Candidate> candidates, LayerData data) {
    List<Candidate> chosenFirst =
        candidates.stream()
            .sorted(Comparator.comparing(Candidate::isChosen, Comparator.reverseOrder()))
            .toList();
    List<Starter> starters = new ArrayList<>();
    float[] expected = null;
    for (Candidate candidate : chosenFirst) {
      if (candidate.algorithm().name().startsWith("WINOGRAD") && !candidate.pays()) {
        continue; // One class with many tiles.
      }
      Starter starter = Starter.of(candidate, data);
      Arrays.fill(data.dst(), Float.NaN); // One that computes a part only must not be believed.
      try {
        starter.run.run();
      } catch (AssertionError e) {
        if (candidate.pays()) {
          throw e;
        }
        continue; // It would need more scratch than may be had.
      }
      if (expected == null) {
        expected = data.dst().clone();
      }
      String name = starter.name();
      boolean isNew = starters.stream().noneMatch(s -> s.name().equals(name));
      if (isNew && agrees(expected, data.dst())) {
        starters.add(starter);
      }
    }
    return starters;
  }

  private static boolean agrees(float[] expected, float[] actual) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
    }
    return difference <= MOST_DIFFERENCE * largest;
  }

  /** How many times longer than the fastest class the chosen one takes. */
  double loss() {
    double chosen = entrants.stream().filter(Entrant::isChosen).findFirst().orElseThrow().micros;
    return chosen / entrants.getFirst().micros;
  }

  @Override
  public String toString() {
    String times =
        entrants.stream()
            .map(
                e ->
                    String.format(
                        Locale.ROOT, "%s%s %.1f", e.isChosen ? "*" : "", e.name, e.micros))
            .collect(Collectors.joining(", "));
    return String.format(Locale.ROOT, "%5.2f  %s %s: %s", loss(), layer.ownName(), layout, times);
  }
}
