package dev.convector.onnx.cli;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a file holds.
 *
 * @param opsets versions, those of other domains than ONNX's own with their name
 * @param operators each with how often it is there, the most frequent first
 * @param parameters elements of floating-point tensors of at least one dimension
 */
record ModelCounts(String opsets, String operators, long parameters) {
  private static final Set<Integer> FLOATING =
      Set.of(
          TensorProto.DataType.FLOAT_VALUE,
          TensorProto.DataType.FLOAT16_VALUE,
          TensorProto.DataType.BFLOAT16_VALUE,
          TensorProto.DataType.DOUBLE_VALUE);

  static ModelCounts of(ModelProto model) {
    String opsets =
        model.getOpsetImportList().stream()
            .map(
                set ->
                    set.getDomain().isEmpty()
                        ? String.valueOf(set.getVersion())
                        : set.getDomain() + " " + set.getVersion())
            .collect(Collectors.joining(", "));
    Map<String, Long> counts =
        model.getGraph().getNodeList().stream()
            .collect(
                Collectors.groupingBy(ModelCounts::operator, TreeMap::new, Collectors.counting()));
    String operators =
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .map(entry -> entry.getValue() + " " + entry.getKey())
            .collect(Collectors.joining(", "));
    long parameters =
        Stream.concat(
                model.getGraph().getInitializerList().stream(),
                model.getGraph().getNodeList().stream().flatMap(ModelCounts::constants))
            .filter(ModelCounts::isFloating)
            .mapToLong(ModelCounts::elements)
            .sum();
    return new ModelCounts(opsets, operators, parameters);
  }

  private static String operator(NodeProto node) {
    return node.getDomain().isEmpty()
        ? node.getOpType()
        : node.getDomain() + "." + node.getOpType();
  }

  private static Stream<TensorProto> constants(NodeProto node) {
    return node.getOpType().equals("Constant")
        ? node.getAttributeList().stream()
            .filter(attribute -> attribute.getName().equals("value"))
            .map(AttributeProto::getT)
        : Stream.empty();
  }

  private static boolean isFloating(TensorProto tensor) {
    return FLOATING.contains(tensor.getDataType()) && tensor.getDimsCount() > 0;
  }

  private static long elements(TensorProto tensor) {
    return tensor.getDimsList().stream().reduce(1L, (a, b) -> a * b);
  }
}
