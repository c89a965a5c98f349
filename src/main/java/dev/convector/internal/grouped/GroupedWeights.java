package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.simd.AlignedFloats;

/**
 * Weights of a convolution with few channels a group, one vector of filters (a panel) at a time.
 *
 * <p>As many whole groups as fit share a panel, so that their input channels fit one vector too; a
 * group of more than LANES filters has several panels to itself. Lanes left over are zero.
 *
 * <pre>
 *   whole kernel rows:  panel 0 [kernel rows][group channels][kernel columns][LANES]  panel 1 ...
 *   one tap at a time:  panel 0 [kernel rows][kernel columns][group channels][LANES]  panel 1 ...
 * </pre>
 */
final class GroupedWeights {
  private final ConvShape shape;
  private final boolean wholeRows;
  private final int groupsPerPanel;
  private final int panelsPerGroup;
  private final int panels;
  private final int panelFloats;
  private final AlignedFloats floats;
  private final float[] bias;

  /** From this panel on {@link #inputChannel} is moved. */
  private final int firstMoved;

  /** Shared by the panels before {@link #firstMoved}, then one for each after it. */
  private final int[] indexes;

  /** A null bias is zeros. */
  GroupedWeights(ConvShape shape, boolean wholeRows, float[] weights, float[] bias) {
    this.shape = shape;
    this.wholeRows = wholeRows;
    this.groupsPerPanel = groupsPerPanel(shape);
    this.panelsPerGroup = Math.ceilDiv(shape.groupFilters(), LANES);
    this.panels = Math.ceilDiv(shape.groups(), groupsPerPanel) * panelsPerGroup;
    this.panelFloats = shape.kernelHeight() * shape.kernelWidth() * shape.groupChannels() * LANES;
    this.floats = AlignedFloats.allocate(panels * panelFloats);
    this.bias = new float[panels * LANES];
    this.firstMoved = firstMoved();
    this.indexes = new int[isShared() ? (1 + panels - firstMoved) * indexFloats() : 0];
    for (int panel = 0; panel < panels; panel++) {
      pack(panel, weights);
      if (bias != null) {
        System.arraycopy(bias, filter(panel), this.bias, panel * LANES, columns(panel));
      }
    }
    if (isShared()) {
      fillIndexes(0, 0);
      for (int panel = firstMoved; panel < panels; panel++) {
        fillIndexes(indexOffset(panel), firstChannel(panel) - inputChannel(panel));
      }
    }
  }

  private int firstMoved() {
    int panel = panels;
    while (panel > 0 && inputChannel(panel - 1) != firstChannel(panel - 1)) {
      panel--;
    }
    return panel;
  }

  private static int groupsPerPanel(ConvShape shape) {
    int widest = Math.max(shape.groupChannels(), shape.groupFilters());
    return shape.channels() < LANES ? 1 : Math.clamp(LANES / widest, 1, shape.groups());
  }

  /** Floats of the array that the constructor would make; may be more than an array can hold. */
  static long size(ConvShape shape) {
    long panels =
        Math.ceilDiv(shape.groups(), groupsPerPanel(shape))
            * (long) Math.ceilDiv(shape.groupFilters(), LANES);
    return panels * shape.kernelHeight() * shape.kernelWidth() * shape.groupChannels() * LANES;
  }

  private void pack(int panel, float[] weights) {
    int channels = shape.groupChannels();
    int taps = shape.kernelHeight() * shape.kernelWidth();
    int columns = columns(panel);
    for (int lane = 0; lane < columns; lane++) {
      int from = (filter(panel) + lane) * channels * taps;
      for (int j = 0; j < channels; j++) {
        for (int tap = 0; tap < taps; tap++) {
          floats.array()[offset(panel) + position(tap, j) * LANES + lane] =
              weights[from + j * taps + tap];
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
      indexes[offset + at] = group < groupsPerPanel && lane < LANES ? lane : 0;
    }
  }

  private int indexFloats() {
    return shape.groupChannels() * LANES;
  }

  int panels() {
    return panels;
  }

  /** Whether several groups share a panel. */
  static boolean isShared(ConvShape shape) {
    return groupsPerPanel(shape) > 1;
  }

  /** Whether several groups share a panel. */
  boolean isShared() {
    return groupsPerPanel > 1;
  }

  /** Panels that one tile may compute, since they see the same input and are full: 1 or 2. */
  static int vectors(ConvShape shape) {
    return !isShared(shape) && shape.groupFilters() % (2 * LANES) == 0 ? 2 : 1;
  }

  float[] floats() {
    return floats.array();
  }

  /** Floats from one panel to the next. */
  int panelFloats() {
    return panelFloats;
  }

  int offset(int panel) {
    return floats.offset() + panel * panelFloats;
  }

  int[] indexes() {
    return indexes;
  }

  /** Where a panel's indexes start: relative to {@link #inputChannel}. */
  int indexOffset(int panel) {
    return panel < firstMoved ? 0 : (1 + panel - firstMoved) * indexFloats();
  }

  /** The bias, LANES floats a panel. */
  float[] bias() {
    return bias;
  }

  int biasOffset(int panel) {
    return panel * LANES;
  }

  /** A panel's first filter. */
  int filter(int panel) {
    return group(panel) * shape.groupFilters() + panel % panelsPerGroup * LANES;
  }

  /** Lanes of a panel that hold filters: 1 to LANES. */
  int columns(int panel) {
    if (isShared()) {
      return Math.min(groupsPerPanel, shape.groups() - group(panel)) * shape.groupFilters();
    }
    return Math.min(LANES, shape.groupFilters() - panel % panelsPerGroup * LANES);
  }

  /** Which window of input channels a panel sees: several panels of a group see the same. */
  int window(int panel) {
    return panel / panelsPerGroup;
  }

  /** All windows. */
  int windows() {
    return window(panels - 1) + 1;
  }

  /**
   * A window's first input channel. Where several groups share a panel it is moved down near the
   * end, so that a vector from there ends with the pixel's channels and not beyond the array.
   */
  int windowChannel(int window) {
    int first = window * groupsPerPanel * shape.groupChannels();
    return isShared() ? Math.min(first, shape.channels() - LANES) : first;
  }

  /** The first input channel of what a panel sees. */
  private int inputChannel(int panel) {
    return windowChannel(window(panel));
  }

  private int firstChannel(int panel) {
    return group(panel) * shape.groupChannels();
  }

  private int group(int panel) {
    return panel / panelsPerGroup * groupsPerPanel;
  }

  long bytes() {
    return floats.bytes()
        + (long) bias.length * Float.BYTES
        + (long) indexes.length * Integer.BYTES;
  }
}
