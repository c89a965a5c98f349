package dev.convector.internal.padding;

import dev.convector.Axis;
import dev.convector.ConvShape;
import dev.convector.PaddingMode;
import dev.convector.internal.problem.ConvProblem;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;
import dev.convector.internal.problem.RunSteps.Place;
import dev.convector.internal.problem.RunSteps.Step;
import java.util.List;

/**
 * How a convolution is computed whose padding may hold something else than zeros: then as one
 * without padding, of images that are padded in memory first. So every algorithm can do it, and
 * none knows of it; the copy is one pass over the input, beside a kernel's many.
 */
public final class PaddedConv {
  private final ConvProblem inner;

  /** Null where nothing has to be padded in memory. */
  private final PaddedImages images;

  private final int rounds;

  public PaddedConv(ConvProblem problem, PaddingMode mode) {
    ConvShape s = problem.shape();
    if (mode == PaddingMode.ZEROS || !s.isPadded()) {
      this.inner = problem;
      this.images = null;
      this.rounds = 1;
      return;
    }
    PaddedAxis rows = PaddedAxis.of(mode, s.rows());
    PaddedAxis columns = PaddedAxis.of(mode, s.columns());
    long floats = (long) s.channels() * rows.places() * columns.places();
    int together = PaddedImages.together(s.batch(), floats);
    this.inner =
        problem.with(
            new ConvShape(
                together,
                s.channels(),
                unpadded(s.rows()),
                unpadded(s.columns()),
                s.filters(),
                s.groups()));
    this.images =
        new PaddedImages(
            together,
            s.channels(),
            problem.channelsLast(),
            List.of(PaddedAxis.unpadded(1), rows, columns));
    this.rounds = s.batch() / together;
  }

  /** The same window along an input that is padded already. */
  public static Axis unpadded(Axis a) {
    return new Axis(PaddedAxis.padded(a), a.kernel(), a.stride(), a.dilation(), 0, 0);
  }

  /** What an algorithm is asked to compute. */
  public ConvProblem inner() {
    return inner;
  }

  /** What a plan runs, with what computes {@link #inner}. */
  public RunSteps steps(PackedWork work) {
    ConvShape s = inner.shape();
    if (images == null) {
      return RunSteps.of(work, s.inputSize(), s.outputSize(), s.multiplyAdds());
    }
    Step pad = new Step(new PadWork(images), 0, Place.SRC, null, Place.FIRST);
    Step convolve = new Step(work, s.multiplyAdds(), Place.FIRST, Place.RESIDUAL, Place.DST);
    return new RunSteps(
        rounds, List.of(pad, convolve), images.floats(), s.outputSize(), images.paddedFloats(), 0);
  }
}
