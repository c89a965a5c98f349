package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.ConvShape;
import dev.convector.internal.block.InputStrip;
import dev.convector.internal.problem.Panels;

/**
 * Filters of a depthwise convolution: panels of some whole vectors, then the filters that don't
 * fill one. Each vector is also a window of the input, of its filters' channels.
 */
public final class DepthwisePanels implements Panels, InputStrip.Windows {
  private final int filters;
  private final int multiplier;

  /** Filters of a panel of whole vectors. */
  private final int width;

  /** Panels of whole vectors. */
  private final int whole;

  /**
   * @param vectors of a panel, at most; panels are as equal as possible
   */
  public DepthwisePanels(ConvShape shape, int vectors) {
    this.filters = shape.filters();
    this.multiplier = shape.groupFilters();
    int all = filters / LANES;
    this.width = Math.ceilDiv(all, Math.max(1, Math.ceilDiv(all, vectors))) * LANES;
    this.whole = all == 0 ? 0 : Math.ceilDiv(all * LANES, width);
  }

  @Override
  public int panels() {
    return filters % LANES == 0 ? whole : whole + 1;
  }

  @Override
  public int filter(int panel) {
    return isTail(panel) ? filters / LANES * LANES : panel * width;
  }

  @Override
  public int columns(int panel) {
    return isTail(panel)
        ? filters % LANES
        : Math.min(width, filters / LANES * LANES - panel * width);
  }

  /** Whether a panel is the one whose filters don't fill a vector. */
  public boolean isTail(int panel) {
    return panel == whole;
  }

  /** Whether the next panel is that one. */
  public boolean isBeforeTail(int panel) {
    return panel == whole - 1 && filters % LANES != 0;
  }

  @Override
  public int windows() {
    return Math.ceilDiv(filters, LANES);
  }

  @Override
  public int channel(int window) {
    return window * LANES / multiplier;
  }

  @Override
  public int channels(int window) {
    int end = (Math.min(window * LANES + LANES, filters) - 1) / multiplier + 1;
    return end - channel(window);
  }
}
