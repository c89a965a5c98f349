package dev.convector.internal.dense;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.parallel.Split;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;

/**
 * Weights for kernels with the depth in the lanes. The filters of each group are parted as evenly
 * as can be, and for each part lie here
 *
 * <pre>
 *   [kernel rows][runs][whole vectors of a run][filters of the part][LANES]
 *   [kernel rows][runs][filters of the part][LANES]
 * </pre>
 *
 * <p>A run is the taps of a kernel row that meet contiguous input, all or one, in the order of a
 * channels-last image. What a run has beyond whole vectors is in the second area, as a vector that
 * ends with the run and is zero where a whole one has the elements. One panel has all filters.
 */
final class DenseDotWindowWeights implements Panels {
  /** Filters of a part. */
  private static final int MOST_FILTERS = DenseDotWindowCall.MOST_FILTERS;

  private final ConvShape shape;

  /** Kernel columns of a run. */
  private final int runTaps;

  private final AlignedFloats floats;

  /**
   * @param runTaps kernel columns of a run
   * @param weights {@code [filters][channels][kernel rows][kernel columns]}
   */
  DenseDotWindowWeights(ConvShape s, int runTaps, float[] weights) {
    this.shape = s;
    this.runTaps = runTaps;
    this.floats = AlignedFloats.allocate(s.filters() * runs() * runStep());
    int taps = s.kernelHeight() * s.kernelWidth();
    for (int filter = 0; filter < s.filters(); filter++) {
      for (int tap = 0; tap < taps; tap++) {
        int from = filter * s.groupChannels() * taps + tap;
        for (int channel = 0; channel < s.groupChannels(); channel++, from += taps) {
          floats.array()[place(filter, tap, channel)] = weights[from];
        }
      }
    }
  }

  /** Floats of packed weights; may be more than an array can hold. */
  static long size(ConvShape s, int runTaps) {
    long run = (long) runTaps * s.groupChannels() + LANES;
    return s.filters() * s.kernelHeight() * (s.kernelWidth() / runTaps) * run;
  }

  /** The weights as they were given. */
  float[] unpack() {
    float[] weights = new float[shape.weightsSize()];
    int taps = shape.kernelHeight() * shape.kernelWidth();
    for (int filter = 0; filter < shape.filters(); filter++) {
      for (int tap = 0; tap < taps; tap++) {
        int to = filter * shape.groupChannels() * taps + tap;
        for (int channel = 0; channel < shape.groupChannels(); channel++, to += taps) {
          weights[to] = floats.array()[place(filter, tap, channel)];
        }
      }
    }
    return weights;
  }

  private int place(int filter, int tap, int channel) {
    int group = filter / shape.groupFilters();
    int inGroup = filter % shape.groupFilters();
    int part = 0;
    while (inGroup >= first(part + 1)) {
      part++;
    }
    int run = tap / runTaps;
    int inRun = tap % runTaps * shape.groupChannels() + channel;
    boolean isWhole = inRun < vectors() * LANES;
    int vector = isWhole ? inRun / LANES : 0;
    int lane = isWhole ? inRun % LANES : inRun + LANES - runFloats();
    int first = isWhole ? offset(group, part, run) : endOffset(group, part, run);
    return first + (vector * filters(part) + inGroup - first(part)) * LANES + lane;
  }

  /** Parts of each group's filters. */
  int parts() {
    return Math.ceilDiv(shape.groupFilters(), MOST_FILTERS);
  }

  /** A part's first filter of the group. */
  int first(int part) {
    return Split.start(shape.groupFilters(), part, parts());
  }

  /** Filters of a part. */
  int filters(int part) {
    return first(part + 1) - first(part);
  }

  /** Where a part's whole vectors of a run begin, all kernel rows' runs counted through. */
  int offset(int group, int part, int run) {
    return offset(group, part) + run * vectors() * filters(part) * LANES;
  }

  /** Where its vector that ends with a run is. */
  int endOffset(int group, int part, int run) {
    int wholes = runs() * vectors();
    return offset(group, part) + (wholes + run) * filters(part) * LANES;
  }

  private int offset(int group, int part) {
    return floats.offset() + (group * shape.groupFilters() + first(part)) * runs() * runStep();
  }

  /** Kernel columns of a run. */
  int runTaps() {
    return runTaps;
  }

  /** Runs of all kernel rows. */
  private int runs() {
    return shape.kernelHeight() * shape.kernelWidth() / runTaps;
  }

  /** Floats of a run. */
  int runFloats() {
    return runTaps * shape.groupChannels();
  }

  /** Whole vectors of a run. */
  int vectors() {
    return runFloats() / LANES;
  }

  /** Whether they are not all of a run. */
  boolean hasEnds() {
    return runFloats() % LANES != 0;
  }

  /** Floats of a filter for a run. */
  private int runStep() {
    return Simd.roundUp(runFloats());
  }

  /** Floats of a filter for a kernel row. */
  int rowFloats() {
    return shape.kernelWidth() / runTaps * runStep();
  }

  float[] floats() {
    return floats.array();
  }

  long bytes() {
    return floats.bytes();
  }

  @Override
  public int panels() {
    return 1;
  }

  @Override
  public int filter(int panel) {
    return 0;
  }

  @Override
  public int columns(int panel) {
    return shape.filters();
  }
}
