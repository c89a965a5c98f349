package dev.convector.internal.padding;

import dev.convector.Activation;
import dev.convector.ConvTransposeShape;
import dev.convector.PaddingMode;
import dev.convector.TransposedAxis;
import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.problem.RunSteps;
import dev.convector.internal.problem.RunSteps.Place;
import dev.convector.internal.problem.RunSteps.Step;
import dev.convector.internal.problem.TransposedProblem;
import java.util.List;

/**
 * How a transposed convolution is computed that is the adjoint of a convolution with some padding
 * mode: where that one pads before, this one cuts nothing off, and folds what lies outside its
 * image into it afterwards.
 */
public final class PaddedTransposedConv {
  private final TransposedProblem inner;

  /** Null where nothing has to be folded. */
  private final PaddedImages images;

  private final int rounds;
  private final Activation activation;

  public PaddedTransposedConv(TransposedProblem problem, PaddingMode mode) {
    ConvTransposeShape s = problem.shape();
    this.activation = problem.activation();
    if (mode == PaddingMode.ZEROS || !s.isPadded()) {
      this.inner = problem;
      this.images = null;
      this.rounds = 1;
      return;
    }
    TransposedAxis rows = s.rows().uncut();
    TransposedAxis columns = s.columns().uncut();
    long floats = (long) s.filters() * rows.output() * columns.output();
    int together = PaddedImages.together(s.batch(), floats);
    this.inner =
        new TransposedProblem(
            new ConvTransposeShape(together, s.channels(), rows, columns, s.filters(), s.groups()),
            problem.layout(),
            Activation.NONE,
            problem.accuracy(),
            problem.batchInvariant());
    this.images =
        new PaddedImages(
            together,
            s.filters(),
            problem.channelsLast(),
            List.of(PaddedAxis.unpadded(1), folded(mode, s.rows()), folded(mode, s.columns())));
    this.rounds = s.batch() / together;
  }

  /** The output of an axis, before what lies outside is folded into it. */
  public static PaddedAxis folded(PaddingMode mode, TransposedAxis a) {
    return new PaddedAxis(mode, a.output(), a.padBefore(), a.uncut().output());
  }

  /** What an algorithm is asked to compute. */
  public TransposedProblem inner() {
    return inner;
  }

  /** The bias that an algorithm is given. */
  public float[] innerBias(float[] bias) {
    return images == null ? bias : null;
  }

  /** What a plan runs, with what computes {@link #inner}. */
  public RunSteps steps(PackedWork work, float[] bias) {
    ConvTransposeShape s = inner.shape();
    if (images == null) {
      return RunSteps.of(work, s.inputSize(), s.outputSize(), s.multiplyAdds());
    }
    FoldWork fold = new FoldWork(images, activation, bias);
    Step transposed = new Step(work, s.multiplyAdds(), Place.SRC, null, Place.FIRST);
    Step folded = new Step(fold, 0, Place.FIRST, Place.RESIDUAL, Place.DST);
    return new RunSteps(
        rounds,
        List.of(transposed, folded),
        s.inputSize(),
        images.floats(),
        images.paddedFloats(),
        0);
  }
}
