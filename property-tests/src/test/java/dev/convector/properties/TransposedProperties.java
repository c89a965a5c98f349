package dev.convector.properties;

import dev.convector.Algorithm;
import dev.convector.Conv2d;
import dev.convector.ConvTranspose2d;
import dev.convector.ConvTranspose2dPlan;
import dev.convector.ConvTransposeShape;
import dev.convector.Execution;
import dev.convector.TransposedAxis;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

@Label("transposed convolution")
class TransposedProperties {
  /** Fewer than others: each is eight runs of each algorithm. */
  private static final int LARGE_TRIES = 25;

  @Property
  @Label("on integers: the oracle's to the bit, where the activation is piecewise linear")
  void integers(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    TransposedOracle oracle = new TransposedOracle(any);
    for (Algorithm algorithm : any.algorithms()) {
      oracle.check(algorithm);
    }
  }

  @Property
  @Label("on floats: the oracle's within the bounds")
  void floats(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    TransposedCase floats = any.with(Values.FLOATS);
    TransposedOracle oracle = new TransposedOracle(floats);
    for (Algorithm algorithm : floats.algorithms()) {
      oracle.check(algorithm);
    }
  }

  @Property
  @Label("NaN and infinities end in the outputs of their window, and nowhere else")
  void specials(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    TransposedCase specials = any.with(Values.SPECIALS);
    TransposedOracle oracle = new TransposedOracle(specials);
    for (Algorithm algorithm : specials.exactAlgorithms()) {
      oracle.check(algorithm);
    }
  }

  @Property(tries = LARGE_TRIES)
  @Label("the bits are the same in serial, on the common pool and on pools of 1, 2, 3, 7 and 8")
  void bitsDependOnNoPool(@ForAll(supplier = TransposedCases.Large.class) TransposedCase large) {
    CaseArrays arrays = new CaseArrays(large);
    for (Algorithm algorithm : large.algorithms()) {
      if (algorithm != Algorithm.REFERENCE) {
        ConvTranspose2dPlan plan = large.conv().plan(arrays.weights, arrays.bias, algorithm);
        float[] serial = run(plan, arrays, Execution.serial());
        for (Threads threads : Threads.values()) {
          int at = Arrays.mismatch(serial, run(plan, arrays, threads.execution));
          if (at >= 0) {
            throw new AssertionError(
                "output " + at + " differs with " + threads + ": " + algorithm + ", " + large);
          }
        }
      }
    }
  }

  private static float[] run(ConvTranspose2dPlan plan, CaseArrays arrays, Execution execution) {
    float[] dst = new float[plan.outputSize()];
    float[] residual = arrays.residual == arrays.dst ? arrays.dst.clone() : arrays.residual;
    plan.run(arrays.src, arrays.srcOffset(), residual, arrays.residualOffset, dst, 0, execution);
    return dst;
  }

  /** Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016. */
  @Property
  @Label("is the convolution, with the kernel turned, of the input with zeros between its pixels")
  void zerosBetween(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    ConvTransposeShape s = any.conv().shape();
    CaseArrays arrays = new CaseArrays(any);
    TransposedAxis rows = s.rows();
    TransposedAxis columns = s.columns();
    int height = (s.height() - 1) * rows.stride() + 1 + rows.outputPadding();
    int width = (s.width() - 1) * columns.stride() + 1 + columns.outputPadding();
    Image input =
        new Image(
            any.conv().layout(),
            s.batch(),
            s.channels(),
            s.height(),
            s.width(),
            Arrays.copyOfRange(arrays.src, any.srcOffset(), any.srcOffset() + any.inputSize()));
    Image stuffed =
        Image.of(
            any.conv().layout(),
            s.batch(),
            s.channels(),
            height,
            width,
            (n, c, y, x) ->
                y % rows.stride() == 0
                        && x % columns.stride() == 0
                        && y / rows.stride() < s.height()
                        && x / columns.stride() < s.width()
                    ? input.at(n, c, y / rows.stride(), x / columns.stride())
                    : 0);
    // Padded on all sides as far as the kernel reaches; what the padding cuts off is cropped.
    int down = rows.effectiveKernel() - 1;
    int across = columns.effectiveKernel() - 1;
    Conv2d conv =
        Conv2d.builder()
            .input(s.batch(), s.channels(), height, width)
            .filters(s.filters(), s.kernelHeight(), s.kernelWidth())
            .dilation(rows.dilation(), columns.dilation())
            .padding(down, across)
            .groups(s.groups())
            .layout(any.conv().layout())
            .flipKernel(!any.conv().flipKernel())
            .build();
    float[] whole = new float[conv.shape().outputSize()];
    conv.plan(exchanged(arrays.weights, s), arrays.bias, Algorithm.REFERENCE)
        .run(stuffed.data(), whole, Execution.serial());
    float[] expected =
        new Image(
                conv.layout(),
                s.batch(),
                s.filters(),
                conv.outputHeight(),
                conv.outputWidth(),
                whole)
            .crop(rows.padBefore(), columns.padBefore(), s.outputHeight(), s.outputWidth())
            .data();
    for (Algorithm algorithm : any.exactAlgorithms()) {
      ConvTranspose2d linear = TransposedCases.without(any.conv());
      float[] actual = new float[expected.length];
      linear
          .plan(arrays.weights, arrays.bias, algorithm)
          .run(input.data(), actual, Execution.serial());
      int at = Arrays.mismatch(expected, actual);
      if (at >= 0) {
        throw new AssertionError(
            algorithm
                + ": element "
                + at
                + " is "
                + actual[at]
                + ", not "
                + expected[at]
                + ": "
                + any);
      }
    }
  }

  /** {@code [channels][filters / groups]} to {@code [filters][channels / groups]}. */
  private static float[] exchanged(float[] weights, ConvTransposeShape s) {
    int area = s.kernelHeight() * s.kernelWidth();
    float[] exchanged = new float[weights.length];
    for (int c = 0; c < s.channels(); c++) {
      int group = c / s.groupChannels();
      for (int k = 0; k < s.groupFilters(); k++) {
        int filter = group * s.groupFilters() + k;
        int to = (filter * s.groupChannels() + c % s.groupChannels()) * area;
        System.arraycopy(weights, (c * s.groupFilters() + k) * area, exchanged, to, area);
      }
    }
    return exchanged;
  }

  @Property
  @Label("refuses wrong arguments, before anything is written")
  void wrong(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    ConvTranspose2d conv = any.conv();
    CaseArrays arrays = new CaseArrays(any);
    int size = arrays.weights.length;
    Refusals.require(() -> conv.plan(null), "null weights", any, "weights");
    Refusals.require(() -> conv.backwardData(null), "null weights", any, "weights");
    Refusals.require(() -> conv.plan(arrays.weights, null, null), "no algorithm", any, "algorithm");
    Refusals.require(
        () -> conv.plan(new float[size + 1]), "weights", any, "weights", "" + size, "must");
    Refusals.require(
        () -> conv.backwardData(new float[size + 1]), "weights", any, "weights", "" + size, "must");
    Refusals.require(
        () -> conv.plan(arrays.weights, new float[any.filters() + 1]),
        "bias",
        any,
        "bias",
        "" + any.filters(),
        "must");
    for (Algorithm algorithm : Algorithm.values()) {
      if (conv.refusal(algorithm).isPresent()) {
        Refusals.require(
            () -> conv.plan(arrays.weights, arrays.bias, algorithm),
            "an algorithm that refuses",
            any,
            "algorithm",
            algorithm.name(),
            conv.refusal(algorithm).get());
      }
    }
    ConvTranspose2dPlan plan = conv.plan(arrays.weights, arrays.bias);
    float[] dst = new float[any.outputSize()];
    Refusals.require(
        () -> plan.run(new float[any.inputSize() - 1], dst), "short src", any, "src", "must");
    float[] both = new float[any.inputSize() + any.outputSize()];
    Refusals.require(() -> plan.run(both, both), "src as dst", any, "src", "dst");
    Refusals.requireUntouched(new float[any.outputSize()], dst, "short src", any);
    int most = Math.max(conv.shape().rows().stride(), conv.shape().rows().dilation());
    Refusals.require(
        () -> TransposedCases.builder(conv).outputPadding(most, 0).build(),
        "output padding",
        any,
        "outputPaddingHeight",
        "" + most,
        "must be less than");
    Refusals.require(
        () -> TransposedCases.builder(conv).padding(0, Integer.MAX_VALUE, 0, 0).build(),
        "padding",
        any,
        "padLeft",
        "" + Integer.MAX_VALUE,
        "must");
    Refusals.require(
        () ->
            TransposedCases.builder(conv)
                .stride(conv.shape().rows().stride(), Integer.MIN_VALUE)
                .build(),
        "stride",
        any,
        "strideWidth",
        "" + Integer.MIN_VALUE,
        "must");
  }

  @Property
  @Label("has the size that PyTorch says")
  void outputSize(@ForAll(supplier = TransposedCases.Any.class) TransposedCase any) {
    for (TransposedAxis a :
        new TransposedAxis[] {any.conv().shape().rows(), any.conv().shape().columns()}) {
      int expected =
          (a.size() - 1) * a.stride()
              - a.padBefore()
              - a.padAfter()
              + a.dilation() * (a.kernel() - 1)
              + a.outputPadding()
              + 1;
      if (a.output() != expected || expected < 1) {
        throw new AssertionError(a + " has " + a.output() + " outputs, not " + expected);
      }
    }
  }
}
