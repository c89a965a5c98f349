package dev.convector.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PP-OCR's models: as a whole they must give what their nodes give one by one. */
class PaddleOcrTest {
  /**
   * Of noise the detectors give probabilities of 1e-10, which multiply the rounding of their last
   * sums by 23: 2e-4 to 1.3e-3 of eight pictures, whatever the order of the sums.
   */
  private static final double TOLERANCE = 4e-3;

  @ParameterizedTest
  @CsvSource({
    "ch_PP-OCRv3_det_infer, 64, 96",
    "ch_PP-OCRv3_rec_infer, 48, 104",
    "ch_PP-OCRv4_det_infer, 64, 96",
    "ch_PP-OCRv4_rec_infer, 48, 104",
    "ch_ppocr_mobile_v2.0_cls_infer, 48, 192"
  })
  void givesWhatItsNodesGive(String name, int height, int width) throws IOException {
    byte[] model;
    try (InputStream stream =
        PaddleOcrTest.class.getResourceAsStream("/models/" + name + ".onnx")) {
      model = stream.readAllBytes();
    }
    Tensor x = NetworksTest.random(1, 3, height, width);
    Session session =
        OnnxModel.load(model)
            .session(SessionOptions.defaults().accuracy(dev.convector.Accuracy.STRICT));
    float[] out = session.run(Map.of("x", x)).values().iterator().next().floats();
    NetworksTest.assertClose(Plain.run(model, x), out, TOLERANCE);
  }
}
