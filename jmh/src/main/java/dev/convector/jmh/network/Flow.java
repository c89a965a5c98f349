package dev.convector.jmh.network;

import java.util.List;

/**
 * A tensor on its way through a network.
 *
 * @param name of the value in the graph
 * @param shape of images, {@code [batch, channels, height, width]}, or of anything else
 * @param power an estimate of the mean of its squares, by which the next layer's weights are scaled
 */
record Flow(String name, List<Integer> shape, double power) {
  int batch() {
    return shape.get(0);
  }

  int channels() {
    return shape.get(1);
  }

  int height() {
    return shape.get(2);
  }

  int width() {
    return shape.get(3);
  }

  int last() {
    return shape.getLast();
  }
}
