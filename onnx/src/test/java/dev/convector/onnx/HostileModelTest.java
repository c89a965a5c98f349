package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models that nobody wrote in good faith: an OnnxException soon, and nothing else. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class HostileModelTest {
  private static String refusal(byte[] model) {
    return assertThrows(OnnxException.class, () -> OnnxModel.load(model)).getMessage();
  }

  private static byte[] good() {
    return Networks.all().get("ResNet");
  }

  @Test
  void noModel() {
    refusal(new byte[0]);
    refusal("<html>not found</html>".getBytes());
    refusal(new byte[1000]);
    byte[] noise = new byte[10_000];
    new Random(1).nextBytes(noise);
    refusal(noise);
  }

  /** Each line of the kept inputs once reached a branch of the reader that none before it had. */
  @Test
  void whatFuzzingLedTo() {
    int[] accepted = new int[1];
    int[] refused = new int[1];
    FuzzedModels.all()
        .forEach(
            bytes -> {
              try {
                OnnxModel.load(bytes).session();
                accepted[0]++;
              } catch (OnnxException e) {
                assertTrue(e.getMessage().length() > 8, e::toString);
                refused[0]++;
              }
            });
    assertTrue(accepted[0] >= 3, "few are models: " + accepted[0]);
    assertTrue(refused[0] >= 100, "few are none: " + refused[0]);
  }

  @Test
  void truncated() {
    byte[] model = good();
    for (int length = 0; length < model.length; length += 37) {
      refusal(Arrays.copyOf(model, length));
    }
  }

  @Test
  void cyclic() {
    ModelWriter writer = new ModelWriter(13);
    writer.input("x", 1, 2);
    writer
        .graph()
        .addNode(
            NodeProto.newBuilder().setOpType("Add").addInput("x").addInput("b").addOutput("a"));
    writer.graph().addNode(NodeProto.newBuilder().setOpType("Relu").addInput("a").addOutput("b"));
    assertTrue(refusal(writer.build("b")).contains("needs its own output"));
  }

  @Test
  void anyOrderOfNodesIsFine() {
    ModelWriter writer = new ModelWriter(13);
    writer.input("x", 1, 2);
    writer.graph().addNode(NodeProto.newBuilder().setOpType("Relu").addInput("a").addOutput("b"));
    writer.graph().addNode(NodeProto.newBuilder().setOpType("Neg").addInput("x").addOutput("a"));
    Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1, -2}, 1, 2));
    float[] out = OnnxModel.load(writer.build("b")).session().run(inputs).get("b").floats();
    assertTrue(Arrays.equals(new float[] {0, 2}, out));
  }

  @Test
  void missingInput() {
    ModelWriter writer = new ModelWriter(13);
    String y = writer.node("Add", writer.input("x", 1, 2), "nowhere");
    assertTrue(refusal(writer.build(y)).contains("nowhere"));
  }

  @Test
  void duplicateNames() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 2);
    writer.graph().addNode(NodeProto.newBuilder().setOpType("Relu").addInput(x).addOutput("x"));
    assertTrue(refusal(writer.build("x")).contains("given twice"));
  }

  @Test
  void dimensionOfTerabytes() {
    for (long size : new long[] {1L << 40, 1L << 62, Long.MAX_VALUE, -5, Integer.MAX_VALUE}) {
      ModelWriter writer = new ModelWriter(13);
      TensorProto.Builder tensor =
          TensorProto.newBuilder().setDataType(1).addDims(size).addDims(1L << 30).addFloatData(1);
      String y = writer.node("Add", writer.input("x", 1, 2), writer.initializer(tensor));
      assertTrue(refusal(writer.build(y)).contains("shape"), "" + size);
    }
  }

  @Test
  void constantOfTerabytes() {
    for (long size : new long[] {1L << 40, 1L << 30, 1L << 25, -1}) {
      ModelWriter writer = new ModelWriter(13);
      writer.input("x", 1, 2);
      String huge = writer.node("ConstantOfShape", writer.longs(size));
      refusal(writer.build(writer.node("Add", "x", huge)));
    }
    ModelWriter writer = new ModelWriter(13);
    String expanded =
        writer.node("Expand", writer.floats(new float[1], 1), writer.longs(1 << 15, 1 << 15));
    refusal(writer.build(writer.node("Add", writer.input("x", 1), expanded)));
  }

  @Test
  void wrongTypesAndLengths() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 2);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDataType(1)
            .addDims(5)
            .setRawData(ByteString.copyFrom(new byte[7]));
    assertTrue(
        refusal(writer.build(writer.node("Add", x, writer.initializer(tensor)))).contains("7"));
    ModelWriter other = new ModelWriter(13);
    String y = other.node("Reshape", other.input("x", 1, 2), other.floats(new float[2], 2));
    byte[] model = other.build(y);
    assertThrows(OnnxException.class, () -> OnnxModel.load(model).session());
    ModelWriter attribute = new ModelWriter(13);
    String z = attribute.node("Concat", Map.of("axis", "one"), attribute.input("x", 1, 2));
    byte[] concat = attribute.build(z);
    assertThrows(OnnxException.class, () -> OnnxModel.load(concat).session());
  }

  @Test
  void externalDataOutsideItsFolder(@TempDir Path folder) throws IOException {
    Path inside = Files.createDirectory(folder.resolve("model"));
    Files.write(folder.resolve("secret"), new byte[8]);
    Files.write(inside.resolve("weights"), new byte[8]);
    Files.createSymbolicLink(inside.resolve("link"), folder.resolve("secret"));
    for (String location :
        new String[] {"../secret", folder.resolve("secret").toString(), "link", "", "none", "\0"}) {
      Path file = Files.write(inside.resolve("m.onnx"), external(location, 2));
      assertThrows(OnnxException.class, () -> OnnxModel.load(file), location);
      assertThrows(OnnxException.class, () -> OnnxModel.load(Files.readAllBytes(file)), location);
    }
    Path file = Files.write(inside.resolve("m.onnx"), external("weights", 2));
    OnnxModel.load(file);
    Path longer = Files.write(inside.resolve("m.onnx"), external("weights", 3));
    assertThrows(OnnxException.class, () -> OnnxModel.load(longer));
  }

  private static byte[] external(String location, int size) {
    ModelWriter writer = new ModelWriter(13);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDataType(1)
            .addDims(size)
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue(location));
    return writer.build(writer.node("Add", writer.input("x", size), writer.initializer(tensor)));
  }

  @Test
  void hundredThousandNodes() {
    ModelWriter writer = new ModelWriter(13);
    String y = writer.input("x", 1, 2);
    for (int i = 0; i < 100_000; i++) {
      y = i % 2 == 0 ? writer.node("Neg", y) : writer.node("Add", y, "x");
    }
    Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1, 2}, 1, 2));
    Session session = OnnxModel.load(writer.build(y)).session();
    assertTrue(Float.isFinite(session.run(inputs).values().iterator().next().floats()[0]));
  }

  @Test
  @Timeout(value = 600, unit = TimeUnit.SECONDS)
  void flippedBytes() {
    byte[] model = good();
    Random random = new Random(7);
    int flips = Integer.getInteger("onnx.flips", 100);
    for (int i = 0; i < flips; i++) {
      byte[] broken = model.clone();
      for (int k = 0; k <= i % 3; k++) {
        broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        Session session = OnnxModel.load(broken).session();
        session.run(Map.of("x", NetworksTest.random(1, 8, 8, 8)));
      } catch (OnnxException refused) {
        assertTrue(refused.getMessage() != null);
      }
    }
  }
}
