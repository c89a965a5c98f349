package dev.convector.examples.page;

import dev.convector.Execution;
import dev.convector.onnx.OnnxModel;
import dev.convector.onnx.Session;
import dev.convector.onnx.SessionOptions;
import dev.convector.onnx.Tensor;
import java.util.Map;

/** A network of PP-OCR, which has one input and one output. */
final class Network {
  private final Session session;
  private final String input;

  Network(byte[] file, Execution execution) {
    OnnxModel model = OnnxModel.load(file);
    session = model.session(SessionOptions.defaults().execution(execution));
    input = model.inputs().getFirst().name();
  }

  /** The network's answer to planes of pixels, {@code [1][3][height][width]}. */
  float[] run(float[] planes, int height, int width) {
    Tensor pixels = Tensor.of(planes, 1, 3, height, width);
    return session.run(Map.of(input, pixels)).values().iterator().next().floats();
  }
}
