package dev.convector.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.convector.Accuracy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks must give what ONNX Runtime gives, which is native; so this is in a profile. */
class OnnxRuntimeTest {
  private static final Map<String, byte[]> MODELS = Networks.all();

  static Stream<String> names() {
    return MODELS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void buildingBlocks(String name) throws OrtException {
    for (long[] shape : new long[][] {{1, 8, 16, 20}, {2, 8, 12, 8}, {1, 8, 62, 46}}) {
      compare(MODELS.get(name), NetworksTest.random(shape), Accuracy.STRICT, 1e-4);
      compare(MODELS.get(name), NetworksTest.random(shape), Accuracy.STANDARD, 1e-3);
    }
  }

  @Test
  void randomNetworks() throws OrtException {
    int count = Integer.getInteger("onnx.networks", 100);
    for (long seed = 0; seed < count; seed++) {
      byte[] model = new RandomNetwork(seed).build(3 + (int) (seed % 15), 1, 7, 9, 11);
      try {
        compare(model, NetworksTest.random(1, 7, 9, 11), Accuracy.STRICT, 1e-4);
      } catch (AssertionError | RuntimeException wrong) {
        throw new AssertionError("seed " + seed + ": " + wrong.getMessage(), wrong);
      }
    }
  }

  /** Detection finds next to nothing in noise: a distance relative to that says nothing. */
  @ParameterizedTest
  @CsvSource({
    "ch_PP-OCRv3_rec_infer, 48, 320",
    "ch_PP-OCRv4_rec_infer, 48, 320",
    "ch_PP-OCRv4_rec_infer, 48, 104",
    "ch_ppocr_mobile_v2.0_cls_infer, 48, 192"
  })
  void paddleOcr(String name, int height, int width) throws IOException, OrtException {
    try (InputStream stream =
        OnnxRuntimeTest.class.getResourceAsStream("/models/" + name + ".onnx")) {
      Tensor x = NetworksTest.random(1, 3, height, width);
      compare(stream.readAllBytes(), x, Accuracy.STANDARD, 1e-3);
    }
  }

  private static void compare(byte[] model, Tensor x, Accuracy accuracy, double tolerance)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    List<float[]> expected = new ArrayList<>();
    try (OrtSession session = environment.createSession(model);
        OnnxTensor input =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(x.floats()), x.shape());
        OrtSession.Result result = session.run(Map.of("x", input))) {
      for (int i = 0; i < result.size(); i++) {
        FloatBuffer buffer = ((OnnxTensor) result.get(i)).getFloatBuffer();
        expected.add(new float[buffer.remaining()]);
        buffer.get(expected.getLast());
      }
    }
    SessionOptions options = SessionOptions.defaults().accuracy(accuracy);
    Session session = OnnxModel.load(model).session(options);
    int output = 0;
    for (Tensor actual : session.run(Map.of("x", x)).values()) {
      NetworksTest.assertClose(expected.get(output++), actual.floats(), tolerance);
    }
  }
}
