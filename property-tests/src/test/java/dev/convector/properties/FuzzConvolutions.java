package dev.convector.properties;

import dev.convector.Accuracy;
import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.BackwardWeightsPlan;
import dev.convector.Conv1d;
import dev.convector.Conv2d;
import dev.convector.Conv3d;
import dev.convector.ConvShape;
import dev.convector.ConvTranspose2d;
import dev.convector.DepthwiseSeparable2d;
import dev.convector.FullyConnected;
import dev.convector.Gemm;
import dev.convector.PaddingMode;
import dev.convector.reference.ReferenceConv2d;
import dev.convector.reference.ReferenceConv2dBackward;
import dev.convector.reference.ReferenceGemm;
import java.util.Arrays;
import java.util.Random;

/** Random descriptions of convolutions, their gradients and products; refused ones throw. */
final class FuzzConvolutions extends FuzzNumbers {
  FuzzConvolutions(Random random) {
    super(random);
  }

  FuzzCase any() {
    return switch (random.nextInt(9)) {
      case 0 -> conv1d();
      case 1 -> conv3d();
      case 2 -> transposed();
      case 3 -> fullyConnected();
      case 4 -> dataGradient();
      case 5 -> weightsGradient();
      case 6 -> separable();
      case 7 -> gemm();
      default -> conv2d();
    };
  }

  private FuzzCase conv2d() {
    int groups = number(1, 3);
    int one = number(1, 9);
    PaddingMode[] modes = PaddingMode.values();
    Conv2d conv =
        Conv2d.builder()
            .input(number(1, 3), groups * one, number(1, 9), number(1, 20))
            .filters(groups * number(1, 20), number(1, 4), number(1, 5))
            .stride(number(1, 3), number(1, 3))
            .dilation(number(1, 2), number(1, 2))
            .padding(number(0, 3), number(0, 3), number(0, 3), number(0, 3))
            .paddingMode(modes[random.nextInt(modes.length)])
            .groups(groups)
            .layout(layout())
            .activation(activation())
            .accuracy(Accuracy.STRICT)
            .build();
    return FuzzCase.conv(
        conv,
        conv.shape().weightsSize(),
        conv.multiplyAdds(),
        (weights, algorithm) -> {
          var plan = conv.plan(weights, null, algorithm);
          return new FuzzCase.Planned(plan, plan::run);
        });
  }

  private FuzzCase conv1d() {
    Conv1d conv =
        Conv1d.builder()
            .input(number(1, 3), number(1, 20), number(1, 40))
            .filters(number(1, 20), number(1, 5))
            .stride(number(1, 3))
            .padding(number(0, 3), number(0, 3))
            .layout(layout())
            .accuracy(Accuracy.STRICT)
            .build();
    return FuzzCase.conv(
        conv,
        conv.shape().weightsSize(),
        conv.shape().multiplyAdds(),
        (weights, algorithm) -> {
          var plan = conv.plan(weights, null, algorithm);
          return new FuzzCase.Planned(plan, plan::run);
        });
  }

  private FuzzCase conv3d() {
    Conv3d conv =
        Conv3d.builder()
            .input(number(1, 2), number(1, 8), number(1, 5), number(1, 6), number(1, 9))
            .filters(number(1, 9), number(1, 3), number(1, 3), number(1, 3))
            .stride(number(1, 2), number(1, 2), number(1, 2))
            .padding(number(0, 2), number(0, 2), number(0, 2))
            .layout(layout())
            .accuracy(Accuracy.STRICT)
            .build();
    return FuzzCase.conv(
        conv,
        conv.shape().weightsSize(),
        conv.shape().multiplyAdds(),
        (weights, algorithm) -> {
          var plan = conv.plan(weights, null, algorithm);
          return new FuzzCase.Planned(plan, plan::run);
        });
  }

  private FuzzCase transposed() {
    ConvTranspose2d conv =
        ConvTranspose2d.builder()
            .input(number(1, 3), number(1, 12), number(1, 7), number(1, 12))
            .filters(number(1, 12), number(1, 4), number(1, 4))
            .stride(number(1, 3), number(1, 3))
            .padding(number(0, 2), number(0, 2), number(0, 2), number(0, 2))
            .layout(layout())
            .accuracy(Accuracy.STRICT)
            .build();
    return FuzzCase.conv(
        conv,
        conv.shape().weightsSize(),
        conv.shape().multiplyAdds(),
        (weights, algorithm) -> {
          var plan = conv.plan(weights, null, algorithm);
          return new FuzzCase.Planned(plan, plan::run);
        });
  }

  private FuzzCase fullyConnected() {
    int inputs = number(1, 60);
    int outputs = number(1, 60);
    int batch = number(1, 6);
    FullyConnected layer =
        FullyConnected.builder()
            .input(batch, inputs)
            .outputs(outputs)
            .accuracy(Accuracy.STRICT)
            .build();
    return FuzzCase.conv(
        layer,
        (long) inputs * outputs,
        (long) batch * inputs * outputs,
        (weights, algorithm) -> {
          var plan = layer.plan(weights, null, algorithm);
          return new FuzzCase.Planned(plan, plan::run);
        });
  }

  private FuzzCase dataGradient() {
    ConvShape shape = smallShape();
    Conv2d conv = builder(shape).build();
    return new FuzzCase(
        conv + " data",
        shape.weightsSize(),
        shape.multiplyAdds(),
        weights -> {
          var plan = conv.backwardData(weights);
          return new FuzzCase.Planned(plan, plan::run);
        },
        (weights, gradient, residual) -> {
          float[] sums = new float[shape.inputSize()];
          ReferenceConv2dBackward.data(shape, conv.layout(), false, weights, gradient, 0, sums, 0);
          for (int i = 0; residual != null && i < sums.length; i++) {
            sums[i] += residual[i];
          }
          return sums;
        },
        0);
  }

  /** The output's gradient takes the place of weights. */
  private FuzzCase weightsGradient() {
    ConvShape shape = smallShape();
    Conv2d conv = builder(shape).build();
    BackwardWeightsPlan plan = conv.backwardWeights();
    return new FuzzCase(
        conv + " weights",
        shape.outputSize(),
        shape.multiplyAdds(),
        gradient ->
            new FuzzCase.Planned(
                plan.inputSize(),
                plan.weightsSize(),
                (src, srcOffset, dst, dstOffset, execution) ->
                    plan.run(
                        src,
                        gradient,
                        dst,
                        null,
                        new BackwardWeightsPlan.Offsets(srcOffset, 0, dstOffset, 0),
                        execution),
                null),
        (gradient, src, none) -> {
          float[] sums = new float[shape.weightsSize()];
          ReferenceConv2dBackward.weights(
              shape, conv.layout(), false, src, 0, gradient, 0, sums, 0);
          return sums;
        },
        0);
  }

  private ConvShape smallShape() {
    int groups = number(1, 3);
    int one = number(1, 9);
    return new ConvShape(
        number(1, 3), groups * one, axis(9), axis(20), groups * number(1, 20), groups);
  }

  private Axis axis(int most) {
    return new Axis(
        number(1, most), number(1, 4), number(1, 3), number(1, 2), number(0, 3), number(0, 3));
  }

  private Conv2d.Builder builder(ConvShape s) {
    return Conv2d.builder()
        .input(s.batch(), s.channels(), s.height(), s.width())
        .filters(s.filters(), s.kernelHeight(), s.kernelWidth())
        .stride(s.strideHeight(), s.strideWidth())
        .dilation(s.dilationHeight(), s.dilationWidth())
        .padding(s.padTop(), s.padLeft(), s.padBottom(), s.padRight())
        .groups(s.groups())
        .layout(layout())
        .accuracy(Accuracy.STRICT);
  }

  private FuzzCase separable() {
    DepthwiseSeparable2d conv =
        DepthwiseSeparable2d.builder()
            .input(number(1, 3), number(1, 20), number(1, 9), number(1, 20))
            .kernel(number(1, 4), number(1, 5))
            .stride(number(1, 3), number(1, 3))
            .padding(number(0, 2))
            .multiplier(number(1, 2))
            .filters(number(1, 40))
            .layout(layout())
            .depthwiseActivation(activation())
            .activation(activation())
            .accuracy(Accuracy.STRICT)
            .build();
    ConvShape first = conv.depthwise();
    ConvShape second = conv.pointwise();
    return new FuzzCase(
        conv,
        (long) first.weightsSize() + second.weightsSize(),
        conv.multiplyAdds(),
        weights -> {
          var plan =
              conv.plan(
                  Arrays.copyOf(weights, first.weightsSize()),
                  null,
                  Arrays.copyOfRange(weights, first.weightsSize(), weights.length),
                  null);
          return new FuzzCase.Planned(plan, plan::run);
        },
        (weights, src, residual) -> {
          float[] filters = Arrays.copyOfRange(weights, first.weightsSize(), weights.length);
          float[] between = reference(conv, first, conv.depthwiseActivation(), weights, src, null);
          return reference(conv, second, conv.activation(), filters, between, residual);
        },
        0);
  }

  private static float[] reference(
      DepthwiseSeparable2d of,
      ConvShape shape,
      Activation activation,
      float[] weights,
      float[] src,
      float[] residual) {
    float[] dst = new float[shape.outputSize()];
    ReferenceConv2d.run(
        shape, of.layout(), false, activation, weights, null, src, 0, residual, 0, dst, 0);
    return dst;
  }

  /** Of C there are no gaps between rows, and what it held is not read: it is a NaN. */
  private FuzzCase gemm() {
    int m = number(1, 30);
    int n = number(1, 70);
    int k = number(1, 60);
    boolean turnA = random.nextBoolean();
    boolean turnB = random.nextBoolean();
    int lda = (turnA ? m : k) + number(0, 3);
    int ldb = (turnB ? k : n) + number(0, 3);
    float alpha = random.nextInt(-2, 3);
    Gemm gemm =
        Gemm.builder()
            .sizes(m, n, k)
            .transposeA(turnA)
            .transposeB(turnB)
            .leadingDimensions(lda, ldb, n)
            .alpha(alpha)
            .build();
    int aSize = ((turnA ? k : m) - 1) * lda + (turnA ? m : k);
    int bSize = ((turnB ? n : k) - 1) * ldb + (turnB ? k : n);
    return new FuzzCase(
        gemm,
        bSize,
        gemm.multiplyAdds(),
        b -> new FuzzCase.Planned(aSize, m * n, gemm.plan(b)::run, null),
        (b, a, none) -> {
          float[] c = new float[m * n];
          ReferenceGemm.run(m, n, k, turnA, turnB, alpha, a, 0, lda, b, 0, ldb, 0, c, 0, n);
          return c;
        },
        0);
  }
}
