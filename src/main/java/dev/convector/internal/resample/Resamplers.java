package dev.convector.internal.resample;

import dev.convector.internal.problem.PackedWork;
import dev.convector.internal.resample.TapResample.Image;

/** What computes a resizing. */
public final class Resamplers {
  private Resamplers() {}

  /** From the input to the output. */
  public static PackedWork forward(Taps rows, Taps columns, Image image) {
    return new TapResample(rows, columns, image);
  }

  /** From the output's gradient to the input's. */
  public static PackedWork backward(Taps rows, Taps columns, Image image) {
    return new TapResample(rows.transposed(), columns.transposed(), image);
  }
}
