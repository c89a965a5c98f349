package dev.convector.internal.volume;

import dev.convector.internal.padding.FoldWork;
import dev.convector.internal.padding.PadWork;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;
import dev.convector.internal.problem.RunSteps.Place;
import dev.convector.internal.problem.RunSteps.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps around the sums of planes: padding before, folding after, and the order of the
 * channels.
 *
 * <p>The planes of a channels-first volume lie apart, each channel's with those of all depths. The
 * two-dimensional algorithms expect a channel's plane behind that of the channel before, in every
 * place that reads or writes planes; so volumes are turned, one pass over input and output, beside
 * a pass for each slice of the kernel.
 *
 * @param from what the sums read, without padding
 * @param to what the sums write
 * @param turned whether volumes are turned; of one channel there is nothing to turn
 * @param rounds in which all volumes are done
 * @param multiplyAdds of all rounds
 */
record VolumeSteps(Side from, Side to, boolean turned, int rounds, long multiplyAdds) {

  /** Volumes of a round. */
  record Side(int volumes, int channels, int positions) {
    int floats() {
      return Math.toIntExact((long) volumes * channels * positions);
    }

    VolumeOrder order(boolean last) {
      return new VolumeOrder(volumes, channels, positions, last);
    }
  }

  /**
   * @param pad null where nothing is padded in memory
   * @param fold null where nothing is folded
   */
  RunSteps around(PackedWork sum, PadWork pad, FoldWork fold) {
    boolean turnsFrom = turned && from.channels > 1;
    boolean turnsTo = turned && to.channels > 1;
    List<Step> steps = new ArrayList<>();
    Place at = Place.SRC;
    if (pad != null) {
      steps.add(new Step(pad, 0, at, null, Place.FIRST));
      at = Place.FIRST;
    }
    if (turnsFrom) {
      steps.add(new Step(from.order(true), 0, at, null, Place.SECOND));
      at = Place.SECOND;
    }
    Place summed = Place.DST;
    Place added = fold == null ? Place.RESIDUAL : null;
    if (turnsTo || fold != null) {
      summed = other(at);
    }
    if (turnsTo && fold == null) {
      steps.add(new Step(to.order(true), 0, Place.RESIDUAL, null, summed));
      added = summed;
    }
    steps.add(new Step(sum, multiplyAdds / rounds, at, added, summed));
    at = summed;
    if (turnsTo) {
      Place ordered = fold == null ? Place.DST : other(at);
      steps.add(new Step(to.order(false), 0, at, null, ordered));
      at = ordered;
    }
    if (fold != null) {
      steps.add(new Step(fold, 0, at, Place.RESIDUAL, Place.DST));
    }
    return new RunSteps(
        rounds,
        steps,
        pad == null ? from.floats() : pad.sourceFloats(),
        fold == null ? to.floats() : fold.resultFloats(),
        largest(steps, Place.FIRST, sum),
        largest(steps, Place.SECOND, sum));
  }

  private static Place other(Place place) {
    return place == Place.FIRST ? Place.SECOND : Place.FIRST;
  }

  /**
   * Floats of a place: of the steps up to the sums they are their input, from there their output.
   */
  private int largest(List<Step> steps, Place place, PackedWork sum) {
    int largest = 0;
    int written = from.floats();
    for (Step step : steps) {
      boolean residual = step.from() == Place.RESIDUAL;
      written = residual || step.work() == sum ? to.floats() : written;
      largest = step.to() == place ? Math.max(largest, written) : largest;
    }
    return largest;
  }
}
