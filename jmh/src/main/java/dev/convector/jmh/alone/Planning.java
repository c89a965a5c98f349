package dev.convector.jmh.alone;

import dev.convector.Accuracy;
import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.Layout;
import dev.convector.jmh.contender.ConvTask;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Tables;
import dev.convector.jmh.race.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * What a plan costs beside a copy of its weights, in a warm JVM.
 *
 * @param task a layer
 * @param layout of input and output
 * @param algorithm that AUTO chose
 * @param weightBytes size of the weights
 * @param planNanos to make a plan
 * @param cloneNanos to copy the weights into a new array, as a plan must
 * @param copyNanos to copy them into one that is there
 */
public record Planning(
    String task,
    Layout layout,
    String algorithm,
    long weightBytes,
    double planNanos,
    double cloneNanos,
    double copyNanos) {
  public static final String NAME = "planning";

  /** Pages that the system has yet to give would cost a new array ten times its copying. */
  public static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

  /** Pointwise of two sizes, unfolded, direct, three of Winograd's, depthwise, grouped. */
  public static final List<Layer> LAYERS =
      Stream.of(
              "resnet50/conv1_7x7s2",
              "resnet50/s2_1x1_128_512",
              "resnet50/s4_1x1_512_2048",
              "resnet50/s2_3x3s2_128",
              "resnet50/s1_3x3_64",
              "resnet50/s2_3x3_128",
              "resnet50/s4_3x3_512",
              "mobilenetv1/dw_512_14",
              "resnext50/g32_3x3_256_28")
          .map(Tables::layer)
          .toList();

  public static List<Planning> measure(List<Layer> layers, Turns turns) throws Exception {
    List<Planning> all = new ArrayList<>();
    for (Layer layer : layers) {
      ConvTask task = new ConvTask(layer);
      float[] weights = task.weights();
      float[] copy = new float[weights.length];
      for (Layout layout : List.of(Layout.NHWC, Layout.NCHW)) {
        Conv2d conv = layer.conv(layout, Accuracy.STANDARD);
        List<Callable<?>> works =
            List.of(
                () -> conv.plan(weights, task.bias()),
                weights::clone,
                () -> {
                  System.arraycopy(weights, 0, copy, 0, weights.length);
                  return copy;
                });
        double[] nanos = turns.medians(works);
        Algorithm algorithm = conv.plan(weights, task.bias()).algorithm();
        long bytes = (long) Float.BYTES * weights.length;
        all.add(
            new Planning(
                layer.name(), layout, algorithm.name(), bytes, nanos[0], nanos[1], nanos[2]));
      }
    }
    return all;
  }
}
