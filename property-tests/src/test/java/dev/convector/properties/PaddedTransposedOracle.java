package dev.convector.properties;

import dev.convector.Activation;
import dev.convector.Algorithm;
import dev.convector.Axis;
import dev.convector.ConvTranspose2d;
import dev.convector.ConvTranspose2dPlan;
import dev.convector.ConvTransposeShape;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.TransposedAxis;
import dev.convector.reference.ReferenceConvTranspose2d;

/**
 * A transposed convolution with a padding mode: all that the transposed convolution without padding
 * reaches, of which each element outside the output is added to the one that padding would copy.
 */
final class PaddedTransposedOracle {
  private final TransposedCase of;
  private final PaddingMode mode;

  PaddedTransposedOracle(VolumeCase any, ConvTranspose2d conv) {
    this.of =
        new TransposedCase(
            conv,
            any.bias(),
            any.residual(),
            any.offset(),
            any.offset(),
            any.threads(),
            any.values(),
            any.seed());
    this.mode = any.mode();
  }

  /** What is wished for if it is allowed, else none. */
  static int outputPadding(Axis a, int wished) {
    return wished < Math.max(a.stride(), a.dilation()) ? wished : 0;
  }

  /** Whether there is an output, with no more padding than the mode can fill. */
  static boolean isAllowed(PaddingMode mode, Axis a, int wished) {
    int outputPadding = outputPadding(a, wished);
    int padded = (a.output() - 1) * a.stride() + a.effectiveKernel() + outputPadding;
    int output = padded - a.padBefore() - a.padAfter();
    int most = Math.max(a.padBefore(), a.padAfter() - outputPadding);
    return output > 0
        && switch (mode) {
          case ZEROS, REPLICATE -> true;
          case CIRCULAR -> most <= output;
          case REFLECT -> most < output;
        };
  }

  /** All algorithms that are exact, on integers, where the activation keeps them exact. */
  void check() {
    Activation activation = of.conv().activation();
    CaseArrays arrays = new CaseArrays(of);
    float[] expected = expected(arrays);
    for (Algorithm algorithm : of.exactAlgorithms()) {
      ConvTranspose2dPlan plan = of.conv().plan(arrays.weights, arrays.bias, algorithm);
      for (int run = 0; run < 2; run++) {
        arrays.reset();
        plan.run(
            arrays.src,
            of.srcOffset(),
            arrays.residual,
            arrays.residualOffset,
            arrays.dst,
            of.dstOffset(),
            of.threads().execution);
        float[] actual = arrays.output();
        for (int i = 0; i < actual.length; i++) {
          double wanted = activation.apply((double) expected[i]);
          double bound =
              Bounds.isExact(activation) ? 0 : Bounds.activation(activation, expected[i], 0);
          if (!(Math.abs(actual[i] - (float) wanted) <= bound)) {
            throw new AssertionError(
                algorithm + ": " + i + " is " + actual[i] + ", not " + wanted + ": " + mode + of);
          }
        }
        if (!arrays.guardsHold() || !arrays.inputsHold(new CaseArrays(of))) {
          throw new AssertionError(algorithm + " wrote beside its output: " + mode + of);
        }
      }
    }
  }

  /** Before the activation. */
  private float[] expected(CaseArrays arrays) {
    ConvTransposeShape s = of.conv().shape();
    ConvTransposeShape whole =
        new ConvTransposeShape(
            s.batch(), s.channels(), whole(s.rows()), whole(s.columns()), s.filters(), s.groups());
    float[] reached = new float[whole.outputSize()];
    ReferenceConvTranspose2d.run(
        whole,
        of.conv().layout(),
        of.conv().flipKernel(),
        Activation.NONE,
        arrays.weights,
        null,
        arrays.src,
        of.srcOffset(),
        null,
        0,
        reached,
        0);
    Image from =
        new Image(
            of.conv().layout(),
            s.batch(),
            s.filters(),
            whole.outputHeight(),
            whole.outputWidth(),
            reached);
    Image sum =
        Image.of(
            of.conv().layout(),
            s.batch(),
            s.filters(),
            s.outputHeight(),
            s.outputWidth(),
            (n, k, p, q) -> folded(from, n, k, p, q));
    float[] result = sum.data();
    int plane = s.outputHeight() * s.outputWidth();
    for (int i = 0; i < result.length; i++) {
      boolean last = of.conv().layout() == Layout.NHWC;
      int k = last ? i % s.filters() : i / plane % s.filters();
      result[i] += arrays.bias == null ? 0 : arrays.bias[k];
      result[i] += arrays.residual == null ? 0 : arrays.residual[arrays.residualOffset + i];
    }
    return result;
  }

  private float folded(Image from, int n, int k, int p, int q) {
    ConvTransposeShape s = of.conv().shape();
    float sum = 0;
    for (int y = 0; y < from.height(); y++) {
      for (int x = 0; x < from.width(); x++) {
        boolean here =
            isCopyOf(p, y - s.rows().padBefore(), s.outputHeight())
                && isCopyOf(q, x - s.columns().padBefore(), s.outputWidth());
        sum += here ? from.at(n, k, y, x) : 0;
      }
    }
    return sum;
  }

  /** Whether padding copies an element to a place. */
  private boolean isCopyOf(int element, int place, int size) {
    if (place >= 0 && place < size) {
      return place == element;
    }
    return switch (mode) {
      case ZEROS -> false;
      case CIRCULAR -> (place + size) % size == element;
      case REFLECT -> (place < 0 ? -place : 2 * size - 2 - place) == element;
      case REPLICATE -> (place < 0 ? 0 : size - 1) == element;
    };
  }

  private static TransposedAxis whole(TransposedAxis a) {
    return new TransposedAxis(a.size(), a.kernel(), a.stride(), a.dilation(), 0, 0, 0);
  }
}
