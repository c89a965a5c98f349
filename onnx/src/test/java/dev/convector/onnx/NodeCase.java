package dev.convector.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import dev.convector.onnx.internal.format.ExternalData;
import dev.convector.onnx.internal.format.TensorReader;
import dev.convector.onnx.internal.graph.Constant;
import dev.convector.onnx.internal.graph.Shapes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One of ONNX's own tests: a folder with a model and numbered inputs and outputs.
 *
 * @param folder that holds {@code model.onnx}
 */
record NodeCase(Path folder) {
  /** ONNX's own runner has 1e-3 too. */
  private static final double RELATIVE = 1e-3;

  private static final double ABSOLUTE = 1e-5;

  /** The cases of a folder, by name. */
  static List<NodeCase> in(Path folder) throws IOException {
    try (var folders = Files.list(folder)) {
      return folders
          .filter(found -> Files.exists(found.resolve("model.onnx")))
          .sorted()
          .map(NodeCase::new)
          .toList();
    }
  }

  String name() {
    return folder.getFileName().toString();
  }

  /**
   * Runs the model on each set of inputs.
   *
   * @return what is wrong with its outputs; null if nothing is
   * @throws OnnxException if the model or one of its tensors is refused
   */
  String run() throws IOException {
    OnnxModel model = OnnxModel.load(folder.resolve("model.onnx"));
    Session session = model.session();
    for (int set = 0; Files.exists(folder.resolve("test_data_set_" + set)); set++) {
      Path data = folder.resolve("test_data_set_" + set);
      Map<String, Tensor> inputs = new HashMap<>();
      List<Tensor> given = tensors(data, "input_");
      for (int i = 0; i < model.inputs().size(); i++) {
        inputs.put(model.inputs().get(i).name(), given.get(i));
      }
      Map<String, Tensor> outputs = session.run(inputs);
      List<Tensor> expected = tensors(data, "output_");
      for (int i = 0; i < model.outputs().size(); i++) {
        String name = model.outputs().get(i).name();
        String wrong = compare(expected.get(i), outputs.get(name));
        if (wrong != null) {
          return name + ": " + wrong;
        }
      }
    }
    return null;
  }

  private static List<Tensor> tensors(Path data, String prefix) throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; Files.exists(data.resolve(prefix + i + ".pb")); i++) {
      TensorProto proto =
          TensorProto.parseFrom(Files.readAllBytes(data.resolve(prefix + i + ".pb")));
      Constant constant = TensorReader.read(proto, ExternalData.NONE);
      long[] shape = Shapes.toLongs(constant.shape());
      tensors.add(
          constant.type().isFloating()
              ? Tensor.of(constant.floats(), shape)
              : Tensor.of(constant.type(), constant.longs(), shape));
    }
    return tensors;
  }

  private static String compare(Tensor expected, Tensor actual) {
    if (expected.type() != actual.type() || !Arrays.equals(expected.shape(), actual.shape())) {
      return actual + "; must be " + expected;
    }
    for (int i = 0; i < expected.size(); i++) {
      double right = value(expected, i);
      double found = value(actual, i);
      boolean equal =
          Double.isNaN(right)
              ? Double.isNaN(found)
              : right == found || Math.abs(right - found) <= ABSOLUTE + RELATIVE * Math.abs(right);
      if (!equal) {
        return "element " + i + " of " + actual + " is " + found + "; must be " + right;
      }
    }
    return null;
  }

  private static double value(Tensor tensor, int i) {
    return tensor.type().isFloating() ? tensor.floats()[i] : tensor.longs()[i];
  }
}
