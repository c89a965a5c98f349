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
 * @param rounds in which all volumes are done
 * @param multiplyAdds of all rounds
 */
record VolumeSteps(Side from, Side to, boolean channelsLast, int rounds, long multiplyAdds) {

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
    List<Step> steps = new ArrayList<>();
    Place at = Place.SRC;
    if (pad != null) {
      steps.add(new Step(pad, 0, at, null, Place.FIRST));
      at = Place.FIRST;
    }
    if (!channelsLast) {
      steps.add(new Step(from.order(true), 0, at, null, Place.SECOND));
      at = Place.SECOND;
    }
    Place summed = channelsLast && fold == null ? Place.DST : Place.FIRST;
    Place added = fold == null ? Place.RESIDUAL : null;
    if (!channelsLast && fold == null) {
      steps.add(new Step(to.order(true), 0, Place.RESIDUAL, null, Place.FIRST));
      added = Place.FIRST;
    }
    steps.add(new Step(sum, multiplyAdds / rounds, at, added, summed));
    at = summed;
    if (!channelsLast) {
      Place ordered = fold == null ? Place.DST : Place.SECOND;
      steps.add(new Step(to.order(false), 0, at, null, ordered));
      at = ordered;
    }
    if (fold != null) {
      steps.add(new Step(fold, 0, at, Place.RESIDUAL, Place.DST));
    }
    int first = Math.max(pad == null ? 0 : from.floats(), summed == Place.FIRST ? to.floats() : 0);
    int second = Math.max(from.floats(), fold == null ? 0 : to.floats());
    return new RunSteps(
        rounds,
        steps,
        pad == null ? from.floats() : pad.sourceFloats(),
        fold == null ? to.floats() : fold.resultFloats(),
        first,
        channelsLast ? 0 : second);
  }
}
