package dev.convector;

import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.resample.Interpolator;
import dev.convector.internal.resample.Resamplers;
import dev.convector.internal.resample.TapResample.Image;
import dev.convector.internal.resample.Taps;
import java.lang.foreign.MemorySegment;

/**
 * A resizing or its gradient, ready to run. The gradient goes from the output's, which is {@code
 * src}, to the input's, {@code dst}; what several outputs give to one element is added up in one
 * fixed order.
 */
public final class Upsample2dPlan implements Plan {
  private final Upsample2d description;
  private final boolean backward;
  private final PackedWork work;
  final PlanRunner runner;

  Upsample2dPlan(Upsample2d description, boolean backward) {
    this.description = description;
    this.backward = backward;
    Upsample2d d = description;
    Taps rows = axis(d, d.height(), d.outputHeight(), d.scaleHeight()).taps();
    Taps columns = axis(d, d.width(), d.outputWidth(), d.scaleWidth()).taps();
    Image image = new Image(d.layout(), d.batch(), d.channels());
    long planes = (long) description.batch() * description.channels();
    int inputs = Math.toIntExact(planes * description.height() * description.width());
    int outputs = Math.toIntExact(planes * description.outputHeight() * description.outputWidth());
    this.work =
        backward
            ? Resamplers.backward(rows, columns, image)
            : Resamplers.forward(rows, columns, image);
    long operations = planes * rows.indices().length * columns.indices().length;
    this.runner =
        new PlanRunner(work, backward ? outputs : inputs, backward ? inputs : outputs, operations);
  }

  private static Interpolator axis(Upsample2d of, int size, int outputs, double scale) {
    return new Interpolator(
        of.interpolation(), of.nearestMode(), of.cubic(), of.coordinates(), size, outputs, scale);
  }

  @Override
  public void run(float[] src, int srcOffset, float[] dst, int dstOffset, Execution execution) {
    runner.run(src, srcOffset, null, 0, dst, dstOffset, execution);
  }

  @Override
  public void run(MemorySegment src, MemorySegment dst, Execution execution) {
    runner.run(src, null, dst, execution);
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
  public int inputSize() {
    return runner.inputSize();
  }

  @Override
  public int outputSize() {
    return runner.outputSize();
  }

  @Override
  public long workspaceBytes() {
    return runner.workspaceBytes();
  }

  @Override
  public long packedBytes() {
    return work.packedBytes();
  }

  @Override
  public String toString() {
    return "Upsample2dPlan[" + (backward ? "gradient of " : "") + description + "]";
  }
}
