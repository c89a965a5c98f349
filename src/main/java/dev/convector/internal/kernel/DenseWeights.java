package dev.convector.internal.kernel;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.ConvShape;
import dev.convector.internal.pack.Transpose;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.simd.AlignedFloats;
import dev.convector.internal.simd.Simd;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The right operand of the dense kernels, packed: for each group its panels of NR columns, for each
 * panel {@code depth} steps of NR floats. Columns beyond the last are zero. The last panel of a
 * group is only as many vectors wide as hold its columns. Panels are counted through all groups.
 *
 * <pre>
 *   group 0: panel 0 [depth][NR]  panel 1 [depth][NR] ... last panel [depth][1 to 4 LANES]
 *   group 1: ...
 * </pre>
 */
public final class DenseWeights implements Panels {
  /** Columns of a panel. */
  public static final int NR = RegisterTile.NR;

  /** Depth steps transposed at a time: with 512-bit vectors 16 KiB, half of a first-level cache. */
  private static final int CHUNK = 128;

  private final int groups;
  private final int depth;
  private final int columns;

  /** Of one group. */
  private final int groupPanels;

  private final int groupFloats;
  private final AlignedFloats floats;

  /** Zeros. */
  private DenseWeights(int groups, int depth, int columns) {
    this.groups = groups;
    this.depth = depth;
    this.columns = columns;
    this.groupPanels = Math.ceilDiv(columns, NR);
    this.groupFloats = depth * Simd.roundUp(columns);
    this.floats = AlignedFloats.allocate(groups * groupFloats);
  }

  /**
   * Packs with the depth in the order of a channels-last input: kernel row, kernel column, channel.
   */
  public static DenseWeights pack(ConvShape shape, float[] weights) {
    int taps = shape.kernelHeight() * shape.kernelWidth();
    int depth = taps * shape.groupChannels();
    int filters = shape.groupFilters();
    DenseWeights packed = new DenseWeights(shape.groups(), depth, filters);
    boolean reorder = taps > 1 && shape.groupChannels() > 1;
    int chunk = reorder ? Math.ceilDiv(CHUNK, taps) * taps : CHUNK;
    float[] scratch = reorder ? new float[Math.min(chunk, depth) * NR] : null;
    for (int panel = 0; panel < packed.panels(); panel++) {
      int from = packed.filter(panel) * depth;
      int to = packed.offset(panel);
      int columns = packed.columns(panel);
      int step = packed.step(panel);
      if (reorder && columns < step) {
        Arrays.fill(scratch, 0);
      }
      for (int d = 0; d < depth; d += chunk) {
        int length = Math.min(chunk, depth - d);
        if (reorder) {
          Transpose.byLoops(weights, from + d, depth, columns, length, scratch, 0, step);
          tapsApart(scratch, length, taps, step, packed, panel, d / taps);
        } else {
          Transpose.byLoops(
              weights, from + d, depth, columns, length, packed.floats(), to + d * step, step);
        }
      }
    }
    return packed;
  }

  /** The weights as they were given. */
  public float[] unpack(ConvShape shape) {
    int taps = shape.kernelHeight() * shape.kernelWidth();
    int channels = depth / taps;
    float[] weights = new float[groups * columns * depth];
    for (int panel = 0; panel < panels(); panel++) {
      for (int j = 0; j < columns(panel); j++) {
        int to = (filter(panel) + j) * depth;
        for (int d = 0; d < depth; d++) {
          int from = d % taps * channels + d / taps;
          weights[to + d] = floats()[offset(panel) + from * step(panel) + j];
        }
      }
    }
    return weights;
  }

  /** The weights of some kernel columns, packed in the same order. */
  public DenseWeights columns(ConvShape shape, int first, int end) {
    int channels = shape.groupChannels();
    int row = (end - first) * channels;
    int allRow = shape.kernelWidth() * channels;
    DenseWeights some = new DenseWeights(groups, shape.kernelHeight() * row, columns);
    for (int panel = 0; panel < panels(); panel++) {
      int step = step(panel);
      for (int r = 0; r < shape.kernelHeight(); r++) {
        int from = offset(panel) + (r * allRow + first * channels) * step;
        int to = some.offset(panel) + r * row * step;
        System.arraycopy(floats(), from, some.floats(), to, row * step);
      }
    }
    return some;
  }

  /** Moves depth steps {@code [channels][taps]} to {@code [taps][all channels]} of a panel. */
  private static void tapsApart(
      float[] steps,
      int length,
      int taps,
      int step,
      DenseWeights packed,
      int panel,
      int firstChannel) {
    int allChannels = packed.depth / taps;
    for (int tap = 0; tap < taps; tap++) {
      int to = packed.offset(panel) + (tap * allChannels + firstChannel) * step;
      for (int from = tap * step; from < length * step; from += taps * step, to += step) {
        for (int j = 0; j < step; j += LANES) {
          FloatVector.fromArray(SPECIES, steps, from + j).intoArray(packed.floats(), to + j);
        }
      }
    }
  }

  /** Why a shape's weights can't be packed; null if they can. */
  public static String refusal(ConvShape s) {
    long depth = (long) s.groupChannels() * s.kernelHeight() * s.kernelWidth();
    long packed = size(s.groups(), depth, s.groupFilters());
    return packed > Integer.MAX_VALUE - 8
        ? "needs packed weights of at most " + (Integer.MAX_VALUE - 8) + " elements, not " + packed
        : null;
  }

  /** Floats of packed weights; may be more than an array can hold. */
  public static long size(int groups, long depth, int columns) {
    return groups * depth * (Math.ceilDiv(columns, Simd.LANES) * (long) Simd.LANES);
  }

  public float[] floats() {
    return floats.array();
  }

  public int depth() {
    return depth;
  }

  @Override
  public int panels() {
    return groups * groupPanels;
  }

  @Override
  public int filter(int panel) {
    return group(panel) * columns + panel % groupPanels * NR;
  }

  @Override
  public int columns(int panel) {
    return Math.min(NR, columns - panel % groupPanels * NR);
  }

  public int group(int panel) {
    return panel / groupPanels;
  }

  /** One past the last panel of a panel's group. */
  public int endOfGroup(int panel) {
    return (group(panel) + 1) * groupPanels;
  }

  /** Index of depth step 0 of a panel. */
  public int offset(int panel) {
    return floats.offset() + group(panel) * groupFloats + panel % groupPanels * depth * NR;
  }

  /** Width of a panel in vectors. */
  public int vectors(int panel) {
    return Math.ceilDiv(columns(panel), Simd.LANES);
  }

  /** Floats of one depth step of a panel. */
  public int step(int panel) {
    return vectors(panel) * Simd.LANES;
  }

  /** Whether they are taken to come from memory. */
  public boolean isFar() {
    return ReadAhead.pays(bytes());
  }

  public long bytes() {
    return floats.bytes();
  }
}
