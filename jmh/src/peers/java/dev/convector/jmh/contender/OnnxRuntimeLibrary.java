package dev.convector.jmh.contender;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.protobuf.ByteString;
import dev.convector.Layout;
import dev.convector.PaddingMode;
import dev.convector.jmh.layer.GemmSize;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.Operation;
import dev.convector.jmh.race.Session;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime: a model of one node, weights as initializers so that they are packed when the
 * session starts, all optimisations, and an output that is pinned so that no call allocates it.
 */
public final class OnnxRuntimeLibrary implements Library {
  @Override
  public String name() {
    return "onnxruntime";
  }

  @Override
  public String version() {
    return OrtEnvironment.getEnvironment().getVersion();
  }

  /** It has no gradients, and pads convolutions with zeros. */
  @Override
  public List<String> variants(Layer layer) {
    Operation operation = layer.operation();
    boolean zeros = operation.paddingMode() == PaddingMode.ZEROS;
    return operation.isBackward() || !zeros ? List.of() : List.of("NCHW");
  }

  @Override
  public Contender prepare(ConvTask task, String variant, int threads) throws OrtException {
    Layer l = task.layer();
    long[] srcDims = Dimensions.src(l);
    long[] dstDims = Dimensions.dst(l);
    var graph =
        OnnxMl.GraphProto.newBuilder()
            .setName("layer")
            .addInput(value("x", srcDims))
            .addOutput(value("y", dstDims));
    switch (l.operation()) {
      case FORWARD, VOLUME, TRANSPOSED -> convolution(task, graph);
      case MAX_POOL, AVERAGE_POOL -> graph.addNode(pool(l));
      case NEAREST, BILINEAR -> resize(l, graph);
      default -> throw new IllegalArgumentException("operation: " + l.operation());
    }
    return new Session(graph.build(), task.src(Layout.NCHW), srcDims, dstDims, threads);
  }

  private static void convolution(ConvTask task, OnnxMl.GraphProto.Builder graph) {
    Layer l = task.layer();
    boolean transposed = l.operation() == Operation.TRANSPOSED;
    graph
        .addNode(
            windows(transposed ? "ConvTranspose" : "Conv", l)
                .addAllInput(List.of("x", "w", "b"))
                .addAttribute(
                    OnnxMl.AttributeProto.newBuilder()
                        .setName("group")
                        .setType(OnnxMl.AttributeProto.AttributeType.INT)
                        .setI(l.groups())))
        .addInitializer(tensor("w", task.weights(), Dimensions.weights(l)))
        .addInitializer(tensor("b", task.bias(), l.filters()));
  }

  private static OnnxMl.NodeProto.Builder pool(Layer l) {
    if (l.operation() == Operation.MAX_POOL) {
      return windows("MaxPool", l).addInput("x");
    }
    return l.global()
        ? OnnxMl.NodeProto.newBuilder().setOpType("GlobalAveragePool").addInput("x").addOutput("y")
        : windows("AveragePool", l, false).addInput("x");
  }

  private static void resize(Layer l, OnnxMl.GraphProto.Builder graph) {
    boolean nearest = l.operation() == Operation.NEAREST;
    graph
        .addNode(
            OnnxMl.NodeProto.newBuilder()
                .setOpType("Resize")
                .addAllInput(List.of("x", "", "scales"))
                .addOutput("y")
                .addAttribute(text("mode", nearest ? "nearest" : "linear"))
                .addAttribute(text("coordinate_transformation_mode", "half_pixel"))
                .addAttribute(text("nearest_mode", "round_prefer_floor")))
        .addInitializer(tensor("scales", new float[] {1, 1, l.stride(), l.stride()}, 4));
  }

  private static OnnxMl.NodeProto.Builder windows(String type, Layer l) {
    return windows(type, l, true);
  }

  /** Of the operations that have no dilation in this opset, it must be left out. */
  private static OnnxMl.NodeProto.Builder windows(String type, Layer l, boolean dilated) {
    var node =
        OnnxMl.NodeProto.newBuilder()
            .setOpType(type)
            .addOutput("y")
            .addAttribute(integers("kernel_shape", Dimensions.kernel(l)))
            .addAttribute(integers("strides", Dimensions.alike(l, l.stride())))
            .addAttribute(integers("pads", Dimensions.bothSides(l, l.padding())));
    return dilated
        ? node.addAttribute(integers("dilations", Dimensions.alike(l, l.dilation())))
        : node;
  }

  @Override
  public List<String> variants(GemmSize size) {
    return List.of("packed");
  }

  @Override
  public Contender prepare(GemmTask task, String variant, int threads) throws OrtException {
    GemmSize size = task.size();
    long[] srcDims = {size.m(), size.k()};
    long[] dstDims = {size.m(), size.n()};
    OnnxMl.GraphProto graph =
        OnnxMl.GraphProto.newBuilder()
            .setName("product")
            .addNode(
                OnnxMl.NodeProto.newBuilder()
                    .setOpType("MatMul")
                    .addAllInput(List.of("x", "w"))
                    .addOutput("y"))
            .addInput(value("x", srcDims))
            .addOutput(value("y", dstDims))
            .addInitializer(tensor("w", task.b(), size.k(), size.n()))
            .build();
    return new Session(graph, task.a(), srcDims, dstDims, threads);
  }

  @Override
  public boolean runsNetworks() {
    return true;
  }

  @Override
  public Contender prepare(NetworkTask task, int threads) throws OrtException {
    return new OnnxRuntimeNetwork(task, threads);
  }

  /** All optimisations; threads of its own, as many as it may use. */
  static OrtSession.SessionOptions options(int threads) throws OrtException {
    var options = new OrtSession.SessionOptions();
    options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    return options;
  }

  private static OnnxMl.AttributeProto integers(String name, long... values) {
    var builder =
        OnnxMl.AttributeProto.newBuilder()
            .setName(name)
            .setType(OnnxMl.AttributeProto.AttributeType.INTS);
    for (long value : values) {
      builder.addInts(value);
    }
    return builder.build();
  }

  private static OnnxMl.AttributeProto text(String name, String value) {
    return OnnxMl.AttributeProto.newBuilder()
        .setName(name)
        .setType(OnnxMl.AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  private static OnnxMl.ValueInfoProto value(String name, long... dims) {
    var shape = OnnxMl.TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(OnnxMl.TensorShapeProto.Dimension.newBuilder().setDimValue(dim));
    }
    return OnnxMl.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            OnnxMl.TypeProto.newBuilder()
                .setTensorType(
                    OnnxMl.TypeProto.Tensor.newBuilder()
                        .setElemType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                        .setShape(shape)))
        .build();
  }

  private static OnnxMl.TensorProto tensor(String name, float[] values, long... dims) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    var builder =
        OnnxMl.TensorProto.newBuilder()
            .setName(name)
            .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
            .setRawData(ByteString.copyFrom(bytes));
    for (long dim : dims) {
      builder.addDims(dim);
    }
    return builder.build();
  }

  private static final class Session implements Contender {
    private final OrtSession session;
    private final FloatBuffer dst;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;

    Session(OnnxMl.GraphProto graph, float[] src, long[] srcDims, long[] dstDims, int threads)
        throws OrtException {
      OrtEnvironment environment = OrtEnvironment.getEnvironment();
      byte[] model =
          OnnxMl.ModelProto.newBuilder()
              .setIrVersion(8)
              .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(17))
              .setGraph(graph)
              .build()
              .toByteArray();
      try (var options = options(threads)) {
        session = environment.createSession(model, options);
      }
      FloatBuffer input = direct(srcDims);
      input.put(0, src);
      dst = direct(dstDims);
      inputs = Map.of("x", OnnxTensor.createTensor(environment, input, srcDims));
      outputs = Map.of("y", OnnxTensor.createTensor(environment, dst, dstDims));
    }

    @Override
    public void run() throws OrtException {
      session.run(inputs, outputs).close();
    }

    @Override
    public float[] output() {
      float[] values = new float[dst.capacity()];
      dst.get(0, values);
      return values;
    }

    @Override
    public void close() {
      try {
        session.close();
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }

    private static FloatBuffer direct(long[] dims) {
      long size = Float.BYTES;
      for (long dim : dims) {
        size *= dim;
      }
      return ByteBuffer.allocateDirect(Math.toIntExact(size))
          .order(ByteOrder.nativeOrder())
          .asFloatBuffer();
    }
  }
}
