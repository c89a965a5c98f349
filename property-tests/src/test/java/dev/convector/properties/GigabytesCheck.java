package dev.convector.properties;

import dev.convector.Algorithm;
import dev.convector.BackwardWeightsPlan;
import dev.convector.Conv2d;
import dev.convector.ConvTranspose2d;
import dev.convector.Execution;
import dev.convector.Gemm;
import dev.convector.Layout;
import dev.convector.Plan;
import dev.convector.Pool2d;
import dev.convector.Upsample2d;
import dev.convector.reference.ReferenceConv2d;
import dev.convector.reference.ReferenceConv2dBackward;
import dev.convector.reference.ReferencePool2d;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import net.jqwik.api.Example;
import net.jqwik.api.Label;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * One array as long as the heap allows, at most what Java can index: 2^31 elements need a heap of
 * 10 GB. In the profile {@code gigabytes} only.
 */
@Label("arrays of gigabytes")
class GigabytesCheck {
  /** Bytes of the heap that are left to everything else. */
  private static final long REST = 900L << 20;

  /** Pixels of an image's row, or elements of a matrix's. */
  private static final int WIDTH = 40_009;

  private static final int HEIGHT =
      (int)
          (Math.min(Integer.MAX_VALUE - 8, (Runtime.getRuntime().maxMemory() - REST) / Float.BYTES)
              / WIDTH);

  /** Outputs that are looked at where there are too many for the oracle. */
  private static final int SAMPLES = 100_000;

  /** Used by all, so that there is one. */
  private static float[] large = new float[HEIGHT * WIDTH];

  @AfterContainer
  static void free() {
    large = null;
  }

  @Example
  @Label("as a convolution's input, by every algorithm, and in its weights' gradient")
  void input() {
    fill();
    for (Layout layout : Layout.values()) {
      Conv2d conv =
          Conv2d.builder()
              .input(1, 1, HEIGHT, WIDTH)
              .filters(3, 3, 5)
              .padding(1)
              .stride(1_000, 999)
              .layout(layout)
              .build();
      float[] weights = PlanCheck.integers(conv.shape().weightsSize(), 3);
      float[] expected = new float[conv.shape().outputSize()];
      ReferenceConv2d.run(
          conv.shape(),
          layout,
          false,
          conv.activation(),
          weights,
          null,
          large,
          0,
          null,
          0,
          expected,
          0);
      for (Algorithm algorithm : Algorithm.values()) {
        if (conv.refusal(algorithm).isEmpty()) {
          compare(conv.plan(weights, null, algorithm), expected);
        }
      }
      float[] gradient = PlanCheck.integers(expected.length, 5);
      float[] sums = new float[weights.length];
      ReferenceConv2dBackward.weights(conv.shape(), layout, false, large, 0, gradient, 0, sums, 0);
      BackwardWeightsPlan backward = conv.backwardWeights();
      float[] actual = new float[weights.length];
      backward.run(large, gradient, actual, null, Execution.common());
      PoolProperties.requireClose(sums, actual, 0, backward);
    }
  }

  private static void compare(Plan plan, float[] expected) {
    float[] dst = new float[expected.length];
    plan.run(large, dst, Execution.common());
    PoolProperties.requireClose(expected, dst, 0, plan);
  }

  @Example
  @Label("as a pool's input")
  void pooled() {
    fill();
    for (Layout layout : Layout.values()) {
      Pool2d pool =
          Pool2d.builder()
              .max()
              .input(1, 1, HEIGHT, WIDTH)
              .kernel(2, 3)
              .stride(1_001, 77)
              .layout(layout)
              .build();
      float[] expected = new float[pool.plan().outputSize()];
      ReferencePool2d.run(pool, large, 0, expected, 0, null);
      compare(pool.plan(), expected);
    }
  }

  @Example
  @Label("as a convolution's output, of many filters or of many pixels")
  void output() {
    for (Layout layout : Layout.values()) {
      boolean last = layout == Layout.NHWC;
      Conv2d filters =
          Conv2d.builder().input(1, 1, 1, WIDTH).filters(HEIGHT, 1, 1).layout(layout).build();
      float[] pixels = PlanCheck.integers(WIDTH, 1);
      float[] weights = PlanCheck.integers(HEIGHT, 2);
      written(
          filters.plan(weights),
          pixels,
          i ->
              last
                  ? pixels[i / HEIGHT] * weights[i % HEIGHT]
                  : pixels[i % WIDTH] * weights[i / WIDTH]);
      ConvTranspose2d spread =
          ConvTranspose2d.builder()
              .input(1, 1, HEIGHT / 8, WIDTH / 7)
              .filters(1, 8, 7)
              .stride(8, 7)
              .layout(layout)
              .build();
      int width = WIDTH / 7 * 7;
      float[] src = PlanCheck.integers(HEIGHT / 8 * (WIDTH / 7), 1);
      float[] taps = PlanCheck.integers(56, 2);
      written(
          spread.plan(taps, null),
          src,
          i -> src[i / width / 8 * (WIDTH / 7) + i % width / 7] * taps[i / width % 8 * 7 + i % 7]);
      Upsample2d nearest =
          Upsample2d.builder()
              .input(1, 1, HEIGHT / 8, WIDTH / 7)
              .output(HEIGHT / 8 * 8, width)
              .nearest()
              .layout(layout)
              .build();
      written(nearest.plan(), src, i -> src[i / width / 8 * (WIDTH / 7) + i % width / 7]);
    }
  }

  @Example
  @Label("as each matrix of a product")
  void product() {
    float[] one = PlanCheck.integers(HEIGHT, 1);
    float[] other = PlanCheck.integers(WIDTH, 2);
    Arrays.fill(large, Float.NaN);
    Gemm.builder().sizes(HEIGHT, WIDTH, 1).build().run(one, other, large);
    check(large.length, i -> one[i / WIDTH] * other[i % WIDTH], "c");
    fill();
    for (boolean turned : new boolean[] {false, true}) {
      float[] rows = new float[turned ? WIDTH : HEIGHT];
      float[] factors = turned ? one : other;
      Gemm left = Gemm.builder().sizes(rows.length, 1, factors.length).transposeA(turned).build();
      left.run(large, factors, rows);
      PoolProperties.requireClose(sums(turned, factors), rows, 0, left);
      Arrays.fill(rows, Float.NaN);
      Gemm right = Gemm.builder().sizes(1, rows.length, factors.length).transposeB(!turned).build();
      right.run(factors, large, rows);
      PoolProperties.requireClose(sums(turned, factors), rows, 0, right);
    }
  }

  /** Each row times the factors, or each column. */
  private static float[] sums(boolean turned, float[] factors) {
    double[] sums = new double[turned ? WIDTH : HEIGHT];
    for (int i = 0; i < large.length; i++) {
      int row = i / WIDTH;
      int column = i - row * WIDTH;
      sums[turned ? column : row] += large[i] * factors[turned ? row : column];
    }
    float[] rounded = new float[sums.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) sums[i];
    }
    return rounded;
  }

  /** Integers from -2 to 2, in an order that no row shares. */
  private static void fill() {
    for (int i = 0; i < large.length; i++) {
      large[i] = (int) ((i * 0x9e3779b97f4a7c15L) >>> 40) % 5 - 2;
    }
  }

  private static void written(Plan plan, float[] src, IntToDoubleFunction expected) {
    Arrays.fill(large, Float.NaN);
    plan.run(src, large, Execution.common());
    check(plan.outputSize(), expected, plan);
  }

  /** The first, the last and others. */
  private static void check(int size, IntToDoubleFunction expected, Object of) {
    Random random = new Random(size);
    for (int sample = 0; sample < SAMPLES; sample++) {
      int i =
          sample < 1_000
              ? sample
              : sample < 2_000 ? size - 1 - sample % 1_000 : random.nextInt(size);
      if (large[i] != expected.applyAsDouble(i)) {
        throw new AssertionError(
            i + " is " + large[i] + ", not " + expected.applyAsDouble(i) + ": " + of);
      }
    }
  }
}
