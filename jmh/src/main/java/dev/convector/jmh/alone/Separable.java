package dev.convector.jmh.alone;

import dev.convector.Activation;
import dev.convector.Conv2d;
import dev.convector.DepthwiseSeparable2d;
import dev.convector.Execution;
import dev.convector.Layout;
import dev.convector.jmh.contender.ConvTask;
import dev.convector.jmh.race.Turns;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A depthwise and a pointwise convolution, in one plan and as two, on one thread.
 *
 * @param block the input's size and channels, the filters, the stride
 * @param layout of input and output
 * @param fusedNanos of one plan
 * @param stepsNanos of two plans, one after the other
 * @param intermediateBytes that one plan holds of what lies between
 * @param tensorBytes of all that lies between
 */
public record Separable(
    String block,
    Layout layout,
    double fusedNanos,
    double stepsNanos,
    long intermediateBytes,
    long tensorBytes) {
  public static final String NAME = "separable";

  /** Channels, height and width, filters, stride. */
  public record Block(int channels, int size, int filters, int stride) {}

  /** Those of MobileNet V1, whose activations are ReLU. */
  public static final List<Block> BLOCKS =
      List.of(
          new Block(32, 112, 64, 1),
          new Block(64, 112, 128, 2),
          new Block(128, 56, 128, 1),
          new Block(128, 56, 256, 2),
          new Block(256, 28, 256, 1),
          new Block(256, 28, 512, 2),
          new Block(512, 14, 512, 1),
          new Block(512, 14, 1024, 2),
          new Block(1024, 7, 1024, 1));

  public static List<Separable> measure(List<Block> blocks, Turns turns) throws Exception {
    List<Separable> all = new ArrayList<>();
    for (Block block : blocks) {
      for (Layout layout : List.of(Layout.NHWC, Layout.NCHW)) {
        all.add(measure(block, layout, turns));
      }
    }
    return all;
  }

  private static Separable measure(Block block, Layout layout, Turns turns) throws Exception {
    var fused =
        DepthwiseSeparable2d.builder()
            .input(1, block.channels, block.size, block.size)
            .kernel(3, 3)
            .filters(block.filters)
            .stride(block.stride)
            .padding(1)
            .layout(layout)
            .depthwiseActivation(Activation.RELU)
            .activation(Activation.RELU)
            .build();
    var depthwise =
        Conv2d.builder()
            .input(1, block.channels, block.size, block.size)
            .filters(block.channels, 3, 3)
            .stride(block.stride)
            .padding(1)
            .groups(block.channels)
            .layout(layout)
            .activation(Activation.RELU)
            .build();
    var pointwise =
        Conv2d.builder()
            .input(1, block.channels, fused.outputHeight(), fused.outputWidth())
            .filters(block.filters, 1, 1)
            .layout(layout)
            .activation(Activation.RELU)
            .build();
    var random = new SplittableRandom(block.hashCode());
    float[] first = ConvTask.uniform(random, depthwise.shape().weightsSize());
    float[] firstBias = ConvTask.uniform(random, block.channels);
    float[] second = ConvTask.uniform(random, pointwise.shape().weightsSize());
    float[] secondBias = ConvTask.uniform(random, block.filters);
    float[] src = ConvTask.uniform(random, depthwise.shape().inputSize());
    float[] between = new float[depthwise.shape().outputSize()];
    float[] dst = new float[pointwise.shape().outputSize()];
    var one = fused.plan(first, firstBias, second, secondBias);
    var two = depthwise.plan(first, firstBias);
    var three = pointwise.plan(second, secondBias);
    Execution alone = Execution.serial();
    double[] nanos =
        turns.medians(
            List.of(
                () -> {
                  one.run(src, dst, alone);
                  return dst;
                },
                () -> {
                  two.run(src, between, alone);
                  three.run(between, dst, alone);
                  return dst;
                }));
    String name =
        "%d at %dx%d to %d, stride %d"
            .formatted(block.channels, block.size, block.size, block.filters, block.stride);
    return new Separable(
        name,
        layout,
        nanos[0],
        nanos[1],
        one.intermediateBytes(),
        (long) Float.BYTES * between.length);
  }
}
