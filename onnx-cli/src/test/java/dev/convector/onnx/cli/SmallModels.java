package dev.convector.onnx.cli;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.stream.LongStream;

/** Models of a few nodes. */
final class SmallModels {
  private SmallModels() {}

  /**
   * Two 3x3 convolutions, the second of stride 2, ReLU after each: 3 to 4 to 2 channels; then the
   * mean of each channel. Class 0 is how red the picture is, class 1 how blue.
   */
  static ModelProto redOrBlue() {
    float[] first = new float[4 * 3 * 9];
    float[] second = new float[2 * 4 * 9];
    int centre = 4;
    first[centre] = 1;
    first[(3 + 2) * 9 + centre] = 1;
    second[centre] = 5;
    second[(4 + 1) * 9 + centre] = 5;
    return model(
        List.of(
            node("Conv", List.of("x", "w1"), "a", "pads", 1, 1, 1, 1),
            node("Relu", List.of("a"), "b"),
            node("Conv", List.of("b", "w2"), "c", "strides", 2, 2),
            node("Relu", List.of("c"), "d"),
            node("GlobalAveragePool", List.of("d"), "e"),
            node("Flatten", List.of("e"), "classes")),
        List.of(tensor("w1", first, 4, 3, 3, 3), tensor("w2", second, 2, 4, 3, 3)),
        value("x", -1, 3, -1, -1),
        value("classes", -1, 2));
  }

  /** A picture of 24 by 16 pixels: red, green and blue minus a quarter. */
  static ModelProto darker() {
    float[] bias = {-0.25f, -0.25f, -0.25f};
    float[] weights = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    return model(
        List.of(node("Conv", List.of("picture", "w", "b"), "dark er/picture")),
        List.of(tensor("w", weights, 3, 3, 1, 1), tensor("b", bias, 3)),
        value("picture", 1, 3, 16, 24),
        value("dark er/picture", 1, 3, 16, 24));
  }

  /** One node of an operator that there is not. */
  static ModelProto unsupported() {
    return model(
        List.of(node("Frobnicate", List.of("x"), "y")),
        List.of(),
        value("x", 1, 3, 8, 8),
        value("y", 1, 3, 8, 8));
  }

  static ModelProto model(
      List<NodeProto> nodes,
      List<TensorProto> weights,
      ValueInfoProto input,
      ValueInfoProto output) {
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("small")
            .addAllNode(nodes)
            .addAllInitializer(weights)
            .addInput(input)
            .addOutput(output)
            .build();
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("tests")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(13))
        .setGraph(graph)
        .build();
  }

  static NodeProto node(String operator, List<String> inputs, String output) {
    return NodeProto.newBuilder()
        .setName("node-" + output)
        .setOpType(operator)
        .addAllInput(inputs)
        .addOutput(output)
        .build();
  }

  static NodeProto node(
      String operator, List<String> inputs, String output, String attribute, long... values) {
    AttributeProto.Builder ints =
        AttributeProto.newBuilder().setName(attribute).setType(AttributeProto.AttributeType.INTS);
    LongStream.of(values).forEach(ints::addInts);
    return node(operator, inputs, output).toBuilder().addAttribute(ints).build();
  }

  static TensorProto tensor(String name, float[] values, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT_VALUE);
    LongStream.of(shape).forEach(tensor::addDims);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return tensor.build();
  }

  /** Negative sizes are open. */
  static ValueInfoProto value(String name, long... shape) {
    TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
    for (long size : shape) {
      Dimension.Builder dimension = Dimension.newBuilder();
      sizes.addDim(size < 0 ? dimension : dimension.setDimValue(size));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(TensorProto.DataType.FLOAT_VALUE)
                        .setShape(sizes)))
        .build();
  }
}
