package dev.convector;

/** The order of the axes in memory of the input and of the output, densely packed, last fastest. */
public enum Layout {
  /** Batch, channels, height, width: one plane of pixels per channel. */
  NCHW,
  /**
   * Batch, height, width, channels: one row of channels per pixel. What the kernels work in; no
   * conversion takes place.
   */
  NHWC
}
