package dev.convector.onnx.internal.format;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.convector.onnx.Dimension;
import dev.convector.onnx.ElementType;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.ValueInfo;
import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Graph;
import dev.convector.onnx.internal.graph.Node;
import dev.convector.onnx.internal.graph.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** From the bytes of a file to a graph whose names are resolved and whose nodes are in order. */
public final class ModelReader {
  private static final int FIRST_OPSET = 1;
  private static final int LAST_OPSET = 22;

  private final ExternalData external;
  private final Map<String, Long> opsets = new HashMap<>();
  private final Map<String, Value> values = new HashMap<>();

  /** Names of values that are given: by the caller, the file, or a node. */
  private final Set<String> given = new HashSet<>();

  private ModelReader(ExternalData external) {
    this.external = external;
  }

  /**
   * Reads a model.
   *
   * @param bytes stay referred to by nothing that is returned
   * @throws OnnxException that says what is wrong with them
   */
  public static Graph read(byte[] bytes, ExternalData external) {
    try {
      // What was read refers to the bytes instead of copying them, which nobody changes meanwhile.
      CodedInputStream stream = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      stream.enableAliasing(true);
      ModelProto model = ModelProto.parseFrom(stream);
      return new ModelReader(external).graph(model, Map.of());
    } catch (IOException broken) {
      throw new OnnxException("model: not in ONNX's format: " + broken.getMessage(), broken);
    } catch (OutOfMemoryError full) {
      throw new OnnxException("model: doesn't fit the memory", full);
    }
  }

  /**
   * Reads a file, whose large weights it leaves there.
   *
   * @throws OnnxException that says what is wrong with it
   */
  public static Graph read(Path file, ExternalData external) {
    try {
      LeanModel.Parsed parsed = LeanModel.read(new WeightFile(file));
      return new ModelReader(external).graph(parsed.model(), parsed.ranges());
    } catch (IOException broken) {
      throw new OnnxException(file + ": not in ONNX's format: " + broken.getMessage(), broken);
    } catch (OutOfMemoryError full) {
      throw new OnnxException(file + ": doesn't fit the memory", full);
    }
  }

  /**
   * @param ranges where initializers' bytes lie that the model lacks, by their indices
   */
  private Graph graph(ModelProto model, Map<Integer, WeightFile.Range> ranges) {
    if (!model.hasGraph()) {
      throw new OnnxException("model: has no graph");
    }
    for (OperatorSetIdProto opset : model.getOpsetImportList()) {
      opsets.put(domain(opset.getDomain()), opset.getVersion());
    }
    long version = opsets.computeIfAbsent("", unused -> 1L);
    if (version < FIRST_OPSET || version > LAST_OPSET) {
      throw new OnnxException(
          "opset " + version + ": must be within " + FIRST_OPSET + " and " + LAST_OPSET);
    }
    GraphProto graph = model.getGraph();
    for (int i = 0; i < graph.getInitializerCount(); i++) {
      TensorProto tensor = graph.getInitializer(i);
      give(tensor.getName()).setConstant(TensorReader.read(tensor, external, ranges.get(i)));
    }
    if (graph.getSparseInitializerCount() > 0) {
      throw new OnnxException("sparse initializers: not supported");
    }
    List<Value> inputs = inputs(graph);
    List<Node> nodes = new ArrayList<>(graph.getNodeCount());
    for (int i = 0; i < graph.getNodeCount(); i++) {
      nodes.add(node(graph.getNode(i), i));
    }
    List<Value> outputs = outputs(graph);
    requireGiven(nodes);
    return new Graph(inputs, outputs, NodeOrder.sort(nodes));
  }

  /** ONNX's own domain has two names. */
  private static String domain(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  private Value value(String name) {
    return values.computeIfAbsent(name, Value::new);
  }

  private Value give(String name) {
    if (name.isEmpty()) {
      throw new OnnxException("a value without a name");
    }
    if (!given.add(name)) {
      throw new OnnxException("value " + name + ": given twice");
    }
    return value(name);
  }

  /** Up to version 3 of the format, constants are among the inputs too. */
  private List<Value> inputs(GraphProto graph) {
    List<Value> inputs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ValueInfoProto info : graph.getInputList()) {
      if (!names.add(info.getName())) {
        throw new OnnxException("value " + info.getName() + ": given twice");
      }
      Value value = value(info.getName());
      if (value.constant() == null) {
        give(info.getName());
        ValueInfo declared = info(info);
        if (declared.type() != ElementType.FLOAT && !declared.type().isWhole()) {
          throw new OnnxException("input " + declared + ": its type is not supported");
        }
        value.setDeclared(declared);
        inputs.add(value);
      }
    }
    return inputs;
  }

  private List<Value> outputs(GraphProto graph) {
    List<Value> outputs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ValueInfoProto info : graph.getOutputList()) {
      if (!given.contains(info.getName()) || !names.add(info.getName())) {
        throw new OnnxException(
            "output " + info.getName() + ": must be given by one node, and listed once");
      }
      Value value = value(info.getName());
      if (value.declared() == null) {
        value.setDeclared(info(info));
      }
      outputs.add(value);
    }
    if (outputs.isEmpty()) {
      throw new OnnxException("model: has no outputs");
    }
    return outputs;
  }

  private static ValueInfo info(ValueInfoProto info) {
    TypeProto type = info.getType();
    if (!type.hasTensorType()) {
      throw new OnnxException("value " + info.getName() + ": is no tensor");
    }
    TypeProto.Tensor tensor = type.getTensorType();
    List<Dimension> dimensions = null;
    if (tensor.hasShape()) {
      dimensions = new ArrayList<>();
      for (TensorShapeProto.Dimension dimension : tensor.getShape().getDimList()) {
        dimensions.add(dimension(dimension));
      }
    }
    return new ValueInfo(info.getName(), ElementType.of(tensor.getElemType()), dimensions);
  }

  /** Some converters write open ones as -1, and some as 0. */
  private static Dimension dimension(TensorShapeProto.Dimension dimension) {
    boolean known = dimension.hasDimValue() && dimension.getDimValue() >= 0;
    return new Dimension(known ? dimension.getDimValue() : -1, dimension.getDimParam());
  }

  private Node node(NodeProto proto, int index) {
    String domain = domain(proto.getDomain());
    String operator = domain.isEmpty() ? proto.getOpType() : domain + "." + proto.getOpType();
    String name = proto.getName().isEmpty() ? "#" + index : proto.getName();
    int version = Math.toIntExact(Math.clamp(opsets.getOrDefault(domain, 0L), 0, 1000));
    try {
      Map<String, Object> attributes = new LinkedHashMap<>();
      for (AttributeProto attribute : proto.getAttributeList()) {
        attributes.put(attribute.getName(), attribute(attribute));
      }
      List<Value> inputs = new ArrayList<>();
      for (String input : proto.getInputList()) {
        inputs.add(input.isEmpty() ? null : value(input));
      }
      List<Value> outputs = new ArrayList<>();
      for (String output : proto.getOutputList()) {
        outputs.add(output.isEmpty() ? null : give(output));
      }
      return new Node(operator, name, version, new Attributes(attributes), inputs, outputs);
    } catch (OnnxException broken) {
      throw new OnnxException(operator + " (node " + name + "): " + broken.getMessage(), broken);
    }
  }

  private Object attribute(AttributeProto attribute) {
    return switch (attribute.getType()) {
      case INT -> attribute.getI();
      case FLOAT -> attribute.getF();
      case STRING -> attribute.getS().toStringUtf8();
      case INTS -> attribute.getIntsList().stream().mapToLong(Long::longValue).toArray();
      case FLOATS -> floats(attribute);
      case TENSOR -> TensorReader.read(attribute.getT(), external);
      default -> attribute.getType();
    };
  }

  private static float[] floats(AttributeProto attribute) {
    float[] floats = new float[attribute.getFloatsCount()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = attribute.getFloats(i);
    }
    return floats;
  }

  private void requireGiven(List<Node> nodes) {
    for (Node node : nodes) {
      for (Value input : node.inputs()) {
        if (input != null && !given.contains(input.name())) {
          throw new OnnxException(
              node
                  + ": its input "
                  + input
                  + " is neither an input of the model nor an output of"
                  + " a node nor an initializer");
        }
      }
    }
  }
}
