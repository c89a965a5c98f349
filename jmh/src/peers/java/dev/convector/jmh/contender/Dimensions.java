package dev.convector.jmh.contender;

import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import java.util.Arrays;

/**
 * A layer's sizes as the native libraries take them, channels first; volumes have one axis more.
 */
final class Dimensions {
  private Dimensions() {}

  static long[] src(Layer l) {
    return behind(new long[] {l.batch(), l.channels()}, l, l.depth(), l.height(), l.width());
  }

  static long[] dst(Layer l) {
    long[] first = {l.batch(), l.filters()};
    return behind(first, l, l.outputDepth(), l.outputHeight(), l.outputWidth());
  }

  /** Channels of one group; of a transposed layer they stand first. */
  static long[] weights(Layer l) {
    boolean transposed = l.operation() == Operation.TRANSPOSED;
    long[] first = {
      transposed ? l.channels() : l.filters(),
      (transposed ? l.filters() : l.channels()) / l.groups()
    };
    return behind(first, l, l.kernelDepth(), l.kernelHeight(), l.kernelWidth());
  }

  /** The groups, if there are several, then filters and channels of one, also where transposed. */
  static long[] groupedWeights(Layer l) {
    long filters = l.filters() / l.groups();
    long channels = l.channels() / l.groups();
    long[] first =
        l.groups() == 1
            ? new long[] {filters, channels}
            : new long[] {l.groups(), filters, channels};
    return behind(first, l, l.kernelDepth(), l.kernelHeight(), l.kernelWidth());
  }

  /** The same for each spatial axis. */
  static long[] alike(Layer l, long value) {
    return behind(new long[0], l, value, value, value);
  }

  static long[] kernel(Layer l) {
    return behind(new long[0], l, l.kernelDepth(), l.kernelHeight(), l.kernelWidth());
  }

  /** For the beginning and the end of each spatial axis. */
  static long[] bothSides(Layer l, long value) {
    return behind(alike(l, value), l, value, value, value);
  }

  private static long[] behind(long[] first, Layer l, long depth, long height, long width) {
    boolean volume = l.operation() == Operation.VOLUME;
    int at = first.length;
    long[] all = Arrays.copyOf(first, at + (volume ? 3 : 2));
    if (volume) {
      all[at++] = depth;
    }
    all[at++] = height;
    all[at] = width;
    return all;
  }
}
