package dev.convector.jmh.contender;

import dev.convector.jmh.network.Network;
import java.nio.file.Path;

/**
 * A network and what goes into it.
 *
 * @param network the same for all contenders
 * @param file in the ONNX format
 * @param pixels of the network's input shape
 */
public record NetworkTask(Network network, Path file, float[] pixels) {
  public NetworkTask(Network network, Path file) {
    this(network, file, network.pixels());
  }

  long[] shape() {
    return network.input().stream().mapToLong(Integer::longValue).toArray();
  }
}
