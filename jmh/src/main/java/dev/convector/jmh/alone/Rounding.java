package dev.convector.jmh.alone;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.Layout;
import dev.convector.jmh.contender.Contender;
import dev.convector.jmh.contender.ConvTask;
import dev.convector.jmh.contender.ConvectorLibrary;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import dev.convector.jmh.race.Relay;
import dev.convector.jmh.race.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * How exact an algorithm is, and how fast: a 3x3 layer of 14x14 pixels, or a 5x5 one for an
 * algorithm that takes no 3x3, with as many filters as channels, on one thread. Data and weights
 * are uniform in [-1, 1).
 *
 * @param layout of input and output
 * @param algorithm forced
 * @param channels and filters
 * @param seeds of the data
 * @param error largest difference from the oracle, over the root mean square of the oracle's
 *     output; the largest over the seeds
 * @param flops of the direct method
 * @param nanos of a call
 */
public record Rounding(
    Layout layout,
    String algorithm,
    int channels,
    int seeds,
    double error,
    long flops,
    double nanos) {
  public static final String NAME = "accuracy";
  public static final List<Integer> CHANNELS = List.of(16, 64, 128, 256, 512, 1024);
  public static final int SEEDS = 3;
  private static final List<Integer> KERNELS = List.of(3, 5);
  private static final int PIXELS = 14;

  public static List<Rounding> measure(List<Integer> channels, int seeds, Turns turns)
      throws Exception {
    List<Rounding> all = new ArrayList<>();
    for (int count : channels) {
      List<String> measured = new ArrayList<>();
      for (int kernel : KERNELS) {
        List<String> variants = variants(layer(kernel, count, 0));
        variants.removeAll(measured);
        all.addAll(measure(kernel, count, variants, seeds, turns));
        measured.addAll(variants);
      }
    }
    return all;
  }

  private static List<Rounding> measure(
      int kernel, int channels, List<String> variants, int seeds, Turns turns) throws Exception {
    double[] errors = new double[variants.size()];
    List<Callable<?>> works = new ArrayList<>();
    for (int seed = 0; seed < seeds; seed++) {
      ConvTask task = new ConvTask(layer(kernel, channels, seed));
      float[] expected = task.expected();
      double rms = Relay.rms(expected);
      works.clear();
      for (int i = 0; i < errors.length; i++) {
        Contender contender = new ConvectorLibrary().prepare(task, variants.get(i), 1);
        contender.run();
        double error = Relay.largestDifference(contender.output(), expected) / rms;
        errors[i] = Math.max(errors[i], error);
        works.add(
            () -> {
              contender.run();
              return contender;
            });
      }
    }
    long flops = layer(kernel, channels, 0).flops();
    double[] nanos = turns.medians(works);
    List<Rounding> all = new ArrayList<>();
    for (int i = 0; i < errors.length; i++) {
      String[] parts = variants.get(i).split("/");
      Layout layout = Layout.valueOf(parts[0]);
      all.add(new Rounding(layout, parts[1], channels, seeds, errors[i], flops, nanos[i]));
    }
    return all;
  }

  /** A layer's data follow from its name. */
  private static Layer layer(int kernel, int channels, int seed) {
    String name = NAME + "/" + channels + "_" + seed;
    return new Layer(
        name,
        1,
        channels,
        PIXELS,
        PIXELS,
        channels,
        kernel,
        kernel,
        1,
        kernel / 2,
        1,
        1,
        Operation.FORWARD);
  }

  private static List<String> variants(Layer layer) {
    List<String> variants = new ArrayList<>();
    for (Layout layout : List.of(Layout.NHWC, Layout.NCHW)) {
      for (Algorithm algorithm : Algorithm.values()) {
        boolean computes = algorithm != Algorithm.AUTO && algorithm != Algorithm.REFERENCE;
        if (computes && layer.conv(layout, Accuracy.RELAXED).refusal(algorithm).isEmpty()) {
          variants.add(layout + "/" + algorithm);
        }
      }
    }
    return variants;
  }
}
