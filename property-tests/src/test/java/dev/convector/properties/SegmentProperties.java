package dev.convector.properties;

import dev.convector.Algorithm;
import dev.convector.ColumnOrder;
import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Conv3d;
import dev.convector.Conv3dPlan;
import dev.convector.ConvShape;
import dev.convector.ConvTranspose2dPlan;
import dev.convector.DepthwiseSeparable2d;
import dev.convector.DepthwiseSeparable2dPlan;
import dev.convector.FullyConnected;
import dev.convector.FullyConnectedPlan;
import dev.convector.Gemm;
import dev.convector.GemmPlan;
import dev.convector.Layout;
import dev.convector.Plan;
import dev.convector.Pool2dBackwardPlan;
import dev.convector.Pool2dPlan;
import dev.convector.Unfold;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("segments")
class SegmentProperties {
  /** Fewer than others: each is two runs of each algorithm. */
  private static final int TRIES = 60;

  private static final int FEW = 15;

  /** Each is two runs of two algorithms. */
  private static final int LARGE = 8;

  @Property(tries = TRIES)
  @Label("a convolution has the bits of the run on arrays, with every algorithm")
  void convolution(@ForAll(supplier = ConvCases.Any.class) ConvCase of) {
    CaseArrays arrays = new CaseArrays(of);
    for (Algorithm algorithm : of.algorithms()) {
      convolution(of, arrays, algorithm);
    }
  }

  private static void convolution(ConvCase of, CaseArrays arrays, Algorithm algorithm) {
    Conv2dPlan plan = of.conv().plan(arrays.weights, arrays.bias, algorithm);
    new SegmentCheck(of.seed(), of.threads(), algorithm + ", " + of)
        .require(
            Arrays.copyOfRange(arrays.src, of.srcOffset(), of.srcOffset() + of.inputSize()),
            of.outputSize(),
            of.residual(),
            (x, r, y, e) -> plan.run(x, 0, r, 0, y, 0, e),
            plan::run);
  }

  @Property(tries = LARGE)
  @Label("so has a larger one, with units of several threads")
  void largeConvolution(@ForAll(supplier = ConvCases.Large.class) ConvCase of) {
    CaseArrays arrays = new CaseArrays(of);
    convolution(of, arrays, Algorithm.AUTO);
    List<Algorithm> others =
        of.algorithms().stream().filter(a -> a != Algorithm.REFERENCE).toList();
    convolution(of, arrays, others.get((int) (of.seed() % others.size())));
  }

  @Property(tries = TRIES)
  @Label("so has a transposed one")
  void transposed(@ForAll(supplier = TransposedCases.Any.class) TransposedCase of) {
    CaseArrays arrays = new CaseArrays(of);
    float[] src = Arrays.copyOfRange(arrays.src, of.srcOffset(), of.srcOffset() + of.inputSize());
    for (Algorithm algorithm : of.algorithms()) {
      ConvTranspose2dPlan plan = of.conv().plan(arrays.weights, arrays.bias, algorithm);
      new SegmentCheck(of.seed(), of.threads(), algorithm + ", " + of)
          .require(
              src,
              of.outputSize(),
              of.residual(),
              (x, r, y, e) -> plan.run(x, 0, r, 0, y, 0, e),
              plan::run);
    }
  }

  @Property(tries = FEW)
  @Label("so has one with three axes, and its gradient")
  void volume(@ForAll(supplier = VolumeCases.Three.class) VolumeCase of) {
    CaseArrays arrays = new CaseArrays(of);
    Conv3d conv = Conv3dProperties.builder(of).activation(of.options().activation()).build();
    Conv3dPlan plan = conv.plan(arrays.weights, arrays.bias);
    new SegmentCheck(of.seed(), of.threads(), plan)
        .require(
            Member.floats(new Random(of.seed()), plan.inputSize()),
            plan.outputSize(),
            of.residual(),
            (x, r, y, e) -> plan.run(x, 0, r, 0, y, 0, e),
            plan::run);
    plan(of.seed(), of.threads(), conv.backwardData(arrays.weights));
  }

  @Property(tries = FEW)
  @Label("so has one with two and padding of all kinds, and its gradient")
  void padded(@ForAll(supplier = VolumeCases.Two.class) VolumeCase of) {
    CaseArrays arrays = new CaseArrays(of);
    Conv2d conv = PaddingModeProperties.describe(of);
    Conv2dPlan plan = conv.plan(arrays.weights, arrays.bias);
    new SegmentCheck(of.seed(), of.threads(), plan)
        .require(
            Member.floats(new Random(of.seed()), plan.inputSize()),
            plan.outputSize(),
            of.residual(),
            (x, r, y, e) -> plan.run(x, 0, r, 0, y, 0, e),
            plan::run);
    plan(of.seed(), of.threads(), conv.backwardData(arrays.weights));
  }

  @Property(tries = TRIES)
  @Label("so has a separable one")
  void separable(@ForAll(supplier = SeparableCases.Any.class) SeparableCase of) {
    DepthwiseSeparable2d conv = of.conv();
    Random random = new Random(of.seed());
    DepthwiseSeparable2dPlan plan =
        conv.plan(
            Member.floats(random, conv.depthwise().weightsSize()),
            Member.floats(random, conv.depthwise().filters()),
            Member.floats(random, conv.pointwise().weightsSize()),
            null);
    Residual residual = Residual.values()[random.nextInt(3)];
    new SegmentCheck(of.seed(), of.threads(), of)
        .require(
            Member.floats(random, plan.inputSize()),
            plan.outputSize(),
            residual,
            (x, r, y, e) -> plan.run(x, 0, r, 0, y, 0, e),
            plan::run);
  }

  @Property(tries = TRIES)
  @Label("so has a pooling, with indices and without, and its gradient")
  void pool(@ForAll(supplier = PoolCase.Any.class) PoolCase of) {
    Pool2dPlan plan = of.pool().plan();
    plan(of.seed(), of.threads(), plan);
    Pool2dBackwardPlan backward = of.pool().backward();
    if (!of.pool().isMax()) {
      plan(of.seed(), of.threads(), backward);
      return;
    }
    int[] indices = new int[plan.outputSize()];
    int[] same = new int[plan.outputSize()];
    new SegmentCheck(of.seed(), of.threads(), of)
        .require(
            Member.floats(new Random(of.seed()), plan.inputSize()),
            plan.outputSize(),
            Residual.NONE,
            (x, r, y, e) -> plan.run(x, 0, y, 0, indices, 0, e),
            (x, r, y, e) -> plan.run(x, y, same, e));
    if (!Arrays.equals(indices, same)) {
      throw new AssertionError("other indices: " + of);
    }
    new SegmentCheck(of.seed(), of.threads(), of)
        .require(
            Member.floats(new Random(of.seed()), plan.outputSize()),
            plan.inputSize(),
            Residual.NONE,
            (x, r, y, e) -> backward.run(x, 0, indices, 0, y, 0, e),
            (x, r, y, e) -> backward.run(x, indices, y, e));
  }

  @Property(tries = TRIES)
  @Label("so has a resizing, and its gradient")
  void upsample(@ForAll(supplier = UpsampleCase.Any.class) UpsampleCase of) {
    plan(of.seed(), of.threads(), of.upsample().plan());
    plan(of.seed(), of.threads(), of.upsample().backward());
  }

  @Property(tries = TRIES)
  @Label("so has an unfolding in both orders, and its adjoint")
  void unfold(@ForAll(supplier = ConvCases.Any.class) ConvCase of) {
    for (ColumnOrder order : ColumnOrder.values()) {
      ConvShape s = of.conv().shape();
      Unfold unfold =
          Unfold.builder()
              .input(s.batch(), s.channels(), s.height(), s.width())
              .kernel(2, 3)
              .padding(1)
              .order(order)
              .layout(of.conv().layout())
              .build();
      plan(of.seed(), of.threads(), unfold.plan());
      plan(of.seed(), of.threads(), unfold.fold());
    }
  }

  @Example
  @Label("so has a fully connected layer")
  void fullyConnected() {
    for (Layout layout : Layout.values()) {
      FullyConnected layer =
          FullyConnected.builder().input(3, 5, 6, 7).outputs(37).layout(layout).build();
      Random random = new Random(1);
      FullyConnectedPlan plan =
          layer.plan(Member.floats(random, 37 * 210), Member.floats(random, 37));
      for (Threads threads : Threads.values()) {
        plan(2, threads, plan);
      }
    }
  }

  @Property(tries = TRIES)
  @Label("so has a matrix product")
  void gemm(@ForAll(supplier = GemmCases.Any.class) GemmCase of) {
    Random random = new Random(of.seed());
    GemmPlan plan = of.builder().build().plan(Member.floats(random, of.bSize()));
    new SegmentCheck(of.seed(), of.threads(), of)
        .require(
            Member.floats(random, of.aSize()),
            of.cSize(),
            Residual.NONE,
            (x, r, y, e) -> plan.run(x, 0, y, 0, e),
            (x, r, y, e) -> plan.run(x, y, e));
  }

  @Property(tries = TRIES)
  @Label("so has one whose right matrix comes with each run")
  void gemmWithoutPlan(@ForAll(supplier = GemmCases.Any.class) GemmCase of) {
    Random random = new Random(of.seed());
    Gemm gemm = of.builder().build();
    float[] right = Member.floats(random, of.bSize());
    MemorySegment b = Memory.any(random).of(right, random.nextInt(8)).segment();
    new SegmentCheck(of.seed(), of.threads(), of)
        .require(
            Member.floats(random, of.aSize()),
            of.cSize(),
            Residual.NONE,
            (x, r, y, e) -> gemm.run(x, 0, right, 0, y, 0, e),
            (x, r, y, e) -> gemm.run(x, b, y, e));
  }

  @Property(tries = TRIES)
  @Label("so have the gradients of weights and bias")
  void weights(@ForAll(supplier = ConvCases.Any.class) ConvCase of) {
    BackwardWeightsProperties.of(of, Values.FLOATS).checkSegments();
  }

  @Property(tries = LARGE)
  @Label("so have larger ones, which several threads copy")
  void largeWeights(@ForAll(supplier = ConvCases.Large.class) ConvCase of) {
    BackwardWeightsProperties.of(of, Values.FLOATS).checkSegments();
  }

  @Property(tries = TRIES)
  @Label("so have those of transposed convolutions")
  void transposedWeights(@ForAll(supplier = TransposedCases.Any.class) TransposedCase of) {
    BackwardWeightsProperties.of(of, Values.FLOATS).checkSegments();
  }

  @Property(tries = FEW)
  @Label("so have those with three axes")
  void volumeWeights(@ForAll(supplier = VolumeCases.Three.class) VolumeCase of) {
    Conv3d conv = Conv3dProperties.builder(of).build();
    new WeightsCheck(of, Values.FLOATS, conv.backwardWeights(), VolumeOracle.reference(of)::weights)
        .checkSegments();
  }

  private static void plan(long seed, Threads threads, Plan plan) {
    new SegmentCheck(seed, threads, plan)
        .require(
            Member.floats(new Random(seed), plan.inputSize()),
            plan.outputSize(),
            Residual.NONE,
            (x, r, y, e) -> plan.run(x, y, e),
            (x, r, y, e) -> plan.run(x, y, e));
  }
}
