package dev.convector.jmh.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.onnx.OnnxModel;
import dev.convector.onnx.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each network of the race, small. */
class NetworksTest {
  /** Where it is not 1000 classes, of the small size. */
  private static final Map<String, long[]> SHAPES =
      Map.of(
          "lenet-5", new long[] {1, 10},
          "u-net", new long[] {1, 2, 32, 32},
          "deeplab-v3", new long[] {1, 21, 64, 64},
          "yolo", new long[] {1, 144, 8 * 8 + 4 * 4 + 2 * 2},
          "upscaler", new long[] {1, 3, 48, 48},
          "pp-ocr-v4-detection", new long[] {1, 1, 64, 64},
          "pp-ocr-direction", new long[] {1, 2},
          "pp-ocr-v4-recognition", new long[] {1, 6, 6625});

  @TempDir private Path folder;

  static Stream<String> names() {
    return Networks.all().stream().map(Network::name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void loadsAndRuns(String name) throws Exception {
    Network network = Networks.named(name).small();
    OnnxModel model = OnnxModel.load(network.write(folder));
    long[] input = network.input().stream().mapToLong(Integer::longValue).toArray();
    var session = model.session();
    String x = model.inputs().getFirst().name();

    float[] pixels = network.pixels();
    Tensor y = output(session.run(Map.of(x, Tensor.of(pixels, input))));
    Tensor ofNothing = output(session.run(Map.of(x, Tensor.of(new float[pixels.length], input))));

    assertArrayEquals(SHAPES.getOrDefault(name, new long[] {1, 1000}), y.shape());
    double squares = 0;
    for (float value : y.floats()) {
      squares += (double) value * value / y.size();
    }
    assertTrue(squares > 0 && squares < 1e4, name + ": mean square " + squares);
    assertFalse(Arrays.equals(ofNothing.floats(), y.floats()), "the input is of no consequence");
  }

  private static Tensor output(Map<String, Tensor> outputs) {
    return outputs.values().iterator().next();
  }
}
