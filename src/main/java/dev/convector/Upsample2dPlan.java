package dev.convector;

import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.resample.Interpolator;
import dev.convector.internal.resample.Resamplers;
import dev.convector.internal.resample.TapResample.Image;
import dev.convector.internal.resample.Taps;

/**
 * A resizing or its gradient, ready to run. The gradient goes from the output's, which is {@code
 * src}, to the input's, {@code dst}; what several outputs give to one element is added up in one
 * fixed order.
 */
public final class Upsample2dPlan extends RunnerPlan {
  private final Upsample2d description;
  private final boolean backward;
  private final long packedBytes;

  Upsample2dPlan(Upsample2d description, boolean backward) {
    Upsample2d d = description;
    Taps rows = axis(d, d.height(), d.outputHeight(), d.scaleHeight()).taps();
    Taps columns = axis(d, d.width(), d.outputWidth(), d.scaleWidth()).taps();
    Image image = new Image(d.layout(), d.batch(), d.channels());
    long planes = (long) description.batch() * description.channels();
    int inputs = Math.toIntExact(planes * description.height() * description.width());
    int outputs = Math.toIntExact(planes * description.outputHeight() * description.outputWidth());
    PackedWork work =
        backward
            ? Resamplers.backward(rows, columns, image)
            : Resamplers.forward(rows, columns, image);
    long operations = planes * rows.indices().length * columns.indices().length;
    super(
        new PlanRunner(work, backward ? outputs : inputs, backward ? inputs : outputs, operations));
    this.description = description;
    this.backward = backward;
    this.packedBytes = work.packedBytes();
  }

  private static Interpolator axis(Upsample2d of, int size, int outputs, double scale) {
    return new Interpolator(
        of.interpolation(), of.nearestMode(), of.cubic(), of.coordinates(), size, outputs, scale);
  }

  /**
   * What the plan was made of.
   *
   * @return the resizing's description
   */
  public Upsample2d description() {
    return description;
  }

  /**
   * Whether it computes the gradient.
   *
   * @return true for the gradient
   */
  public boolean isBackward() {
    return backward;
  }

  @Override
  public long packedBytes() {
    return packedBytes;
  }

  @Override
  public String toString() {
    return (backward ? "gradient of " : "") + description;
  }
}
