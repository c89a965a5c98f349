package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.convector.Accuracy;
import dev.convector.Execution;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTest {
  /** Bytes of the maps, keys and tensors around what a run returns. */
  private static final int FACE = 2048;

  private static byte[] model() {
    return Networks.all().get("ResNeXt");
  }

  private static String message(Map<String, Tensor> inputs) {
    Session session = OnnxModel.load(model()).session();
    return assertThrows(OnnxException.class, () -> session.run(inputs)).getMessage();
  }

  @Test
  void saysWhatIsWrongWithAnInput() {
    Tensor x = NetworksTest.random(1, 8, 6, 6);
    assertEquals(
        "input x FLOAT[open,8,open,open]: missing; given are [y]", message(Map.of("y", x)));
    assertTrue(message(Map.of("x", x, "y", x)).startsWith("input y: not one of the model's"));
    assertTrue(message(Map.of("x", NetworksTest.random(1, 7, 6, 6))).contains("[1, 7, 6, 6]"));
    assertTrue(message(Map.of("x", NetworksTest.random(1, 8, 6))).contains("[1, 8, 6]"));
    assertTrue(message(Map.of("x", Tensor.of(new long[8], 1, 8, 1, 1))).contains("types"));
  }

  @Test
  void fixedShapesAreHeld() {
    OnnxModel model = OnnxModel.load(model());
    Session session = model.session(SessionOptions.defaults().inputShape("x", 1, 8, 6, 6));
    session.run(Map.of("x", NetworksTest.random(1, 8, 6, 6)));
    assertThrows(
        OnnxException.class, () -> session.run(Map.of("x", NetworksTest.random(1, 8, 6, 7))));
    SessionOptions wrong = SessionOptions.defaults().inputShape("x", 1, 9, 6, 6);
    assertThrows(OnnxException.class, () -> model.session(wrong));
  }

  @Test
  void keepsAsManyShapesAsItIsTold() {
    Session session = OnnxModel.load(model()).session(SessionOptions.defaults().cachedShapes(2));
    for (int turn = 0; turn < 2; turn++) {
      for (int width = 4; width < 8; width++) {
        Tensor x = NetworksTest.random(1, 8, 5, width);
        Tensor y = session.run(Map.of("x", x)).values().iterator().next();
        assertArrayEquals(new long[] {1, 8, 5, width}, y.shape());
        NetworksTest.assertClose(Plain.run(model(), x), y.floats(), 1e-5);
      }
    }
    assertEquals(1, runsOfTheFirstShapeAfterTwoOthers(2));
    assertEquals(2, runsOfTheFirstShapeAfterTwoOthers(3));
  }

  /** How often a shape has run, for what is kept of it, when it comes again. */
  private static long runsOfTheFirstShapeAfterTwoOthers(int cached) {
    Session session =
        OnnxModel.load(model()).session(SessionOptions.defaults().cachedShapes(cached));
    for (int width : new int[] {4, 5, 6, 4}) {
      session.run(Map.of("x", NetworksTest.random(1, 8, 5, width)));
    }
    return session.profile().runs();
  }

  @Test
  void strictSessionsHaveNoWinograd() {
    assertTrue(hasWinograd(Accuracy.STANDARD));
    assertFalse(hasWinograd(Accuracy.STRICT));
  }

  private static boolean hasWinograd(Accuracy accuracy) {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 64, 28, 28);
    String weights = writer.floats(new float[64 * 64 * 9], 64, 64, 3, 3);
    byte[] model =
        writer.build(writer.node("Conv", Map.of("pads", new long[] {1, 1, 1, 1}), x, weights));
    Session session = OnnxModel.load(model).session(SessionOptions.defaults().accuracy(accuracy));
    assertThrows(IllegalStateException.class, session::profile);
    session.run(Map.of("x", NetworksTest.random(1, 64, 28, 28)));
    return session.profile().rows().stream().anyMatch(row -> row.algorithm().contains("WINOGRAD"));
  }

  @Test
  void manyThreadsGetWhatOneGets() throws Exception {
    Session session = OnnxModel.load(model()).session();
    List<Callable<float[]>> tasks = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      Tensor x = NetworksTest.random(1, 8, 5 + i % 3, 9);
      tasks.add(() -> session.run(Map.of("x", x)).values().iterator().next().floats());
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<float[]>> results = threads.invokeAll(tasks);
      for (int i = 0; i < tasks.size(); i++) {
        assertArrayEquals(tasks.get(i).call(), results.get(i).get());
      }
    }
  }

  /** Once the JIT compiler has seen what runs: before, it allocates vectors. */
  @ParameterizedTest
  @ValueSource(strings = {"MobileNet v3", "U-Net", "ViT"})
  void aSteadyRunAllocatesLittleMoreThanItReturns(String name) {
    SessionOptions options = SessionOptions.defaults().execution(Execution.serial());
    Session session = OnnxModel.load(Networks.all().get(name)).session(options);
    Map<String, Tensor> inputs = Map.of("x", NetworksTest.random(1, 8, 16, 16));
    long returned = 4L * session.run(inputs).values().iterator().next().size();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    long allocated;
    do {
      long before = allocated();
      session.run(inputs);
      allocated = allocated() - before;
    } while (allocated > returned + FACE && System.nanoTime() < deadline);
    assertTrue(
        allocated <= returned + FACE, allocated + " bytes, of which " + returned + " returned");
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  @Test
  void profilesAndExplains(@TempDir Path folder) throws Exception {
    Session session = OnnxModel.load(model()).session();
    assertThrows(IllegalStateException.class, session::profile);
    session.run(Map.of("x", NetworksTest.random(1, 8, 16, 16)));
    Profile profile = session.profile();
    assertEquals(1, profile.runs());
    assertEquals(1, profile.rows().stream().mapToDouble(Profile.Row::share).sum(), 1e-9);
    assertTrue(profile.toString().contains("Conv"));
    assertTrue(session.explain().contains("(BatchNormalization)"), session::explain);
    assertTrue(session.memory().weights() > 0 && session.memory().buffers() > 0);
    profile.writeChromeTrace(folder.resolve("trace.json"));
    assertTrue(Files.readString(folder.resolve("trace.json")).startsWith("[\n{\"name\":"));
  }

  @Test
  void shapesThatAreNumbersOfAnInputAreCompiledForEachOfThem() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 2, 6);
    String shape = writer.longInput("shape", 2);
    Session session = OnnxModel.load(writer.build(writer.node("Reshape", x, shape))).session();
    Tensor input = NetworksTest.random(2, 6);
    for (long[] target : new long[][] {{3, 4}, {12, 1}, {-1, 2}}) {
      Tensor y =
          session.run(Map.of("x", input, "shape", Tensor.of(target, 2))).values().iterator().next();
      assertEquals(target[1], y.dimension(1));
      assertArrayEquals(input.floats(), y.floats());
    }
  }

  /** A model that reshapes {@code x} to numbers of a second input, behind a product. */
  private static Session reshaping(int numbers) {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 2, 6);
    String given = writer.longInput("shape", numbers);
    String shape = writer.node("Mul", given, writer.longs(1));
    return OnnxModel.load(writer.build(writer.node("Reshape", x, shape))).session();
  }

  @Test
  void numbersBehindOtherNodesMakeShapesToo() {
    Session session = reshaping(2);
    Tensor x = NetworksTest.random(2, 6);
    for (long[] target : new long[][] {{3, 4}, {4, 3}, {3, 4}}) {
      Tensor y =
          session.run(Map.of("x", x, "shape", Tensor.of(target, 2))).values().iterator().next();
      assertArrayEquals(target, y.shape());
      assertArrayEquals(x.floats(), y.floats());
    }
  }

  @Test
  void shapesOfThousandsOfNumbersAreRefused() {
    Session session = reshaping(4097);
    Tensor shape = Tensor.of(new long[4097], 4097);
    Map<String, Tensor> inputs = Map.of("x", NetworksTest.random(2, 6), "shape", shape);
    String message = assertThrows(OnnxException.class, () -> session.run(inputs)).getMessage();
    assertTrue(message.contains("must be constant, or made of shapes"), message);
  }

  /** A convolution's weights, and the largest of its buffers. */
  @Test
  void memoryIsThatOfWeightsAndBuffers() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 64, 9, 9);
    String first = writer.conv(x, 64, 64, 3, 1, 1);
    Session session =
        OnnxModel.load(writer.build(writer.conv(first, 64, 64, 3, 1, 1)))
            .session(SessionOptions.defaults().accuracy(Accuracy.STRICT));
    session.run(Map.of("x", NetworksTest.random(1, 64, 9, 9)));
    long weights = 2 * 64L * 64 * 9 * Float.BYTES;
    assertTrue(session.memory().weights() >= weights, session.memory().toString());
    assertTrue(session.memory().weights() < 2 * weights, session.memory().toString());
    long image = 64L * 9 * 9 * Float.BYTES;
    assertTrue(session.memory().buffers() >= image, session.memory().toString());
  }

  @Test
  void everythingThatIsNotSupportedIsInOneMessage() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 3, 4, 4);
    String a = writer.node("NonMaxSuppression", x);
    String b = writer.node("Resize", Map.of("mode", "sinc"), a);
    byte[] model = writer.build(writer.node("Relu", Map.of("slope", 1), b));
    String message = assertThrows(OnnxException.class, () -> OnnxModel.load(model)).getMessage();
    assertTrue(message.contains("NonMaxSuppression (node NonMaxSuppression1, opset 13)"), message);
    assertTrue(message.contains("mode sinc") && message.contains("attribute slope"), message);
  }
}
