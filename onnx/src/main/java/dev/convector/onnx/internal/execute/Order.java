package dev.convector.onnx.internal.execute;

/** How a tensor of four dimensions lies in memory. Of all others there is one order. */
public enum Order {
  /** As the model says, last dimension fastest. */
  NATURAL,
  /** Batch, height, width, channels: what convolutions work in. */
  CHANNELS_LAST
}
