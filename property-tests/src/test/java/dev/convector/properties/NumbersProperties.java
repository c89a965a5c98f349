package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Conv1d;
import dev.convector.Conv2d;
import dev.convector.Conv3d;
import dev.convector.ConvShape;
import dev.convector.ConvTranspose2d;
import dev.convector.DepthwiseSeparable2d;
import dev.convector.Execution;
import dev.convector.FullyConnected;
import dev.convector.Gemm;
import dev.convector.Layout;
import dev.convector.Plan;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** The statements of docs/numbers.md that no other class holds. */
@Label("numbers")
class NumbersProperties {
  private static final float SUBNORMAL = 0x1.8p-130f;
  private static final float LARGE = 0x1p100f;

  @Property
  @Label("a kernel row's products are added by columns and channels, the first row's to the bias")
  void orderOfASum(@ForAll @LongRange(min = 1, max = 1_000_000) long seed, @ForAll Layout layout) {
    if (Integer.getInteger("convector.blockingShrink", 1) > 1) {
      return;
    }
    Random r = new Random(seed);
    int kernel = r.nextBoolean() ? 1 : 3;
    Conv2d conv =
        Conv2d.builder()
            .input(2, 24 + r.nextInt(30), 3 + r.nextInt(6), 3 + r.nextInt(14))
            .filters(24 + r.nextInt(30), kernel, kernel)
            .padding(kernel / 2)
            .layout(layout)
            .build();
    float[] weights = Member.floats(r, conv.shape().weightsSize());
    float[] bias = Member.floats(r, conv.shape().filters());
    float[] src = Member.floats(r, conv.shape().inputSize());
    Algorithm algorithm = kernel == 1 ? Algorithm.POINTWISE : Algorithm.DIRECT;
    float[] actual = run(conv.plan(weights, bias, algorithm), src);
    float[] fused = sums(conv, weights, bias, src, true);
    float[] separate = sums(conv, weights, bias, src, false);
    if (!Arrays.equals(actual, fused) && !Arrays.equals(actual, separate)) {
      throw new AssertionError("another order: " + conv);
    }
  }

  private static float[] sums(
      Conv2d conv, float[] weights, float[] bias, float[] src, boolean fused) {
    ConvShape s = conv.shape();
    float[] dst = new float[s.outputSize()];
    for (int n = 0; n < s.batch(); n++) {
      for (int k = 0; k < s.filters(); k++) {
        for (int p = 0; p < s.outputHeight(); p++) {
          for (int q = 0; q < s.outputWidth(); q++) {
            int at = place(conv, n, k, p, q, s.filters(), s.outputHeight(), s.outputWidth());
            dst[at] = sum(conv, new int[] {n, k, p, q}, weights, bias[k], src, fused);
          }
        }
      }
    }
    return dst;
  }

  private static float sum(
      Conv2d conv, int[] of, float[] weights, float bias, float[] src, boolean fused) {
    ConvShape s = conv.shape();
    float all = bias;
    for (int r = 0; r < s.kernelHeight(); r++) {
      float sum = r == 0 ? bias : 0;
      for (int t = 0; t < s.kernelWidth(); t++) {
        int y = of[2] + r - s.padTop();
        int x = of[3] + t - s.padLeft();
        boolean inside = y >= 0 && y < s.height() && x >= 0 && x < s.width();
        for (int c = 0; inside && c < s.channels(); c++) {
          float w =
              weights[((of[1] * s.channels() + c) * s.kernelHeight() + r) * s.kernelWidth() + t];
          float v = src[place(conv, of[0], c, y, x, s.channels(), s.height(), s.width())];
          sum = fused ? Math.fma(v, w, sum) : v * w + sum;
        }
      }
      int line = of[2] + r - s.padTop();
      if (line >= 0 && line < s.height()) {
        all = r == 0 ? sum : sum + all;
      }
    }
    return all;
  }

  private static int place(
      Conv2d conv, int n, int channel, int y, int x, int channels, int height, int width) {
    return conv.layout() == Layout.NHWC
        ? ((n * height + y) * width + x) * channels + channel
        : ((n * channels + channel) * height + y) * width + x;
  }

  @Example
  @Label("subnormal weights count as zeros, unless accuracy is strict")
  void subnormalWeights() {
    for (Accuracy accuracy : Accuracy.values()) {
      for (Layout layout : Layout.values()) {
        for (int groups : new int[] {1, 2, 18}) {
          Conv2d conv =
              Conv2d.builder()
                  .input(1, 18, 6, 7)
                  .filters(36, 3, 3)
                  .padding(1)
                  .groups(groups)
                  .accuracy(accuracy)
                  .layout(layout)
                  .build();
          for (Algorithm algorithm : Algorithm.values()) {
            if (conv.refusal(algorithm).isEmpty()) {
              int size = conv.shape().weightsSize();
              flushed(accuracy, size, weights -> conv.plan(weights, null, algorithm));
              flushed(accuracy, size, conv::backwardData);
            }
          }
        }
      }
    }
  }

  @Example
  @Label("so they do in the other members")
  void subnormalWeightsOfOthers() {
    for (Accuracy accuracy : Accuracy.values()) {
      Conv1d line = Conv1d.builder().input(1, 5, 20).filters(7, 3).accuracy(accuracy).build();
      flushed(accuracy, line.shape().weightsSize(), line::plan);
      Conv3d volume =
          Conv3d.builder().input(1, 3, 4, 5, 6).filters(4, 2, 3, 3).accuracy(accuracy).build();
      flushed(accuracy, volume.shape().weightsSize(), volume::plan);
      ConvTranspose2d back =
          ConvTranspose2d.builder()
              .input(1, 5, 6, 7)
              .filters(4, 3, 3)
              .stride(2)
              .accuracy(accuracy)
              .build();
      flushed(accuracy, back.shape().weightsSize(), back::plan);
      flushed(accuracy, back.shape().weightsSize(), back::backwardData);
      FullyConnected layer =
          FullyConnected.builder().input(2, 30).outputs(20).accuracy(accuracy).build();
      flushed(accuracy, 600, layer::plan);
      DepthwiseSeparable2d separable =
          DepthwiseSeparable2d.builder()
              .input(1, 5, 6, 7)
              .kernel(3, 3)
              .filters(4)
              .accuracy(accuracy)
              .build();
      float[] ones = new float[20];
      Arrays.fill(ones, 1);
      flushed(accuracy, 45, weights -> separable.plan(weights, null, ones, null));
    }
  }

  /** All outputs of subnormal weights and large inputs are zeros, or none. */
  private static void flushed(Accuracy accuracy, int size, Function<float[], ? extends Plan> plan) {
    float[] weights = new float[size];
    Arrays.fill(weights, SUBNORMAL);
    Plan made = plan.apply(weights);
    float[] src = new float[made.inputSize()];
    Arrays.fill(src, LARGE);
    for (float value : run(made, src)) {
      if ((value == 0) != (accuracy != Accuracy.STRICT)) {
        throw new AssertionError(value + ", " + accuracy + ": " + made);
      }
    }
  }

  @Example
  @Label("subnormal inputs and biases stay what they are")
  void subnormalInputs() {
    for (Algorithm algorithm : new Algorithm[] {Algorithm.POINTWISE, Algorithm.IM2COL_GEMM}) {
      Conv2d conv = Conv2d.builder().input(1, 1, 3, 3).filters(1, 1, 1).build();
      float[] src = new float[9];
      Arrays.fill(src, SUBNORMAL);
      float[] dst = run(conv.plan(new float[] {1}, new float[] {SUBNORMAL}, algorithm), src);
      for (float value : dst) {
        require(value == 2 * SUBNORMAL, algorithm + " gives " + value);
      }
    }
  }

  @Example
  @Label("clamps pass NaN on, and ReLU a negative zero")
  void clamps() {
    for (Layout layout : Layout.values()) {
      Conv2d conv =
          Conv2d.builder()
              .input(1, 20, 3, 3)
              .filters(20, 1, 1)
              .groups(20)
              .activation(Activation.RELU)
              .layout(layout)
              .build();
      float[] weights = new float[20];
      Arrays.fill(weights, 1);
      float[] bias = new float[20];
      Arrays.fill(bias, -0f);
      float[] src = new float[180];
      Arrays.fill(src, -0f);
      for (float value : run(conv.plan(weights, bias), src)) {
        require(value == 0 && 1 / value < 0, "ReLU makes " + value + " of -0");
      }
      Arrays.fill(src, Float.NaN);
      for (float value : run(conv.plan(weights, bias), src)) {
        require(Float.isNaN(value), "ReLU makes " + value + " of NaN");
      }
    }
  }

  @Example
  @Label("beta 0 does not read C, but alpha 0 reads A and B")
  void factorsOfAProduct() {
    float[] a = {Float.NaN, 1, 1, 1};
    float[] b = {1, 1, 1, 1};
    float[] c = {Float.NaN, Float.NaN, Float.NaN, Float.NaN};
    Gemm.builder().sizes(2, 2, 2).build().run(b, b, c);
    require(Arrays.equals(c, new float[] {2, 2, 2, 2}), "beta 0: " + Arrays.toString(c));
    Gemm.builder().sizes(2, 2, 2).alpha(0).build().run(a, b, c);
    require(Float.isNaN(c[0]) && c[2] == 0, "alpha 0: " + Arrays.toString(c));
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static float[] run(Plan plan, float[] src) {
    float[] dst = new float[plan.outputSize()];
    plan.run(src, dst, Execution.serial());
    return dst;
  }
}
