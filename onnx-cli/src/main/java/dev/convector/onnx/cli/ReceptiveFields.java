package dev.convector.onnx.cli;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What a pixel of each output sees of the picture, as far as windows go. */
final class ReceptiveFields {
  /** What works on each pixel apart, or only puts channels together. */
  private static final Set<String> PIXELWISE =
      Set.of(
          "Abs",
          "Add",
          "BatchNormalization",
          "Cast",
          "Ceil",
          "Clip",
          "Concat",
          "Div",
          "Dropout",
          "Elu",
          "Erf",
          "Exp",
          "Floor",
          "Gelu",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LRN",
          "LeakyRelu",
          "Log",
          "Max",
          "Mean",
          "Min",
          "Mish",
          "Mul",
          "Neg",
          "PRelu",
          "Pad",
          "Pow",
          "Reciprocal",
          "Relu",
          "Selu",
          "Sigmoid",
          "Softplus",
          "Split",
          "Sqrt",
          "Sub",
          "Sum",
          "Tanh");

  private static final Set<String> WINDOWED = Set.of("Conv", "MaxPool", "AveragePool", "LpPool");

  /**
   * Along both axes, rows first.
   *
   * @param size pixels of the picture that the widest chain of windows covers
   * @param stride pixels of the picture between neighbours; a fraction after enlarging, NaN where
   *     the factor is known in runs only
   * @param mixer the first operator that is not made of windows and may show it other pixels; null
   *     for none
   */
  private record Field(double[] size, double[] stride, String mixer) {
    static final Field PIXEL = new Field(new double[] {1, 1}, new double[] {1, 1}, null);

    Field or(Field other) {
      double[] size = new double[2];
      double[] stride = new double[2];
      for (int axis = 0; axis < 2; axis++) {
        size[axis] = Math.max(this.size[axis], other.size[axis]);
        stride[axis] = Math.max(this.stride[axis], other.stride[axis]);
      }
      return new Field(size, stride, mixer == null ? other.mixer : mixer);
    }

    Field mixedBy(String operator) {
      return new Field(size, stride, mixer == null ? operator : mixer);
    }
  }

  private final Map<String, Field> fields = new HashMap<>();
  private final Map<String, TensorProto> constants = new HashMap<>();
  private final GraphProto graph;

  private ReceptiveFields(GraphProto graph) {
    this.graph = graph;
    for (TensorProto tensor : graph.getInitializerList()) {
      constants.put(tensor.getName(), tensor);
    }
    for (ValueInfoProto input : graph.getInputList()) {
      if (!constants.containsKey(input.getName())) {
        fields.put(input.getName(), Field.PIXEL);
      }
    }
    for (NodeProto node : graph.getNodeList()) {
      add(node);
    }
  }

  static ReceptiveFields of(GraphProto graph) {
    return new ReceptiveFields(graph);
  }

  /** A line for each output. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (ValueInfoProto output : graph.getOutputList()) {
      Field field = fields.get(output.getName());
      if (field != null) {
        lines.add(
            String.format(
                Locale.ROOT,
                "of %s: height %s, width %s%s",
                output.getName(),
                number(field.size[0]),
                number(field.size[1]),
                field.mixer != null
                    ? "; more through " + field.mixer
                    : ", one every " + number(field.stride[0]) + " x " + number(field.stride[1])));
      }
    }
    return lines;
  }

  private static String number(double value) {
    return Double.isNaN(value)
        ? "?"
        : value == Math.rint(value)
            ? String.valueOf((long) value)
            : String.format(Locale.ROOT, "%.2f", value);
  }

  private void add(NodeProto node) {
    if (node.getOpType().equals("Constant")) {
      for (AttributeProto attribute : node.getAttributeList()) {
        constants.put(node.getOutput(0), attribute.getT());
      }
      return;
    }
    Field input = null;
    for (String name : node.getInputList()) {
      Field field = fields.get(name);
      if (field != null) {
        input = input == null ? field : input.or(field);
      }
    }
    if (input == null) {
      return;
    }
    Field output = through(node, input);
    node.getOutputList().forEach(name -> fields.put(name, output));
  }

  private Field through(NodeProto node, Field input) {
    String operator = node.getOpType();
    if (PIXELWISE.contains(operator)) {
      return input;
    }
    if (WINDOWED.contains(operator)) {
      return window(node, input);
    }
    return switch (operator) {
      case "ConvTranspose" -> transposed(node, input);
      case "DepthToSpace" -> {
        long block = attribute(node, "blocksize", 0, 1);
        yield enlarged(input, block, block);
      }
      case "Resize", "Upsample" -> resized(node, input);
      default -> input.mixedBy(operator);
    };
  }

  private Field window(NodeProto node, Field input) {
    double[] size = new double[2];
    double[] stride = new double[2];
    for (int axis = 0; axis < 2; axis++) {
      size[axis] = input.size[axis] + (extent(node, axis) - 1) * input.stride[axis];
      stride[axis] = input.stride[axis] * attribute(node, "strides", axis, 1);
    }
    return new Field(size, stride, input.mixer);
  }

  /** An output pixel sees each stride-th place of the kernel. */
  private Field transposed(NodeProto node, Field input) {
    double[] size = new double[2];
    double[] stride = new double[2];
    for (int axis = 0; axis < 2; axis++) {
      long step = attribute(node, "strides", axis, 1);
      long reach = Math.ceilDiv(extent(node, axis), step) - 1;
      size[axis] = input.size[axis] + reach * input.stride[axis];
      stride[axis] = input.stride[axis] / step;
    }
    return new Field(size, stride, input.mixer);
  }

  /** Linear interpolation sees one pixel more, cubic three. */
  private Field resized(NodeProto node, Field input) {
    String mode =
        node.getAttributeList().stream()
            .filter(a -> a.getName().equals("mode"))
            .map(a -> a.getS().toStringUtf8())
            .findFirst()
            .orElse("nearest");
    int more = mode.equals("nearest") ? 0 : mode.equals("cubic") ? 3 : 1;
    double[] size = new double[2];
    for (int axis = 0; axis < 2; axis++) {
      size[axis] = input.size[axis] + more * input.stride[axis];
    }
    double[] scales = scales(node);
    return enlarged(new Field(size, input.stride, input.mixer), scales[0], scales[1]);
  }

  private double[] scales(NodeProto node) {
    for (String name : node.getInputList().reversed()) {
      TensorProto tensor = constants.get(name);
      if (tensor != null && tensor.getDataType() == TensorProto.DataType.FLOAT_VALUE) {
        List<Float> values = floats(tensor);
        if (values.size() == 4) {
          return new double[] {values.get(2), values.get(3)};
        }
      }
    }
    return new double[] {Double.NaN, Double.NaN};
  }

  private static List<Float> floats(TensorProto tensor) {
    List<Float> values = new ArrayList<>(tensor.getFloatDataList());
    ByteBuffer raw = tensor.getRawData().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    while (raw.remaining() >= Float.BYTES) {
      values.add(raw.getFloat());
    }
    return values;
  }

  private static Field enlarged(Field input, double rows, double columns) {
    return new Field(
        input.size, new double[] {input.stride[0] / rows, input.stride[1] / columns}, input.mixer);
  }

  /** Of the dilated kernel. */
  private long extent(NodeProto node, int axis) {
    long kernel = attribute(node, "kernel_shape", axis, 0);
    if (kernel == 0) {
      TensorProto weights = node.getInputCount() < 2 ? null : constants.get(node.getInput(1));
      kernel = weights == null || weights.getDimsCount() < 4 ? 1 : weights.getDims(2 + axis);
    }
    return (kernel - 1) * attribute(node, "dilations", axis, 1) + 1;
  }

  private static long attribute(NodeProto node, String name, int index, long otherwise) {
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.getName().equals(name)) {
        return index < attribute.getIntsCount()
            ? attribute.getInts(index)
            : attribute.getIntsCount() == 0 ? attribute.getI() : otherwise;
      }
    }
    return otherwise;
  }
}
