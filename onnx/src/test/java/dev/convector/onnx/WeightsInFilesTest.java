package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large weights stay in the model's file, which must not show but in the memory that it takes. */
class WeightsInFilesTest {
  private static final int CHANNELS = 64;

  private static final byte[] MODEL = model();

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.write(folder.resolve("model.onnx"), MODEL);
  }

  /** Stored as converters store them, not number by number. */
  private static String raw(ModelWriter writer, int... dims) {
    float[] values = new float[Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
    Random random = new Random(dims.length);
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < values.length; i++) {
      bytes.putFloat(random.nextFloat() - 0.5f);
    }
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDataType(1).setRawData(ByteString.copyFrom(bytes.flip()));
    Arrays.stream(dims).forEach(tensor::addDims);
    return writer.initializer(tensor);
  }

  /** Each way in which weights are taken: folded, scaled, transposed, and read as they are. */
  private static byte[] model() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, CHANNELS, -1, -1);
    Map<String, Object> pads = Map.of("pads", new long[] {1, 1, 1, 1});
    String y = writer.node("Conv", pads, x, raw(writer, CHANNELS, CHANNELS, 3, 3));
    y = writer.node("Relu", writer.norm(y, CHANNELS));
    y = writer.node("Mul", y, writer.number(0.25));
    y = writer.node("Conv", y, raw(writer, CHANNELS, CHANNELS, 1, 1));
    y = writer.node("ConvTranspose", y, raw(writer, CHANNELS, CHANNELS, 1, 1));
    y = writer.norm(y, CHANNELS);
    y = writer.node("GlobalAveragePool", y);
    y = writer.node("Flatten", y);
    y = writer.node("MatMul", y, raw(writer, CHANNELS, 128));
    y = writer.node("Mul", y, writer.weights(128));
    y = writer.node("Add", y, writer.weights(128));
    y = writer.node("Gemm", Map.of("transB", 1), y, raw(writer, 96, 128), writer.weights(96));
    y = writer.node("Add", y, raw(writer, 48, 96));
    y = writer.node("MatMul", raw(writer, 128, 48), y);
    return writer.build(y);
  }

  private static float[] run(Session session, int size) {
    Tensor x = NetworksTest.random(1, CHANNELS, size, size);
    return session.run(Map.of("x", x)).values().iterator().next().floats();
  }

  @Test
  void givesTheSameBits() {
    Session held = OnnxModel.load(MODEL).session();
    Session fromFile = OnnxModel.load(file).session();
    for (int size : new int[] {7, 12, 7}) {
      assertArrayEquals(run(held, size), run(fromFile, size));
    }
  }

  @Test
  void holdsOnlyWhatStepsReadAsItIs() {
    OnnxModel model = OnnxModel.load(file);
    SessionOptions options = SessionOptions.defaults().inputShape("x", 1, CHANNELS, 7, 7);
    long small = model.session().memory().weights();
    assertTrue(small < 8192, "" + small);
    long whole = model.session(options).memory().weights();
    assertEquals(4 * (48 * 96 + 128 * 48), whole - small);
    assertTrue(OnnxModel.load(MODEL).session().memory().weights() > 4 * CHANNELS * CHANNELS * 9);
  }

  @Test
  void externalFilesToo() throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(MODEL).toBuilder();
    for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
      if (tensor.getRawData().size() > 0) {
        Files.write(folder.resolve(tensor.getName()), tensor.getRawData().toByteArray());
        StringStringEntryProto.Builder location =
            StringStringEntryProto.newBuilder().setKey("location").setValue(tensor.getName());
        tensor
            .clearRawData()
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(location);
      }
    }
    Path outside = Files.write(folder.resolve("outside.onnx"), model.build().toByteArray());
    assertArrayEquals(
        run(OnnxModel.load(MODEL).session(), 9), run(OnnxModel.load(outside).session(), 9));
  }

  @Test
  void aFileMayBeDeletedOrReplacedButNotChanged() throws IOException {
    float[] expected = run(OnnxModel.load(MODEL).session(), 5);
    Session replaced = OnnxModel.load(file).session();
    Path other = Files.write(folder.resolve("other"), new byte[MODEL.length]);
    Files.delete(file);
    assertArrayEquals(expected, run(replaced, 5));

    write();
    Session deleted = OnnxModel.load(file).session();
    Files.delete(file);
    Files.move(other, file);
    assertArrayEquals(expected, run(deleted, 5));

    Files.write(file, MODEL);
    Session changed = OnnxModel.load(file).session();
    Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
    String message = assertThrows(OnnxException.class, () -> run(changed, 5)).getMessage();
    assertTrue(message.contains("was changed since"), message);
  }

  @Test
  void interruptedThreadsReadOn() throws IOException {
    Session session = OnnxModel.load(file).session();
    Thread.currentThread().interrupt();
    float[] found = run(session, 5);
    assertTrue(Thread.interrupted());
    assertArrayEquals(run(OnnxModel.load(MODEL).session(), 5), found);
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    for (int length = 0; length < MODEL.length; length += 1777) {
      Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(MODEL, length));
      assertThrows(OnnxException.class, () -> OnnxModel.load(cut));
    }
    Files.delete(file);
    assertThrows(OnnxException.class, () -> OnnxModel.load(file));
  }

  /** What the file's structure is made of, not its weights. */
  @Test
  void flippedBytesAreRefusedOrRun() throws IOException {
    Random random = new Random(3);
    for (int i = 0; i < 150; i++) {
      byte[] broken = MODEL.clone();
      int at = i % 2 == 0 ? random.nextInt(200) : broken.length - 1 - random.nextInt(3000);
      broken[at] ^= (byte) (1 << random.nextInt(8));
      Path cut = Files.write(folder.resolve("broken"), broken);
      try {
        run(OnnxModel.load(cut).session(), 3);
      } catch (OnnxException refused) {
        assertTrue(refused.getMessage() != null);
      }
    }
  }
}
