/**
 * Convolution in pure Java, on the Vector API, parallel over a ForkJoinPool.
 *
 * <p>Start at {@link dev.convector.Conv2d}. Programs run with {@code --add-modules
 * jdk.incubator.vector}; no other flag is needed.
 */
@SuppressWarnings("module") // The module that internals are exported to is built after this one.
module dev.convector {
  requires jdk.incubator.vector;

  exports dev.convector;
  exports dev.convector.reference;
  exports dev.convector.internal.access to
      dev.convector.onnx;
  exports dev.convector.internal.pack to
      dev.convector.onnx;
  exports dev.convector.internal.parallel to
      dev.convector.onnx;
  exports dev.convector.internal.simd to
      dev.convector.onnx;
}
