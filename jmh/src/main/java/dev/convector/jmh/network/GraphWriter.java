package dev.convector.jmh.network;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Nodes and constants of a model in the ONNX format. */
class GraphWriter {
  /** The first with LayerNormalization, which the exporters of today write. */
  private static final int OPSET = 17;

  private static final int IR_VERSION = 8;
  private static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();
  private static final int INT64 = TensorProto.DataType.INT64.getNumber();

  private final GraphProto.Builder graph;
  private final SplittableRandom random;
  private int count;

  GraphWriter(String name) {
    graph = GraphProto.newBuilder().setName(name);
    random = new SplittableRandom(name.hashCode());
  }

  final void declareInput(Flow flow) {
    graph.addInput(info(flow));
  }

  private static ValueInfoProto info(Flow flow) {
    var shape = TensorShapeProto.newBuilder();
    for (int size : flow.shape()) {
      shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
    }
    var type = TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(flow.name())
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  /** Evenly distributed around the mean. */
  final String random(double mean, double deviation, int... dims) {
    float[] values = new float[size(dims)];
    double range = deviation * Math.sqrt(12);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (mean + range * (random.nextDouble() - 0.5));
    }
    return constant(values, dims);
  }

  final String constant(float[] values, int... dims) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return constant(FLOAT, UnsafeByteOperations.unsafeWrap(bytes), dims);
  }

  final String constant(double value) {
    return constant(new float[] {(float) value});
  }

  /** A list. */
  final String longs(long... values) {
    return constant(INT64, bytes(values), values.length);
  }

  final String scalar(long value) {
    return constant(INT64, bytes(value));
  }

  private static ByteString bytes(long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return ByteString.copyFrom(bytes);
  }

  private String constant(int type, ByteString bytes, int... dims) {
    String name = "c" + count++;
    var tensor = TensorProto.newBuilder().setName(name).setDataType(type).setRawData(bytes);
    for (int dim : dims) {
      tensor.addDims(dim);
    }
    graph.addInitializer(tensor);
    return name;
  }

  private static int size(int... dims) {
    int size = 1;
    for (int dim : dims) {
      size = Math.multiplyExact(size, dim);
    }
    return size;
  }

  /**
   * Adds a node with one output.
   *
   * @param attributes Integer, Float, String or long[]
   * @return the output's name
   */
  final String node(String operator, Map<String, Object> attributes, String... inputs) {
    return node(operator, attributes, 1, inputs).getFirst();
  }

  final List<String> node(
      String operator, Map<String, Object> attributes, int outputs, String... inputs) {
    var node =
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(operator + "_" + count)
            .addAllInput(List.of(inputs));
    for (int i = 0; i < outputs; i++) {
      node.addOutput("v" + count++);
    }
    attributes.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> node.addAttribute(attribute(entry.getKey(), entry.getValue())));
    graph.addNode(node);
    return List.copyOf(node.getOutputList());
  }

  private static AttributeProto attribute(String name, Object value) {
    var attribute = AttributeProto.newBuilder().setName(name);
    switch (value) {
      case Integer number -> attribute.setType(AttributeType.INT).setI(number);
      case Float number -> attribute.setType(AttributeType.FLOAT).setF(number);
      case String text ->
          attribute.setType(AttributeType.STRING).setS(ByteString.copyFromUtf8(text));
      case long[] numbers -> {
        attribute.setType(AttributeType.INTS);
        for (long number : numbers) {
          attribute.addInts(number);
        }
      }
      default -> throw new IllegalArgumentException(name + ": " + value);
    }
    return attribute.build();
  }

  /** Writes the model with a flow as its only output. */
  final void write(Flow output, OutputStream stream) throws IOException {
    graph.addOutput(info(output));
    ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph)
        .build()
        .writeTo(stream);
  }
}
