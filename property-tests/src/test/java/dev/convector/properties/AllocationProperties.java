package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.BackwardDataPlan;
import dev.convector.BackwardWeightsPlan;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Conv3d;
import dev.convector.Conv3dPlan;
import dev.convector.ConvTranspose2d;
import dev.convector.Coordinates;
import dev.convector.DepthwiseSeparable2d;
import dev.convector.DepthwiseSeparable2dPlan;
import dev.convector.Execution;
import dev.convector.Gemm;
import dev.convector.GemmPlan;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.Plan;
import dev.convector.Pool2d;
import dev.convector.Pool2dBackwardPlan;
import dev.convector.Pool2dPlan;
import dev.convector.Unfold;
import dev.convector.Upsample2d;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import jdk.incubator.vector.FloatVector;
import net.jqwik.api.Example;
import net.jqwik.api.Label;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** Every member of the family, with every algorithm; all but pooling and resizing on a pool too. */
@AddLifecycleHook(AllocationProperties.OwnVectors.class)
@Label("a run allocates nothing in the steady state")
class AllocationProperties {
  /**
   * Skips all but the machine's own vectors and blocks, unless {@code
   * convector.test.everyAllocation} is set: until everything is compiled takes a minute and a half.
   */
  static final class OwnVectors implements SkipExecutionHook {
    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
      int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
      boolean isOwn =
          Integer.getInteger("convector.test.vectorBits", widest) == widest
              && System.getProperty("convector.blockingShrink") == null;
      return isOwn || Boolean.getBoolean("convector.test.everyAllocation")
          ? SkipResult.doNotSkip()
          : SkipResult.skip("of narrower vectors and small blocks in -P every-geometry alone");
    }
  }

  @Example
  @Label("on the calling thread alone")
  void serial() {
    checkAll(Execution.serial());
    checkPools(Execution.serial());
    checkResizing(Execution.serial());
  }

  @Example
  @Label("on a pool")
  void pool() {
    try (ForkJoinPool pool = Steady.pool(3)) {
      checkAll(Execution.on(pool));
    }
  }

  /** The same in a JVM of its own, for {@link Steady}. */
  public static void main(String[] none) {
    AllocationProperties all = new AllocationProperties();
    all.serial();
    all.pool();
  }

  private static void checkAll(Execution execution) {
    for (Layout layout : Layout.values()) {
      check(dense(layout, 3, Activation.RELU), execution);
      check(dense(layout, 1, Activation.GELU), execution);
      check(circular(layout), execution);
      check(depthwise(layout, 3, 7, 1), execution);
      for (int kernel = 3; kernel <= 7; kernel += 2) {
        check(depthwise(layout, kernel, 28, 1), execution);
        check(depthwise(layout, kernel, 28, 2), execution);
      }
      check(few(layout, 3, 3), execution);
      check(few(layout, 28, 1), execution);
      for (int channels : new int[] {4, 8, 16, 32}) {
        check(grouped(layout, channels, 1), execution);
        check(grouped(layout, channels, 2), execution);
      }
      checkVolume(layout, PaddingMode.ZEROS, execution);
      checkVolume(layout, PaddingMode.REPLICATE, execution);
      checkSeparable(layout, 14, 1, Activation.RELU, execution);
      checkSeparable(layout, 30, 1, Activation.HARD_SWISH, execution);
      checkSeparable(layout, 30, 2, Activation.RELU6, execution);
    }
    checkGemm(execution);
    checkGradients(execution);
    checkTransposed(execution);
    checkSegments(execution);
  }

  /** Off the heap, one not aligned, dense and depthwise; a product. */
  private static void checkSegments(Execution execution) {
    for (Layout layout : Layout.values()) {
      for (Conv2d conv : List.of(dense(layout, 3, Activation.RELU), depthwise(layout, 3, 28, 1))) {
        Conv2dPlan plan = conv.plan(new float[conv.shape().weightsSize()]);
        MemorySegment x = Arena.ofAuto().allocate(4L * plan.inputSize() + 1).asSlice(1);
        MemorySegment y = Arena.ofAuto().allocate(4L * plan.outputSize());
        String what = "segments, " + ConvCase.text(conv);
        steady(() -> plan.run(x, y, execution), what, execution);
        steady(() -> plan.run(x, y, y, execution), what + ", residual", execution);
      }
    }
    GemmPlan plan = Gemm.builder().sizes(130, 333, 40).build().plan(new float[40 * 333]);
    MemorySegment a = Arena.ofAuto().allocate(4L * 130 * 40);
    MemorySegment c = Arena.ofAuto().allocate(4L * 130 * 333);
    steady(() -> plan.run(a, c, execution), "segments, Gemm", execution);
    MemorySegment b = Arena.ofAuto().allocate(4L * 40 * 333);
    Gemm gemm = plan.description();
    steady(() -> gemm.run(a, b, c, execution), "segments, Gemm without a plan", execution);
    BackwardWeightsPlan gradients = dense(Layout.NHWC, 3, Activation.NONE).backwardWeights();
    MemorySegment x = Arena.ofAuto().allocate(4L * gradients.inputSize());
    MemorySegment y = Arena.ofAuto().allocate(4L * gradients.outputSize());
    MemorySegment w = Arena.ofAuto().allocate(4L * gradients.weightsSize());
    steady(() -> gradients.run(x, y, w, null, execution), "segments, gradients", execution);
  }

  /** Rows that lanes fill and don't fill, forward and backward. */
  private static void checkPools(Execution execution) {
    for (Layout layout : Layout.values()) {
      for (int channels : new int[] {3, 40}) {
        for (boolean max : new boolean[] {true, false}) {
          Pool2d.Builder of = Pool2d.builder().layout(layout);
          of = max ? of.max() : of.average(false);
          of.input(2, channels, 30, 37);
          check(of.kernel(3, 3).padding(1).build(), execution);
          check(of.stride(2).build(), execution);
          check(of.kernel(5, 5).dilation(2).build(), execution);
          check(of.global().build(), execution);
          check(of.adaptive(4, 5).build(), execution);
        }
      }
    }
  }

  private static void check(Pool2d pool, Execution execution) {
    Pool2dPlan plan = pool.plan();
    Pool2dBackwardPlan back = pool.backward();
    float[] x = new float[plan.inputSize()];
    float[] y = new float[plan.outputSize()];
    int[] indices = new int[y.length];
    String what = PoolCase.text(pool);
    steady(() -> plan.run(x, 0, y, 0, execution), what, execution);
    if (pool.isMax()) {
      steady(() -> plan.run(x, 0, y, 0, indices, 0, execution), what + " with indices", execution);
      steady(() -> back.run(y, 0, indices, 0, x, 0, execution), what + " backward", execution);
    } else {
      steady(() -> back.run(y, 0, x, 0, execution), what + " backward", execution);
    }
  }

  private static void checkResizing(Execution execution) {
    for (Layout layout : Layout.values()) {
      for (int channels : new int[] {3, 40}) {
        Upsample2d.Builder of = Upsample2d.builder().layout(layout).input(2, channels, 20, 27);
        for (double scale : new double[] {0.6, 2}) {
          of.scale(scale, scale);
          check(of.nearest().build(), execution);
          check(of.bilinear().build(), execution);
          check(of.bicubic().coordinates(Coordinates.ALIGN_CORNERS).build(), execution);
        }
      }
    }
  }

  private static void check(Upsample2d upsample, Execution execution) {
    steady(upsample.plan(), execution);
    steady(upsample.backward(), execution);
  }

  /** Dense, grouped and depthwise; as a layer, as a gradient, and the windows as a matrix. */
  private static void checkTransposed(Execution execution) {
    for (Layout layout : Layout.values()) {
      for (int groups : new int[] {1, 10, 40}) {
        ConvTranspose2d transposed =
            ConvTranspose2d.builder()
                .input(1, 40, 9, 11)
                .filters(40, 4, 4)
                .stride(2)
                .padding(1)
                .groups(groups)
                .layout(layout)
                .build();
        steady(transposed.plan(new float[40 * 40 / groups * 16]), execution);
      }
      Conv2d conv = dense(layout, 3, Activation.NONE);
      steady(conv.backwardData(new float[conv.shape().weightsSize()]), execution);
      Unfold unfold =
          Unfold.builder().input(1, 24, 15, 17).kernel(3, 3).padding(1).layout(layout).build();
      steady(unfold.plan(), execution);
      steady(unfold.fold(), execution);
    }
  }

  private static void steady(Plan plan, Execution execution) {
    float[] src = new float[plan.inputSize()];
    float[] dst = new float[plan.outputSize()];
    steady(() -> plan.run(src, dst, execution), plan.toString(), execution);
  }

  /** Dense, grouped and depthwise, accumulating, with the bias'. */
  private static void checkGradients(Execution execution) {
    for (Layout layout : Layout.values()) {
      for (Conv2d conv :
          List.of(
              dense(layout, 3, Activation.NONE),
              grouped(layout, 4, 2),
              depthwise(layout, 3, 7, 1))) {
        BackwardWeightsPlan plan = conv.backwardWeights().accumulating();
        float[] input = new float[plan.inputSize()];
        float[] output = new float[plan.outputSize()];
        float[] weights = new float[plan.weightsSize()];
        float[] bias = new float[plan.biasSize()];
        steady(() -> plan.run(input, output, weights, bias, execution), "" + plan, execution);
      }
    }
  }

  /** Tails in all directions, transposed or not, packed before or not. */
  private static void checkGemm(Execution execution) {
    for (boolean transposed : new boolean[] {false, true}) {
      Gemm gemm =
          Gemm.builder()
              .sizes(130, 333, 40)
              .transposeA(transposed)
              .transposeB(transposed)
              .alpha(2)
              .beta(0.5f)
              .build();
      float[] a = new float[130 * 40];
      float[] b = new float[40 * 333];
      float[] c = new float[130 * 333];
      GemmPlan plan = gemm.plan(b);
      String what = "Gemm" + (transposed ? " of transposed matrices" : "");
      steady(() -> gemm.run(a, 0, b, 0, c, 0, execution), what, execution);
      steady(() -> plan.run(a, 0, c, 0, execution), what + ", packed", execution);
    }
  }

  private static Conv2d dense(Layout layout, int kernel, Activation activation) {
    return Conv2d.builder()
        .input(1, 32, 16, 16)
        .filters(40, kernel, kernel)
        .padding(kernel / 2)
        .layout(layout)
        .activation(activation)
        .build();
  }

  private static Conv2d circular(Layout layout) {
    return Conv2d.builder()
        .input(2, 16, 12, 13)
        .filters(20, 3, 3)
        .padding(1)
        .paddingMode(PaddingMode.CIRCULAR)
        .layout(layout)
        .build();
  }

  private static void checkVolume(Layout layout, PaddingMode mode, Execution execution) {
    Conv3d conv =
        Conv3d.builder()
            .input(1, 17, 4, 9, 10)
            .filters(20, 3, 3, 3)
            .padding(1)
            .paddingMode(mode)
            .layout(layout)
            .build();
    Conv3dPlan plan = conv.plan(new float[conv.shape().weightsSize()]);
    BackwardDataPlan back = conv.backwardData(new float[conv.shape().weightsSize()]);
    float[] src = new float[plan.inputSize()];
    float[] dst = new float[plan.outputSize()];
    float[] residual = new float[plan.outputSize()];
    steady(() -> plan.run(src, 0, dst, 0, execution), conv.toString(), execution);
    steady(() -> plan.run(src, 0, residual, 0, dst, 0, execution), conv + ", residual", execution);
    steady(() -> back.run(dst, 0, src, 0, execution), back.toString(), execution);
    BackwardWeightsPlan gradient = conv.backwardWeights();
    float[] weights = new float[gradient.weightsSize()];
    float[] bias = new float[gradient.biasSize()];
    steady(() -> gradient.run(src, dst, weights, bias, execution), gradient.toString(), execution);
  }

  private static Conv2d depthwise(Layout layout, int kernel, int size, int stride) {
    return Conv2d.builder()
        .input(1, 40, size, size)
        .filters(40, kernel, kernel)
        .stride(stride)
        .padding(kernel / 2)
        .groups(40)
        .layout(layout)
        .build();
  }

  private static Conv2d grouped(Layout layout, int groupChannels, int stride) {
    return Conv2d.builder()
        .input(1, 3 * groupChannels, 15, 17)
        .filters(3 * groupChannels, 3, 3)
        .groups(3)
        .stride(stride)
        .padding(1)
        .layout(layout)
        .build();
  }

  private static void checkSeparable(
      Layout layout, int size, int stride, Activation activation, Execution execution) {
    DepthwiseSeparable2d conv =
        DepthwiseSeparable2d.builder()
            .input(1, 40, size, size)
            .kernel(3, 3)
            .stride(stride)
            .padding(1)
            .filters(24)
            .layout(layout)
            .depthwiseActivation(activation)
            .activation(activation)
            .build();
    DepthwiseSeparable2dPlan plan = conv.plan(new float[40 * 9], null, new float[24 * 40], null);
    float[] src = new float[conv.depthwise().inputSize()];
    float[] dst = new float[conv.pointwise().outputSize()];
    float[] residual = new float[dst.length];
    steady(() -> plan.run(src, 0, dst, 0, execution), conv.toString(), execution);
    steady(() -> plan.run(src, 0, residual, 0, dst, 0, execution), conv + ", residual", execution);
  }

  /** Few channels, as in a first layer, on planes large enough for lanes along the pixels. */
  private static Conv2d few(Layout layout, int channels, int kernel) {
    return Conv2d.builder()
        .input(1, channels, 29, 31)
        .filters(24, kernel, kernel)
        .padding(kernel / 2)
        .layout(layout)
        .build();
  }

  private static void check(Conv2d conv, Execution execution) {
    for (Algorithm algorithm : Algorithm.values()) {
      if (algorithm != Algorithm.REFERENCE && conv.refusal(algorithm).isEmpty()) {
        check(conv, algorithm, execution);
      }
    }
  }

  private static void check(Conv2d conv, Algorithm algorithm, Execution execution) {
    float[] src = new float[conv.shape().inputSize()];
    float[] dst = new float[conv.shape().outputSize()];
    float[] residual = new float[dst.length];
    Conv2dPlan plan = conv.plan(new float[conv.shape().weightsSize()], null, algorithm);
    String what = "Algorithm." + algorithm + ", " + ConvCase.text(conv);
    steady(() -> plan.run(src, 0, residual, 0, dst, 0, execution), what, execution);
    steady(() -> plan.run(src, 0, dst, 0, execution), what + " without residual", execution);
  }

  private static void steady(Runnable run, String what, Execution execution) {
    Steady.require(run, what, execution, AllocationProperties.class);
  }
}
