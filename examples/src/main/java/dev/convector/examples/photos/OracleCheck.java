package dev.convector.examples.photos;

import dev.convector.Activation;
import dev.convector.Axis;
import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.reference.ReferenceConv2d;
import java.util.ArrayList;
import java.util.List;

/**
 * An output beside the oracle's. Of a large photograph the oracle computes only the upper rows, as
 * many as it gets through in about a second, and its time is scaled up.
 *
 * @param seconds the oracle takes for the whole output, the median
 * @param rows that were compared, from the top
 * @param allRows of the output
 * @param error the largest difference, divided by the oracle's largest value; 0 if none differs
 */
record OracleCheck(double seconds, int rows, int allRows, double error) {
  /** The oracle does some 200 to 400 million a second. */
  private static final long MOST_MULTIPLY_ADDS = 300_000_000;

  /** Enough for C2; later runs of the oracle are steady. */
  private static final long WARM_UP_MULTIPLY_ADDS = 10_000_000;

  private static final int MOST_SAMPLES = 3;
  private static final long TIMED_NANOS = 600_000_000;

  /**
   * Sixty times float's rounding error: an algorithm that sums in a transformed space loses a few
   * bits.
   */
  private static final double TOLERANCE = 4e-6;

  boolean equal() {
    return error <= TOLERANCE;
  }

  /** Computes the output's upper rows again and compares. */
  static OracleCheck of(Conv2d conv, float[] weights, float[] src, float[] dst) {
    ConvShape shape = conv.shape();
    ConvShape warmUp = upper(shape, rows(shape, WARM_UP_MULTIPLY_ADDS));
    run(warmUp, weights, src, new float[warmUp.outputSize()]);

    ConvShape upper = upper(shape, rows(shape, MOST_MULTIPLY_ADDS));
    float[] expected = new float[upper.outputSize()];
    List<Long> samples = new ArrayList<>();
    long begin = System.nanoTime();
    do {
      long start = System.nanoTime();
      run(upper, weights, src, expected);
      samples.add(System.nanoTime() - start);
    } while (samples.size() < MOST_SAMPLES && System.nanoTime() - begin < TIMED_NANOS);

    int rows = upper.outputHeight();
    double seconds = FilterRun.median(samples) * 1e-9 * shape.outputHeight() / rows;
    return new OracleCheck(seconds, rows, shape.outputHeight(), error(expected, dst));
  }

  /** As many output rows as that many multiply-adds make, at least one. */
  private static int rows(ConvShape shape, long multiplyAdds) {
    long row = Math.max(1, shape.multiplyAdds() / shape.outputHeight());
    return Math.clamp(multiplyAdds / row, 1, shape.outputHeight());
  }

  /** The convolution whose output is the upper rows; its arrays start as the whole one's do. */
  private static ConvShape upper(ConvShape shape, int rows) {
    int bottom = (rows - 1) * shape.strideHeight() + shape.effectiveKernelHeight() - shape.padTop();
    int height = Math.clamp(bottom, 1, shape.height());
    Axis upper =
        new Axis(
            height,
            shape.kernelHeight(),
            shape.strideHeight(),
            shape.dilationHeight(),
            shape.padTop(),
            Math.max(0, bottom - height));
    return new ConvShape(
        shape.batch(), shape.channels(), upper, shape.columns(), shape.filters(), shape.groups());
  }

  private static void run(ConvShape shape, float[] weights, float[] src, float[] dst) {
    ReferenceConv2d.run(
        shape, Layout.NHWC, false, Activation.NONE, weights, null, src, 0, null, 0, dst, 0);
  }

  private static double error(float[] expected, float[] actual) {
    double difference = 0;
    double largest = Float.MIN_NORMAL;
    for (int i = 0; i < expected.length; i++) {
      difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }
}
