package dev.convector.onnx.cli;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.OnnxModel;
import dev.convector.onnx.ValueInfo;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which model, and the sizes that it leaves open. */
final class ModelArgument {
  @Parameters(paramLabel = "MODEL", description = "An ONNX file.")
  private Path file;

  @Option(
      names = "--shape",
      paramLabel = "INPUT=SIZES",
      description =
          "The shape of an input, such as x=1,3,224,224, where the model leaves it open; once for"
              + " each such input. An open first size is 1 unless given.")
  private Map<String, String> shapes = new LinkedHashMap<>();

  Path file() {
    return file;
  }

  /** The model, ready to run. */
  OnnxModel load() throws IOException {
    requireFile();
    OnnxModel model = OnnxModel.load(file);
    requireInputs(model.inputs());
    return model;
  }

  /** The file as it is, whether it can be run or not. */
  ModelProto parse() throws IOException {
    requireFile();
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      ModelProto model = ModelProto.parseFrom(in);
      if (!model.hasGraph()) {
        throw new OnnxException(file + ": not an ONNX model; it has no graph");
      }
      return model;
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new OnnxException(file + ": not an ONNX model (" + e.getMessage() + ")", e);
    }
  }

  private void requireFile() throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(file + ": no such file");
    }
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new IOException(file + ": not a file that can be read");
    }
  }

  private void requireInputs(List<ValueInfo> inputs) {
    List<String> names = inputs.stream().map(ValueInfo::name).toList();
    for (String name : shapes.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            "--shape: no input is called " + name + "; the model's are " + names);
      }
    }
  }

  boolean isShapeGiven(ValueInfo input) {
    return shapes.containsKey(input.name());
  }

  /**
   * The shape to run an input with.
   *
   * @throws IllegalArgumentException if it is open and not given, or given and not the model's
   */
  long[] shape(ValueInfo input) {
    long[] shape = isShapeGiven(input) ? given(input) : withBatchOfOne(input);
    if (shape == null || Arrays.stream(shape).anyMatch(size -> size < 0)) {
      throw new IllegalArgumentException(
          "--shape: the model leaves sizes of " + input + " open; give --shape " + example(input));
    }
    return shape;
  }

  private long[] given(ValueInfo input) {
    String text = shapes.get(input.name());
    long[] shape;
    try {
      shape =
          Arrays.stream(text.split(",")).map(String::strip).mapToLong(Long::parseLong).toArray();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--shape: " + text + "; must be numbers with commas", e);
    }
    long[] declared = input.shape();
    boolean fits = declared == null || declared.length == shape.length;
    for (int i = 0; i < shape.length; i++) {
      fits &= shape[i] > 0;
      fits = fits && (declared == null || declared[i] < 0 || declared[i] == shape[i]);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "--shape: " + text + "; must be positive and fit " + input);
    }
    return shape;
  }

  private static long[] withBatchOfOne(ValueInfo input) {
    long[] shape = input.shape();
    if (shape != null && shape.length > 0 && shape[0] < 0) {
      shape[0] = 1;
    }
    return shape;
  }

  private static String example(ValueInfo input) {
    long[] shape = withBatchOfOne(input);
    String sizes =
        shape == null
            ? "..."
            : Arrays.stream(shape)
                .mapToObj(size -> size < 0 ? "..." : String.valueOf(size))
                .collect(Collectors.joining(","));
    return input.name() + "=" + sizes;
  }
}
