package dev.convector.jmh.contender;

/** One prepared way to compute one task. Used by one thread at a time, always the same one. */
public interface Contender extends AutoCloseable {
  /** One call, the only thing that is measured. */
  void run() throws Exception;

  /** A copy of what the last call wrote: NCHW for a convolution, row-major for a product. */
  float[] output() throws Exception;

  /** What the library says it does, for the report. */
  default String algorithm() {
    return "";
  }

  /** Scratch of one call, in bytes; negative if the library doesn't tell. */
  default long workspaceBytes() {
    return -1;
  }

  @Override
  default void close() {}
}
