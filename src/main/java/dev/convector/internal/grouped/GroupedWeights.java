package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.problem.Panels;
import dev.convector.internal.simd.AlignedFloats;

/**
 * Weights of a convolution with few channels a group, one vector of filters at a time; a panel is
 * one vector, or two that a wide kernel computes.
 *
 * <p>As many whole groups as fit share a vector, so that their input channels fit one vector too; a
 * group of more than LANES filters has several vectors to itself. Lanes left over are zero. The
 * channels that a vector sees are its window of the input.
 *
 * <pre>
 *   whole kernel rows:  vector 0 [kernel rows][group channels][kernel columns][LANES]  vector 1 ...
 *   one tap at a time:  vector 0 [kernel rows][kernel columns][group channels][LANES]  vector 1 ...
 * </pre>
 */
final class GroupedWeights implements Panels, InputStrip.Windows {
  private final ConvShape shape;
  private final boolean paired;
  private final boolean wholeRows;
  private final int groupsPerVector;
  private final int vectorsPerGroup;
  private final int panelVectors;

  /** Of all groups. */
  private final int vectors;

  private final int vectorFloats;
  private final AlignedFloats floats;

  /** From this vector on its window is moved. */
  private final int firstMoved;

  /** Shared by the vectors before {@link #firstMoved}, then one for each after it. */
  private final int[] indexes;

  /**
   * @param paired whether for kernels of pairs
   */
  GroupedWeights(ConvShape shape, boolean paired, float[] weights) {
    this.shape = shape;
    this.paired = paired;
    this.wholeRows = GroupedTile.wholeRows(shape);
    this.groupsPerVector = groupsPerVector(shape);
    this.vectorsPerGroup = Math.ceilDiv(shape.groupFilters(), LANES);
    this.panelVectors = vectors(shape);
    this.vectors = Math.ceilDiv(shape.groups(), groupsPerVector) * vectorsPerGroup;
    this.vectorFloats = shape.kernelHeight() * shape.kernelWidth() * shape.groupChannels() * LANES;
    this.floats = AlignedFloats.allocate(vectors * vectorFloats);
    this.firstMoved = firstMoved();
    this.indexes = paired ? pairIndexes() : new int[selectIndexes()];
    for (int vector = 0; vector < vectors; vector++) {
      pack(vector, weights);
    }
    if (isShared(shape) && !paired) {
      fillIndexes(0, 0);
      for (int vector = firstMoved; vector < vectors; vector++) {
        fillIndexes(vectorIndexes(vector), firstChannel(vector) - windowChannel(vector));
      }
    }
  }

  private int selectIndexes() {
    return isShared(shape) ? (1 + vectors - firstMoved) * indexFloats() : 0;
  }

  /** Where in the order of pairs each lane's filter is from, and the way back. */
  private int[] pairIndexes() {
    int[] result = new int[2 * LANES];
    for (int filter = 0; filter < 2 * shape.groupFilters(); filter++) {
      result[pairLane(filter)] = filter;
      result[LANES + filter] = pairLane(filter);
    }
    return result;
  }

  /** The lane of a vector's filter: those of its two groups alternate. */
  private int pairLane(int filter) {
    return filter % shape.groupFilters() * 2 + filter / shape.groupFilters();
  }

  @Override
  public int[] lanes() {
    if (!paired) {
      return null;
    }
    int[] lanes = new int[windows() * LANES];
    for (int window = 0; window < windows(); window++) {
      int shift = firstChannel(window) - channel(window);
      for (int lane = 0; lane < 2 * shape.groupChannels(); lane++) {
        int channel = shift + lane % 2 * shape.groupChannels() + lane / 2;
        lanes[window * LANES + lane] = channel < LANES ? channel : 0;
      }
    }
    return lanes;
  }

  private int firstMoved() {
    int vector = vectors;
    while (vector > 0 && windowChannel(vector - 1) != firstChannel(vector - 1)) {
      vector--;
    }
    return vector;
  }

  private static int groupsPerVector(ConvShape shape) {
    int widest = Math.max(shape.groupChannels(), shape.groupFilters());
    return shape.channels() < LANES ? 1 : Math.clamp(LANES / widest, 1, shape.groups());
  }

  /** Vectors of filters of all groups. */
  static long pixelVectors(ConvShape shape) {
    return (long) Math.ceilDiv(shape.groups(), groupsPerVector(shape))
        * Math.ceilDiv(shape.groupFilters(), LANES);
  }

  /** Floats of the array that the constructor would make; may be more than an array can hold. */
  static long size(ConvShape shape) {
    return pixelVectors(shape)
        * shape.kernelHeight()
        * shape.kernelWidth()
        * shape.groupChannels()
        * LANES;
  }

  private void pack(int vector, float[] weights) {
    int channels = shape.groupChannels();
    int taps = shape.kernelHeight() * shape.kernelWidth();
    int columns = vectorColumns(vector);
    int at = floats.offset() + vector * vectorFloats;
    for (int filter = 0; filter < columns; filter++) {
      int lane = paired ? pairLane(filter) : filter;
      int from = (firstFilter(vector) + filter) * channels * taps;
      for (int j = 0; j < channels; j++) {
        for (int tap = 0; tap < taps; tap++) {
          floats.array()[at + position(tap, j) * LANES + lane] = weights[from + j * taps + tap];
        }
      }
    }
  }

  private int position(int tap, int channel) {
    int width = shape.kernelWidth();
    return wholeRows
        ? (tap / width * shape.groupChannels() + channel) * width + tap % width
        : tap * shape.groupChannels() + channel;
  }

  /** Each lane's channel among those loaded, for each of its group's; 0 in lanes left over. */
  private void fillIndexes(int offset, int shift) {
    for (int at = 0; at < indexFloats(); at++) {
      int group = at % LANES / shape.groupFilters();
      int channel = at / LANES;
      int lane = shift + group * shape.groupChannels() + channel;
      indexes[offset + at] = group < groupsPerVector && lane < LANES ? lane : 0;
    }
  }

  private int indexFloats() {
    return shape.groupChannels() * LANES;
  }

  /** Whether several groups share a vector. */
  static boolean isShared(ConvShape shape) {
    return groupsPerVector(shape) > 1;
  }

  /**
   * Whether kernels load the channels of two groups in pairs, which only strips of channels-last
   * images have: those of others would be permuted after they are transposed. Not for single taps,
   * whose broadcasts all have one use: 1.15 to 1.2 times as long (AMD EPYC, family 26).
   */
  static boolean isPaired(ConvShape shape, boolean channelsLast) {
    return channelsLast && groupsPerVector(shape) == 2 && GroupedTile.wholeRows(shape);
  }

  /** Vectors of a panel, which see the same input and are full: 1 or 2. */
  static int vectors(ConvShape shape) {
    return !isShared(shape) && shape.groupFilters() % (2 * LANES) == 0 ? 2 : 1;
  }

  boolean isPaired() {
    return paired;
  }

  float[] floats() {
    return floats.array();
  }

  /** Floats from one vector's weights to the next one's. */
  int vectorFloats() {
    return vectorFloats;
  }

  /** Where a panel's weights start. */
  int offset(int panel) {
    return floats.offset() + panel * panelVectors * vectorFloats;
  }

  int[] indexes() {
    return indexes;
  }

  /** Where a panel's indexes start: relative to its window. */
  int indexOffset(int panel) {
    return vectorIndexes(panel * panelVectors);
  }

  private int vectorIndexes(int vector) {
    return paired || vector < firstMoved ? 0 : (1 + vector - firstMoved) * indexFloats();
  }

  @Override
  public int panels() {
    return vectors / panelVectors;
  }

  @Override
  public int filter(int panel) {
    return firstFilter(panel * panelVectors);
  }

  @Override
  public int columns(int panel) {
    return panelVectors == 1 ? vectorColumns(panel) : panelVectors * LANES;
  }

  private int firstFilter(int vector) {
    return group(vector) * shape.groupFilters() + vector % vectorsPerGroup * LANES;
  }

  /** Lanes of a vector that hold filters: 1 to LANES. */
  private int vectorColumns(int vector) {
    if (isShared(shape)) {
      return Math.min(groupsPerVector, shape.groups() - group(vector)) * shape.groupFilters();
    }
    return Math.min(LANES, shape.groupFilters() - vector % vectorsPerGroup * LANES);
  }

  private int group(int vector) {
    return vector / vectorsPerGroup * groupsPerVector;
  }

  private int firstChannel(int vector) {
    return group(vector) * shape.groupChannels();
  }

  private int windowChannel(int vector) {
    return channel(vector / vectorsPerGroup);
  }

  /** Which window a panel sees: several panels of a group see the same. */
  int window(int panel) {
    return panel * panelVectors / vectorsPerGroup;
  }

  /** The first panel that sees a window. */
  int firstPanel(int window) {
    return window * vectorsPerGroup / panelVectors;
  }

  @Override
  public int windows() {
    return vectors / vectorsPerGroup;
  }

  /**
   * A window's first input channel. Where several groups share a vector it is moved down near the
   * end, so that a vector from there ends with the pixel's channels and not beyond the array.
   */
  @Override
  public int channel(int window) {
    int first = window * groupsPerVector * shape.groupChannels();
    return isShared(shape) ? Math.min(first, shape.channels() - LANES) : first;
  }

  @Override
  public int channels(int window) {
    return isShared(shape) ? LANES : shape.groupChannels();
  }

  long bytes() {
    return floats.bytes() + (long) indexes.length * Integer.BYTES;
  }
}
