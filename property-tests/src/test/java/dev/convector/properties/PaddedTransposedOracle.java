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
import java.util.Arrays;

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

  /** The gradient with respect to the weights, of which what is folded goes to its copies. */
  static float[] weights(ConvTranspose2d conv, float[] input, float[] outputGradient) {
    ConvTransposeShape s = conv.shape();
    ConvTransposeShape whole = whole(s);
    Image gradient =
        new Image(
            conv.layout(),
            s.batch(),
            s.filters(),
            s.outputHeight(),
            s.outputWidth(),
            outputGradient);
    int[] rows = copies(conv.paddingMode(), s.rows(), whole.outputHeight());
    int[] columns = copies(conv.paddingMode(), s.columns(), whole.outputWidth());
    Image padded =
        Image.of(
            conv.layout(),
            s.batch(),
            s.filters(),
            rows.length,
            columns.length,
            (n, k, y, x) ->
                rows[y] < 0 || columns[x] < 0 ? 0 : gradient.at(n, k, rows[y], columns[x]));
    float[] expected = new float[s.weightsSize()];
    ReferenceConvTranspose2d.weightsGradient(
        whole, conv.layout(), conv.flipKernel(), input, 0, padded.data(), 0, expected, 0);
    return expected;
  }

  /** Of each place the element that padding copies there; -1 for none. */
  private static int[] copies(PaddingMode mode, TransposedAxis a, int places) {
    int[] elements = new int[places];
    Arrays.fill(elements, -1);
    for (int place = 0; place < places; place++) {
      for (int element = 0; element < a.output(); element++) {
        if (isCopyOf(mode, element, place - a.padBefore(), a.output())) {
          elements[place] = element;
        }
      }
    }
    return elements;
  }

  /** Before the activation. */
  private float[] expected(CaseArrays arrays) {
    ConvTransposeShape s = of.conv().shape();
    ConvTransposeShape whole = whole(s);
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
            isCopyOf(mode, p, y - s.rows().padBefore(), s.outputHeight())
                && isCopyOf(mode, q, x - s.columns().padBefore(), s.outputWidth());
        sum += here ? from.at(n, k, y, x) : 0;
      }
    }
    return sum;
  }

  /** Whether padding copies an element to a place. */
  private static boolean isCopyOf(PaddingMode mode, int element, int place, int size) {
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

  private static ConvTransposeShape whole(ConvTransposeShape s) {
    return new ConvTransposeShape(
        s.batch(), s.channels(), whole(s.rows()), whole(s.columns()), s.filters(), s.groups());
  }

  private static TransposedAxis whole(TransposedAxis a) {
    return new TransposedAxis(a.size(), a.kernel(), a.stride(), a.dilation(), 0, 0, 0);
  }
}
