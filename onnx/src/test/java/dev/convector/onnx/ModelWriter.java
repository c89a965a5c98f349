package dev.convector.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/** Writes small models with random weights. Every method returns the name of a value. */
final class ModelWriter {
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
  private final Random random = new Random(11);
  private final int opset;
  private int count;

  ModelWriter(int opset) {
    this.opset = opset;
  }

  /** Dimensions of -1 are open. */
  String input(String name, int... dims) {
    graph.addInput(info(name, dims));
    return name;
  }

  /** An input of INT64. */
  String longInput(String name, int... dims) {
    ValueInfoProto floats = info(name, dims);
    TypeProto.Tensor type = floats.getType().getTensorType().toBuilder().setElemType(7).build();
    graph.addInput(floats.toBuilder().setType(floats.getType().toBuilder().setTensorType(type)));
    return name;
  }

  static ValueInfoProto info(String name, int... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int dim : dims) {
      TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(dim < 0 ? dimension.setDimParam("open") : dimension.setDimValue(dim));
    }
    TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  /** Random weights, scaled so that sums over all but the first axis stay near 1. */
  String weights(int... dims) {
    int size = Arrays.stream(dims).reduce(1, (a, b) -> a * b);
    double scale = Math.sqrt(dims[0] / (double) size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return floats(values, dims);
  }

  String floats(float[] values, int... dims) {
    TensorProto.Builder tensor = tensor(1, dims);
    for (float value : values) {
      tensor.addFloatData(value);
    }
    return initializer(tensor);
  }

  String number(double value) {
    return floats(new float[] {(float) value});
  }

  String longs(long... values) {
    TensorProto.Builder tensor = tensor(7, values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    return initializer(tensor);
  }

  private static TensorProto.Builder tensor(int type, int... dims) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type);
    for (int dim : dims) {
      tensor.addDims(dim);
    }
    return tensor;
  }

  String initializer(TensorProto.Builder tensor) {
    String name = "c" + count++;
    graph.addInitializer(tensor.setName(name));
    return name;
  }

  String node(String operator, String... inputs) {
    return node(operator, Map.of(), inputs);
  }

  /**
   * @param attributes Integer, Float, String, or long[]
   */
  String node(String operator, Map<String, Object> attributes, String... inputs) {
    String output = "v" + count++;
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(operator + count)
            .addAllInput(Arrays.asList(inputs))
            .addOutput(output);
    attributes.forEach((name, value) -> node.addAttribute(attribute(name, value)));
    graph.addNode(node);
    return output;
  }

  static AttributeProto.Builder attribute(String name, Object value) {
    AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
    return switch (value) {
      case Integer number -> attribute.setType(AttributeProto.AttributeType.INT).setI(number);
      case Float number -> attribute.setType(AttributeProto.AttributeType.FLOAT).setF(number);
      case String text ->
          attribute
              .setType(AttributeProto.AttributeType.STRING)
              .setS(com.google.protobuf.ByteString.copyFromUtf8(text));
      case long[] numbers -> {
        attribute.setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(numbers).forEach(attribute::addInts);
        yield attribute;
      }
      default -> throw new IllegalArgumentException(name + ": " + value);
    };
  }

  /** A convolution that keeps the image's size, divided by its stride. */
  String conv(String x, int filters, int channels, int kernel, int stride, int group) {
    long pad = kernel / 2;
    return node(
        "Conv",
        Map.of(
            "kernel_shape", new long[] {kernel, kernel},
            "pads", new long[] {pad, pad, pad, pad},
            "strides", new long[] {stride, stride},
            "group", group),
        x,
        weights(filters, channels / group, kernel, kernel));
  }

  String norm(String x, int channels) {
    float[] variance = new float[channels];
    for (int c = 0; c < channels; c++) {
      variance[c] = 0.5f + random.nextFloat();
    }
    return node(
        "BatchNormalization",
        x,
        positive(channels),
        weights(channels),
        weights(channels),
        floats(variance, channels));
  }

  private String positive(int channels) {
    float[] values = new float[channels];
    for (int c = 0; c < channels; c++) {
      values[c] = 0.5f + random.nextFloat();
    }
    return floats(values, channels);
  }

  /** The graph, for what the methods above can't say. */
  GraphProto.Builder graph() {
    return graph;
  }

  byte[] build(String... outputs) {
    for (String output : outputs) {
      graph.addOutput(
          ValueInfoProto.newBuilder()
              .setName(output)
              .setType(
                  TypeProto.newBuilder()
                      .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1))));
    }
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(opset))
        .setGraph(graph)
        .build()
        .toByteArray();
  }
}
