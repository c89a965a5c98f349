package dev.convector.onnx.cli;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The beginning of a network, up to its first convolutions.
 *
 * @param model its file's bytes; the outputs are those of the layers
 * @param layers in their order
 */
record FirstLayers(byte[] model, List<Layer> layers) {
  /** Belongs to the convolution before it where nothing else reads that one's output. */
  private static final Set<String> BELONGING =
      Set.of(
          "BatchNormalization",
          "Clip",
          "Elu",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "LeakyRelu",
          "Mish",
          "PRelu",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Tanh");

  /**
   * A convolution.
   *
   * @param label for who looks at it
   * @param output its name in the model
   */
  record Layer(String label, String output) {}

  /**
   * Cuts a network.
   *
   * @throws IllegalArgumentException if it has fewer convolutions, or weights in other files
   */
  static FirstLayers of(ModelProto model, int count) {
    GraphProto graph = model.getGraph();
    List<Layer> layers = new ArrayList<>();
    for (NodeProto node : graph.getNodeList()) {
      if (node.getOpType().equals("Conv") && layers.size() < count) {
        layers.add(layer(graph, node, layers.size() + 1));
      }
    }
    if (layers.size() < count) {
      throw new IllegalArgumentException(
          "--feature-maps: " + count + "; the model has " + layers.size() + " convolution(s)");
    }
    GraphProto beginning = upTo(graph, layers);
    for (TensorProto tensor : beginning.getInitializerList()) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        throw new IllegalArgumentException(
            "--feature-maps: weights of the model lie in other files; must lie in its own");
      }
    }
    return new FirstLayers(model.toBuilder().setGraph(beginning).build().toByteArray(), layers);
  }

  private static Layer layer(GraphProto graph, NodeProto conv, int number) {
    String label = number + ": Conv " + conv.getName();
    String output = conv.getOutput(0);
    NodeProto next = onlyUser(graph, output);
    while (next != null && BELONGING.contains(next.getOpType())) {
      label += ", " + next.getOpType();
      output = next.getOutput(0);
      next = onlyUser(graph, output);
    }
    return new Layer(label, output);
  }

  private static NodeProto onlyUser(GraphProto graph, String value) {
    List<NodeProto> users =
        graph.getNodeList().stream()
            .filter(node -> node.getInputList().contains(value))
            .limit(2)
            .toList();
    return users.size() == 1 ? users.getFirst() : null;
  }

  private static GraphProto upTo(GraphProto graph, List<Layer> layers) {
    Set<String> needed = new HashSet<>();
    layers.forEach(layer -> needed.add(layer.output()));
    List<NodeProto> nodes = new ArrayList<>();
    for (NodeProto node : graph.getNodeList().reversed()) {
      if (node.getOutputList().stream().anyMatch(needed::contains)) {
        needed.addAll(node.getInputList());
        nodes.add(node);
      }
    }
    GraphProto.Builder beginning = graph.toBuilder();
    beginning.clearNode().addAllNode(nodes.reversed()).clearInitializer().clearOutput();
    beginning.clearValueInfo().clearSparseInitializer();
    graph.getInitializerList().stream()
        .filter(tensor -> needed.contains(tensor.getName()))
        .forEach(beginning::addInitializer);
    layers.forEach(layer -> beginning.addOutput(floats(layer.output())));
    return beginning.build();
  }

  /** An output of an open shape. */
  private static ValueInfoProto floats(String name) {
    TypeProto.Tensor type =
        TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }
}
