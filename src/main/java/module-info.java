/**
 * Convolution in pure Java, on the Vector API, parallel over a ForkJoinPool.
 *
 * <p>Start at {@link dev.convector.Conv2d}. Programs run with {@code --add-modules
 * jdk.incubator.vector}; no other flag is needed.
 */
module dev.convector {
  requires jdk.incubator.vector;

  exports dev.convector;
  exports dev.convector.reference;
}
