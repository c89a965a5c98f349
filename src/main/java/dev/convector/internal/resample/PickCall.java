package dev.convector.internal.resample;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.internal.parallel.Scratch;
import jdk.incubator.vector.FloatVector;

/** Outputs that are channels-last pixels of a row as they are. A worker has one. */
final class PickCall implements Scratch.Kept {
  private static final Scratch.Slot<PickCall> SLOT = new Scratch.Slot<>(PickCall::new);

  private float[] x;

  /** The row's first pixel. */
  int at;

  /** Floats of a pixel. */
  int group;

  private float[] y;

  /** The output row's first pixel. */
  int yAt;

  /** From an output to the next. */
  int pixel;

  /** From the output row to another that is the same; 0 where there is none. */
  int again;

  /** The worker's. */
  static PickCall of(Scratch scratch) {
    return scratch.get(SLOT);
  }

  /** The arrays, stored only where they are others. */
  void arrays(float[] source, float[] target) {
    if (x != source) {
      x = source;
    }
    if (y != target) {
      y = target;
    }
  }

  /** Outputs {@code [from, to)}, each the pixel that {@code places} tell. */
  void copy(int[] places, int from, int to) {
    if (again != 0 && group >= LANES) {
      twice(this, places, from, to);
      return;
    }
    for (int q = from; q < to; q++) {
      int source = at + places[q] * group;
      int target = yAt + q * pixel;
      System.arraycopy(x, source, y, target, group);
      if (again != 0) {
        System.arraycopy(x, source, y, target + again, group);
      }
    }
  }

  /** Both rows at once: a row that is copied from the other is loaded a second time. */
  private static void twice(PickCall p, int[] places, int from, int to) {
    float[] x = p.x;
    float[] y = p.y;
    int group = p.group;
    int again = p.again;
    int whole = group / LANES * LANES;
    for (int q = from; q < to; q++) {
      int source = p.at + places[q] * group;
      int target = p.yAt + q * p.pixel;
      int second = target + again;
      for (int j = 0; j < whole; j += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, source + j);
        v.intoArray(y, target + j);
        v.intoArray(y, second + j);
      }
      if (whole < group) {
        int last = group - LANES;
        FloatVector v = FloatVector.fromArray(SPECIES, x, source + last);
        v.intoArray(y, target + last);
        v.intoArray(y, second + last);
      }
    }
  }

  /** Lets go of the caller's arrays. */
  @Override
  public void clear() {
    x = null;
    y = null;
  }
}
