package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the format and its versions do differently from what one would expect. */
class QuirksTest {
  private static Tensor run(byte[] model, Tensor x) {
    OnnxModel loaded = OnnxModel.load(model);
    assertEquals(1, loaded.inputs().size(), () -> loaded.inputs().toString());
    return loaded.session().run(Map.of("x", x)).values().iterator().next();
  }

  private static void assertRuns(ModelWriter writer, String output, Tensor x, float... expected) {
    assertArrayEquals(expected, run(writer.build(output), x).floats(), 1e-6f);
  }

  @Test
  void constantsMayBeInputsToo() {
    ModelWriter writer = new ModelWriter(8);
    String x = writer.input("x", 2);
    String weights = writer.floats(new float[] {3, 4}, 2);
    writer.input(weights, 2);
    assertRuns(writer, writer.node("Mul", x, weights), Tensor.of(new float[] {1, 2}, 2), 3, 8);
  }

  @Test
  void weightsMayBeConstantNodesOfHalfPrecisionBehindACast() {
    ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    halves.putShort(Float.floatToFloat16(1.5f)).putShort(Float.floatToFloat16(-2)).flip();
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 2);
    writer
        .graph()
        .addNode(
            NodeProto.newBuilder()
                .setOpType("Constant")
                .addOutput("half")
                .addAttribute(
                    AttributeProto.newBuilder()
                        .setName("value")
                        .setType(AttributeProto.AttributeType.TENSOR)
                        .setT(
                            TensorProto.newBuilder()
                                .setDataType(10)
                                .addDims(2)
                                .setRawData(ByteString.copyFrom(halves)))));
    String weights = writer.node("Cast", Map.of("to", 1), "half");
    byte[] model = writer.build(writer.node("Mul", x, weights));
    assertEquals(1, OnnxModel.load(model).graph().nodes().size());
    assertArrayEquals(new float[] {3, -2}, run(model, Tensor.of(new float[] {2, 1}, 2)).floats());
  }

  @Test
  void dimensionsOfMinusOneAreOpen() {
    ModelWriter writer = new ModelWriter(13);
    writer
        .graph()
        .addInput(
            ModelWriter.info("x", 0, 2).toBuilder()
                .setType(
                    ModelWriter.info("x", 0, 2).getType().toBuilder().setTensorType(minusOne())));
    byte[] model = writer.build(writer.node("Relu", "x"));
    assertEquals("x FLOAT[?,2]", OnnxModel.load(model).inputs().getFirst().toString());
    assertArrayEquals(new long[] {-1, 2}, OnnxModel.load(model).inputs().getFirst().shape());
    assertEquals(3, run(model, Tensor.of(new float[6], 3, 2)).dimension(0));
  }

  private static TypeProto.Tensor.Builder minusOne() {
    TypeProto.Tensor.Builder tensor =
        ModelWriter.info("x", 0, 2).getType().getTensorType().toBuilder();
    tensor.getShapeBuilder().getDimBuilder(0).setDimValue(-1);
    return tensor;
  }

  @Test
  void softmaxWasOverAllAxesFromOneOn() {
    Tensor x = Tensor.of(new float[4], 1, 2, 2);
    ModelWriter old = new ModelWriter(12);
    assertRuns(old, old.node("Softmax", old.input("x", 1, 2, 2)), x, 0.25f, 0.25f, 0.25f, 0.25f);
    ModelWriter now = new ModelWriter(13);
    assertRuns(now, now.node("Softmax", now.input("x", 1, 2, 2)), x, 0.5f, 0.5f, 0.5f, 0.5f);
  }

  @Test
  void attributesBecameInputs() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    ModelWriter old = new ModelWriter(13);
    String xOld = old.input("x", 2, 2);
    Map<String, Object> rows = Map.of("axes", new long[] {1}, "keepdims", 0);
    assertRuns(old, old.node("ReduceMean", rows, xOld), x, 1.5f, 3.5f);
    ModelWriter now = new ModelWriter(18);
    String xNow = now.input("x", 2, 2);
    assertRuns(
        now, now.node("ReduceMean", Map.of("keepdims", 0), xNow, now.longs(1)), x, 1.5f, 3.5f);
    ModelWriter split = new ModelWriter(18);
    String parts = split.node("Split", Map.of("axis", 1, "num_outputs", 1), split.input("x", 2, 2));
    assertRuns(split, parts, x, 1, 2, 3, 4);
    ModelWriter pad = new ModelWriter(18);
    String xPad = pad.input("x", 2, 2);
    String padded = pad.node("Pad", xPad, pad.longs(1, 0), "", pad.longs(1));
    assertRuns(pad, padded, x, 0, 1, 2, 0, 3, 4);
    ModelWriter clip = new ModelWriter(6);
    String clipped = clip.node("Clip", Map.of("min", 2f, "max", 3f), clip.input("x", 2, 2));
    assertRuns(clip, clipped, x, 2, 2, 3, 3);
  }

  @Test
  void namesOfInputsMayBeEmpty() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 2);
    String clipped = writer.node("Clip", x, "", writer.floats(new float[] {1}));
    assertRuns(writer, clipped, Tensor.of(new float[] {-5, 5}, 2), -5, 1);
  }

  @Test
  void ceilModeAndNamedPadding() {
    float[] row = {1, 2, 3, 4, 5};
    ModelWriter ceil = new ModelWriter(13);
    Map<String, Object> window =
        Map.of("kernel_shape", new long[] {2}, "strides", new long[] {2}, "ceil_mode", 1);
    assertRuns(
        ceil,
        ceil.node("MaxPool", window, ceil.input("x", 1, 1, 5)),
        Tensor.of(row, 1, 1, 5),
        2,
        4,
        5);
    for (String named : new String[] {"SAME_UPPER", "SAME_LOWER"}) {
      ModelWriter same = new ModelWriter(13);
      String x = same.input("x", 1, 1, 5);
      String ones = same.floats(new float[] {1, 1}, 1, 1, 2);
      String y = same.node("Conv", Map.of("auto_pad", named), x, ones);
      boolean upper = named.equals("SAME_UPPER");
      float[] sums = upper ? new float[] {3, 5, 7, 9, 5} : new float[] {1, 3, 5, 7, 9};
      assertRuns(same, y, Tensor.of(row, 1, 1, 5), sums);
    }
  }

  @Test
  void aConstantOrAnInputMayBeAnOutput() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 2);
    String constant = writer.floats(new float[] {7}, 1);
    byte[] model = writer.build(x, constant, writer.node("Relu", x));
    Tensor input = Tensor.of(new float[] {-1, 1}, 2);
    Map<String, Tensor> out = OnnxModel.load(model).session().run(Map.of("x", input));
    assertArrayEquals(new float[] {-1, 1}, out.get(x).floats());
    assertTrue(out.get(x).floats() != input.floats());
    assertArrayEquals(new float[] {7}, out.get(constant).floats());
  }

  @Test
  void volumes() {
    ModelWriter ones = new ModelWriter(13);
    String cube = ones.input("x", 1, 1, 2, 2, 2);
    float[] all = {1, 1, 1, 1, 1, 1, 1, 1};
    String sum = ones.node("Conv", cube, ones.floats(all, 1, 1, 2, 2, 2));
    Tensor counted = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 1, 2, 2, 2);
    assertRuns(ones, sum, counted, 36);
    ModelWriter block = new ModelWriter(13);
    String x = block.input("x", -1, 4, -1, -1, -1);
    Map<String, Object> padded = Map.of("pads", new long[] {1, 1, 1, 1, 1, 1});
    String conv = block.node("Conv", padded, x, block.weights(4, 4, 3, 3, 3));
    byte[] model = block.build(block.node("Relu", block.node("Add", block.norm(conv, 4), x)));
    assertEquals(1, OnnxModel.load(model).graph().nodes().size());
    for (long[] shape : new long[][] {{1, 4, 3, 5, 6}, {2, 4, 4, 3, 3}}) {
      Tensor volume = NetworksTest.random(shape);
      NetworksTest.assertClose(Plain.run(model, volume), run(model, volume).floats(), 1e-5);
    }
  }

  /** ONNX's own tests of it are in double precision. */
  @Test
  void runningSums() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
    ModelWriter rows = new ModelWriter(14);
    String xRows = rows.input("x", 2, 2);
    assertRuns(rows, rows.node("CumSum", xRows, rows.longs(-1)), x, 1, 3, 3, 7);
    ModelWriter back = new ModelWriter(14);
    String xBack = back.input("x", 2, 2);
    Map<String, Object> backwards = Map.of("exclusive", 1, "reverse", 1);
    assertRuns(back, back.node("CumSum", backwards, xBack, back.longs(0)), x, 3, 4, 0, 0);
  }

  /**
   * Opset 18 has it, ONNX's own tests here have not; the numbers are ONNX Runtime's rule by hand.
   */
  @Test
  void resizingThatAvoidsAliasing() {
    ModelWriter writer = new ModelWriter(18);
    String x = writer.input("x", 1, 1, 4);
    Map<String, Object> linear = Map.of("mode", "linear", "antialias", 1);
    String y = writer.node("Resize", linear, x, "", writer.floats(new float[] {1, 1, 0.5f}, 3));
    // Half the size: weights 1, 3, 3, 1 of eighths, the border's element repeated.
    Tensor row = Tensor.of(new float[] {8, 16, 24, 40}, 1, 1, 4);
    assertRuns(writer, y, row, (8 + 3 * 8 + 3 * 16 + 24) / 8f, (16 + 3 * 24 + 3 * 40 + 40) / 8f);
  }

  /** What became an input, or is a value that isn't known, must not be accepted and not read. */
  @ParameterizedTest
  @CsvSource({
    "18, ReduceMean, axes, 1, attribute axes",
    "13, ReduceSum, axes, 1, attribute axes",
    "13, Squeeze, axes, 0, attribute axes",
    "13, Split, split, 1, attribute split",
    "11, Clip, min, 1, attribute min",
    "10, TopK, k, 1, attribute k",
    "7, Add, axis, 1, attribute axis",
    "6, Dropout, is_test, 0, training",
    "18, Split, num_outputs, 3, num_outputs 3",
    "17, LayerNormalization, stash_type, 11, stash_type 11",
  })
  void attributesThatAreNotReadAreRefused(
      int opset, String operator, String attribute, int value, String part) {
    ModelWriter writer = new ModelWriter(opset);
    String x = writer.input("x", 1, 2, 3);
    byte[] model = writer.build(writer.node(operator, Map.of(attribute, value), x, x));
    String message = assertThrows(OnnxException.class, () -> OnnxModel.load(model)).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void anOldSumAtAnAxisIsNoResidualThatEndsWithTheLastOne() {
    ModelWriter writer = new ModelWriter(6);
    String x = writer.input("x", 1, 2, 1, 2);
    String weights = writer.floats(new float[] {1, 0, 0, 1}, 2, 2, 1, 1);
    String conv = writer.node("Conv", Map.of(), x, weights);
    String pooled = writer.node("GlobalMaxPool", Map.of(), x);
    String perChannel = writer.node("Reshape", Map.of(), pooled, writer.longs(2));
    String sum = writer.node("Add", Map.of("axis", 1, "broadcast", 1), conv, perChannel);
    assertRuns(writer, sum, Tensor.of(new float[] {1, 2, 3, 5}, 1, 2, 1, 2), 3, 4, 8, 10);
  }

  @Test
  void aMaximumThatIsNotANumberIsWhereItsIndexSays() {
    ModelWriter writer = new ModelWriter(12);
    String x = writer.input("x", 1, 1, 1, 2);
    NodeProto pool =
        NodeProto.newBuilder()
            .setOpType("MaxPool")
            .addInput(x)
            .addOutput("most")
            .addOutput("where")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("kernel_shape")
                    .setType(AttributeProto.AttributeType.INTS)
                    .addInts(1)
                    .addInts(2))
            .build();
    writer.graph().addNode(pool);
    String where = writer.node("Cast", Map.of("to", 1), "where");
    assertRuns(writer, where, Tensor.of(new float[] {1, Float.NaN}, 1, 1, 1, 2), 1);
  }

  /** Of images channels last, some pixels are one row; of which size must not show. */
  @ParameterizedTest
  @CsvSource({"1,5,7", "3,16,16", "32,7,7", "48,13,5", "300,3,4", "1100,2,2", "16,1,1"})
  void aNumberForEachChannel(int channels, int height, int width) {
    ModelWriter writer = new ModelWriter(13);
    float[] identity = new float[channels];
    Arrays.fill(identity, 1);
    String x = writer.input("x", 1, channels, height, width);
    String weights = writer.floats(identity, channels, 1, 1, 1);
    String y = writer.node("Conv", Map.of("group", channels), x, weights);
    String most = writer.node("GlobalMaxPool", y);
    String numbers = writer.weights(1, channels, 1, 1);
    String computed = writer.node("Mul", y, most);
    String left = writer.node("Sub", most, y);
    String sum = writer.node("Add", y, numbers);
    // Of a product, so that it does not become part of the convolution.
    String square = writer.node("Mul", y, y);
    String scale = writer.floats(counted(channels, 1, 1), channels);
    String shift = writer.floats(counted(channels, -5, 0.5f), channels);
    String mean = writer.floats(counted(channels, 0, 0.01f), channels);
    String variance = writer.floats(counted(channels, 1, 2), channels);
    String norm =
        writer.node(
            "Relu", writer.node("BatchNormalization", square, scale, shift, mean, variance));
    byte[] model = writer.build(computed, left, sum, numbers, norm);
    Tensor image = NetworksTest.random(1, channels, height, width);
    Map<String, Tensor> out = OnnxModel.load(model).session().run(Map.of("x", image));
    List<float[]> found = out.values().stream().map(Tensor::floats).toList();
    int area = height * width;
    for (int i = 0; i < image.size(); i++) {
      float value = image.floats()[i];
      float max = Float.NEGATIVE_INFINITY;
      for (int k = i / area * area; k < (i / area + 1) * area; k++) {
        max = Math.max(max, image.floats()[k]);
      }
      assertEquals(value * max, found.get(0)[i]);
      assertEquals(max - value, found.get(1)[i]);
      assertEquals(value + found.get(3)[i / area], found.get(2)[i]);
      int c = i / area;
      double normal =
          (value * value - 0.01 * c) / Math.sqrt(1 + 2 * c + 1e-5) * (1 + c) - 5 + 0.5 * c;
      assertEquals(Math.max(0, normal), found.get(4)[i], 1e-5 * (6 + c));
    }
  }

  private static float[] counted(int count, float first, float step) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = first + i * step;
    }
    return numbers;
  }
}
