package dev.convector.jmh.contender;

import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import java.util.List;

/**
 * A library in the race. A new one is a class of this type, named in {@link Libraries} or, if it
 * isn't part of the default build, in {@code
 * src/peers/resources/META-INF/services/dev.convector.jmh.contender.Library}.
 *
 * <p>A variant is a way in which the library computes a task, such as a layout; its name begins
 * with the layout of input and output, since contenders are compared within one layout.
 */
public interface Library {
  /** Lower case, one word; what {@code --contenders} takes. */
  String name();

  /** As reported by the library itself. May load it. */
  String version();

  /** Whether it brings threads and machine code of its own. */
  default boolean isNative() {
    return true;
  }

  /** Ways to compute a layer; empty if it can't. Must not load native code. */
  default List<String> variants(Layer layer) {
    return List.of();
  }

  /** Prepares a layer: weights are packed here, buffers filled. */
  default Contender prepare(ConvTask task, String variant, int threads) throws Exception {
    throw new UnsupportedOperationException(name() + " computes no convolution");
  }

  /** Ways to compute a matrix product; empty if it can't. Must not load native code. */
  default List<String> variants(GemmSize size) {
    return List.of();
  }

  /** Prepares a matrix product. */
  default Contender prepare(GemmTask task, String variant, int threads) throws Exception {
    throw new UnsupportedOperationException(name() + " computes no matrix product");
  }

  /** Whether it runs networks in the ONNX format. */
  default boolean runsNetworks() {
    return false;
  }

  /** Prepares a network: reads the file, ready for the first run. */
  default Contender prepare(NetworkTask task, int threads) throws Exception {
    throw new UnsupportedOperationException(name() + " runs no networks");
  }
}
