package dev.convector.onnx;

/**
 * What a session holds in memory. The scratch of the library's plans is shared by all sessions.
 *
 * @param weights bytes of the model's constants, shared by its sessions; without the large ones of
 *     a model from a file, which stay there until a step reads them as they are
 * @param packed bytes of weights packed for the session's convolutions and products
 * @param buffers bytes of the arrays between steps, for as many runs as were made at once
 * @param scratch bytes that a thread's scratch needs at most while a step runs
 */
public record MemoryUse(long weights, long packed, long buffers, long scratch) {

  /**
   * Everything together.
   *
   * @return bytes
   */
  public long total() {
    return weights + packed + buffers + scratch;
  }
}
