package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Accuracy;
import dev.convector.Execution;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Building blocks of known networks: as a whole they must give what their nodes give one by one.
 */
class NetworksTest {
  private static final Map<String, byte[]> MODELS = Networks.all();

  static Stream<String> names() {
    return MODELS.keySet().stream();
  }

  static Tensor random(long... shape) {
    SplittableRandom random = new SplittableRandom(5);
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return Tensor.of(values, shape);
  }

  static void assertClose(float[] expected, float[] actual, double tolerance) {
    assertEquals(expected.length, actual.length);
    double squares = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      squares += (double) expected[i] * expected[i];
      double difference = Math.abs(expected[i] - actual[i]);
      largest = Math.max(largest, Double.isNaN(difference) ? Double.MAX_VALUE : difference);
    }
    double rms = Math.sqrt(squares / expected.length);
    assertTrue(largest <= tolerance * rms, "differs by " + largest + " where the rms is " + rms);
  }

  private static float[] run(Session session, Tensor x) {
    return session.run(Map.of("x", x)).values().iterator().next().floats();
  }

  @ParameterizedTest
  @MethodSource("names")
  void givesWhatItsNodesGive(String name) {
    Session session = OnnxModel.load(MODELS.get(name)).session();
    for (long[] shape : new long[][] {{1, 8, 16, 20}, {2, 8, 12, 8}, {1, 8, 16, 20}}) {
      Tensor x = random(shape);
      assertClose(Plain.run(MODELS.get(name), x), run(session, x), 1e-5);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void givesTheSameBitsOnAnyNumberOfThreads(String name) {
    OnnxModel model = OnnxModel.load(MODELS.get(name));
    SessionOptions options = SessionOptions.defaults();
    Tensor x = random(1, 8, 48, 40);
    float[] serial = run(model.session(options.execution(Execution.serial())), x);
    try (ForkJoinPool pool = new ForkJoinPool(3)) {
      Session session = model.session(options.execution(Execution.on(pool)));
      assertArrayEquals(serial, run(session, x));
      assertArrayEquals(serial, run(session, x));
    }
  }

  @Test
  void randomNetworksGiveWhatTheirNodesGive() {
    for (int seed = 0; seed < 60; seed++) {
      byte[] model = new RandomNetwork(seed).build(3 + seed % 15, 1, 7, 9, 11);
      Tensor x = random(1, 7, 9, 11);
      SessionOptions strict = SessionOptions.defaults().accuracy(Accuracy.STRICT);
      try {
        assertClose(Plain.run(model, x), run(OnnxModel.load(model).session(strict), x), 1e-4);
      } catch (AssertionError | RuntimeException wrong) {
        throw new AssertionError("seed " + seed + ": " + wrong.getMessage(), wrong);
      }
    }
  }
}
