package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a session makes of a model: which steps, where they write, what is kept of them. */
class CompiledNetworkTest {
  private static final int IMAGE = 16 * 8 * 8 * Float.BYTES;

  /** Floats before the first on a cache line. */
  private static final int HEADER = 12 * Float.BYTES;

  private static Session session(ModelWriter writer, String... outputs) {
    return OnnxModel.load(writer.build(outputs)).session();
  }

  private static Tensor image(int width) {
    return NetworksTest.random(1, 16, 8, width);
  }

  private static Tensor only(Map<String, Tensor> outputs) {
    return outputs.values().iterator().next();
  }

  private static long lines(Session session, String part) {
    return session.explain().lines().filter(line -> line.contains(part)).count();
  }

  @Test
  void aProfileHasAveragesOverRuns() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 16, 8, 8);
    Session session = session(writer, writer.node("Softmax", writer.conv(x, 32, 16, 1, 1, 1)));
    long start = System.nanoTime();
    for (int i = 0; i < 4; i++) {
      session.run(Map.of("x", image(8)));
    }
    double most = (System.nanoTime() - start) / 4e6;
    Profile profile = session.profile();
    assertEquals(4, profile.runs());
    List<Profile.Row> rows = profile.rows();
    double total = rows.stream().mapToDouble(Profile.Row::milliseconds).sum();
    assertTrue(total > 0 && total <= most, total + " ms of at most " + most);
    for (Profile.Row row : rows) {
      assertEquals(row.milliseconds() / total, row.share(), 1e-9);
      double operations = row.operator().equals("Conv") ? 2 * 32 * 16 * 64 : 0;
      assertEquals(operations, row.gigaflops() * row.milliseconds() * 1e6, 1e-6 * operations);
    }
  }

  @Test
  void eachShapeHasAProfileOfItsOwn() {
    ModelWriter writer = new ModelWriter(13);
    Session session = session(writer, writer.conv(writer.input("x", 1, 16, 8, -1), 4, 16, 1, 1, 1));
    int[] widths = {5, 5, 6, 5};
    long[] runs = {1, 2, 1, 3};
    for (int i = 0; i < widths.length; i++) {
      session.run(Map.of("x", image(widths[i])));
      assertEquals(runs[i], session.profile().runs());
    }
  }

  @Test
  void fixedShapesAreCompiledAheadAndOpenOnesInARun() {
    ModelWriter writer = new ModelWriter(13);
    Session fixed = session(writer, writer.conv(writer.input("x", 1, 16, 8, 8), 4, 16, 1, 1, 1));
    assertEquals(1, lines(fixed, " by POINTWISE"), fixed::explain);
    assertEquals(0, lines(fixed, "in place"), fixed::explain);
    assertThrows(IllegalStateException.class, fixed::profile);
    assertTrue(fixed.memory().packed() >= 4 * 16 * Float.BYTES, fixed.memory().toString());
    writer = new ModelWriter(13);
    Session open = session(writer, writer.conv(writer.input("x", 1, 16, 8, -1), 4, 16, 1, 1, 1));
    assertEquals(0, lines(open, " by "), open::explain);
    assertEquals(0, open.memory().packed());
    open.run(Map.of("x", image(8)));
    assertEquals(1, lines(open, " by POINTWISE"), open::explain);
  }

  /** Of Conv all shapes share them; of ConvTranspose each that is kept has its own. */
  @Test
  void packedWeightsAreCountedOnceForEachThatIsHeld() {
    ModelWriter shared = new ModelWriter(13);
    byte[] conv = shared.build(shared.conv(shared.input("x", 1, 16, 8, -1), 32, 16, 1, 1, 1));
    ModelWriter own = new ModelWriter(13);
    String x = own.input("x", 1, 16, 8, -1);
    byte[] transposed = own.build(own.node("ConvTranspose", x, own.weights(16, 32, 1, 1)));
    assertArrayEquals(new long[] {1, 1, 1}, packed(conv, 2));
    assertArrayEquals(new long[] {1, 2, 2}, packed(transposed, 2));
    assertArrayEquals(new long[] {1, 1, 1}, packed(transposed, 1));
  }

  /** After each of three shapes, as multiples of what the first has. */
  private static long[] packed(byte[] model, int cached) {
    Session session = OnnxModel.load(model).session(SessionOptions.defaults().cachedShapes(cached));
    long[] bytes = new long[3];
    for (int i = 0; i < bytes.length; i++) {
      session.run(Map.of("x", image(7 + i)));
      bytes[i] = session.memory().packed();
    }
    long first = bytes[0];
    assertTrue(first >= 32 * 16 * Float.BYTES, first + " bytes");
    return new long[] {1, bytes[1] / first, bytes[2] / first};
  }

  @Test
  void scratchIsThatOfTheStepAndShapeThatNeedsMost() {
    long small = scratch(4);
    long large = scratch(40);
    assertTrue(0 < small && small < large, small + " and " + large);
    assertEquals(large, scratch(4, 40));
    assertEquals(large, scratch(40, 4));
  }

  private static long scratch(int... widths) {
    ModelWriter writer = new ModelWriter(13);
    Session session =
        session(writer, writer.conv(writer.input("x", 1, 16, 8, -1), 16, 16, 3, 1, 1));
    for (int width : widths) {
      session.run(Map.of("x", image(width)));
    }
    return session.memory().scratch();
  }

  /** Both convolutions read the same copy. */
  @Test
  void anImageIsTurnedOnce() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 16, 8, 8);
    String a = writer.conv(x, 16, 16, 1, 1, 1);
    String b = writer.conv(x, 16, 16, 1, 1, 1);
    Session session = session(writer, writer.node("Relu", writer.node("Mul", a, b)));
    assertEquals(1, lines(session, "To CHANNELS_LAST for "), session::explain);
    assertEquals(1, lines(session, "To NATURAL for "), session::explain);
  }

  /** Of three sums in a row each overwrites the one before, and the last is the output's array. */
  @Test
  void sumsOverwriteWhatNobodyReadsAgain() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 16, 8, 8);
    String y = writer.input("y", 1, 16, 8, 8);
    String sum = writer.node("Mul", x, y);
    for (int i = 0; i < 3; i++) {
      sum = writer.node("Mul", sum, y);
    }
    Session session = session(writer, sum);
    Tensor two = Tensor.of(filled(2), 1, 16, 8, 8);
    Tensor three = Tensor.of(filled(3), 1, 16, 8, 8);
    assertEquals(162, only(session.run(Map.of("x", two, "y", three))).floats()[7]);
    assertEquals(0, session.memory().buffers());
  }

  @Test
  void sumsKeepWhatIsReadAgain() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 16, 8, 8);
    String y = writer.input("y", 1, 16, 8, 8);
    String first = writer.node("Mul", x, y);
    String second = writer.node("Mul", first, y);
    Session session = session(writer, writer.node("Sub", second, first));
    Tensor two = Tensor.of(filled(2), 1, 16, 8, 8);
    Tensor three = Tensor.of(filled(3), 1, 16, 8, 8);
    for (int run = 0; run < 2; run++) {
      assertEquals(12, only(session.run(Map.of("x", two, "y", three))).floats()[7]);
    }
    // Of one run after the other.
    assertEquals(HEADER + IMAGE, session.memory().buffers());
  }

  /** {@code x + x} of a value reads it twice, and may still overwrite it. */
  @Test
  void aValueMayBeReadTwiceByItsLastReader() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 16, 8, 8);
    String y = writer.input("y", 1, 16, 8, 8);
    String first = writer.node("Mul", x, y);
    Session session = session(writer, writer.node("Mul", first, first));
    Tensor two = Tensor.of(filled(2), 1, 16, 8, 8);
    Tensor three = Tensor.of(filled(3), 1, 16, 8, 8);
    assertEquals(36, only(session.run(Map.of("x", two, "y", three))).floats()[7]);
    assertEquals(0, session.memory().buffers());
  }

  @Test
  void outputsKeepWhatTheyHold() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 16, 8, 8);
    String y = writer.input("y", 1, 16, 8, 8);
    String first = writer.node("Mul", x, y);
    Session session = session(writer, first, writer.node("Mul", first, y));
    Tensor two = Tensor.of(filled(2), 1, 16, 8, 8);
    Tensor three = Tensor.of(filled(3), 1, 16, 8, 8);
    Map<String, Tensor> outputs = session.run(Map.of("x", two, "y", three));
    assertEquals(6, outputs.get(first).floats()[7]);
    outputs.remove(first);
    assertEquals(18, only(outputs).floats()[7]);
  }

  /** The sum became part of the convolution, which reads what a step before could overwrite. */
  @Test
  void residualsAreKeptUntilTheyAreAdded() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 16, 8, 8);
    String y = writer.input("y", 1, 16, 8, 8);
    float[] identity = new float[16 * 16];
    for (int i = 0; i < 16; i++) {
      identity[17 * i] = 1;
    }
    String first = writer.node("Mul", x, y);
    String second = writer.node("Mul", first, y);
    String conv = writer.node("Conv", second, writer.floats(identity, 16, 16, 1, 1));
    Session session = session(writer, writer.node("Add", conv, first));
    assertEquals(0, lines(session, "Add "), session::explain);
    Tensor two = Tensor.of(filled(2), 1, 16, 8, 8);
    Tensor three = Tensor.of(filled(3), 1, 16, 8, 8);
    assertEquals(24, only(session.run(Map.of("x", two, "y", three))).floats()[7]);
  }

  /** The same numbers of one are compiled anew when those of the other differ. */
  @Test
  void shapesMayDependOnTwoInputs() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 12);
    String first = writer.node("Reshape", x, writer.longInput("a", 2));
    String second = writer.node("Reshape", x, writer.longInput("b", 2));
    Session session = session(writer, first, second);
    Tensor twelve = NetworksTest.random(12);
    long[][] targets = {{3, 4, 2, 6}, {4, 3, 2, 6}, {4, 3, 6, 2}, {3, 4, 2, 6}};
    for (long[] target : targets) {
      long[] a = {target[0], target[1]};
      long[] b = {target[2], target[3]};
      Map<String, Tensor> outputs =
          session.run(Map.of("x", twelve, "a", Tensor.of(a, 2), "b", Tensor.of(b, 2)));
      assertArrayEquals(a, outputs.get(first).shape());
      assertArrayEquals(b, outputs.get(second).shape());
    }
    assertEquals(2, session.profile().runs());
  }

  private static float[] filled(float value) {
    float[] values = new float[IMAGE / Float.BYTES];
    Arrays.fill(values, value);
    return values;
  }

  /** Scales are numbers of an input, and floats. */
  @Test
  void shapesMayDependOnFloats() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1, 2, 3, 3);
    Map<String, Object> nearest = Map.of("mode", "nearest");
    Session session =
        session(writer, writer.node("Resize", nearest, x, "", writer.input("scales", 4)));
    for (int scale : new int[] {2, 3, 2}) {
      Tensor scales = Tensor.of(new float[] {1, 1, scale, scale}, 4);
      Tensor y = only(session.run(Map.of("x", NetworksTest.random(1, 2, 3, 3), "scales", scales)));
      assertArrayEquals(new long[] {1, 2, 3 * scale, 3 * scale}, y.shape());
    }
    assertEquals(2, session.profile().runs());
  }

  @Test
  void wholeNumbersDivideWithoutAnArithmeticException() {
    ModelWriter writer = new ModelWriter(13);
    String quotient = writer.node("Div", writer.longInput("a", 2), writer.longInput("b", 2));
    Session session = session(writer, quotient);
    Tensor seven = Tensor.of(new long[] {7, 9}, 2);
    Tensor two = Tensor.of(new long[] {2, 3}, 2);
    assertArrayEquals(new long[] {3, 3}, only(session.run(Map.of("a", seven, "b", two))).longs());
    Map<String, Tensor> zeros = Map.of("a", seven, "b", Tensor.of(new long[2], 2));
    String message = assertThrows(OnnxException.class, () -> session.run(zeros)).getMessage();
    assertEquals("run: / by zero", message);
  }

  /** 2^26 elements and a row more; nothing is allocated for them. */
  @Test
  void constantsThatWouldFillTheMemoryAreNotWorkedOut() {
    ModelWriter writer = new ModelWriter(13);
    String x = writer.input("x", 1);
    String large = writer.node("Expand", writer.number(1), writer.longs(8193, 8192));
    byte[] model = writer.build(writer.node("Add", x, large));
    String message =
        assertThrows(OnnxException.class, () -> OnnxModel.load(model).session()).getMessage();
    assertTrue(message.contains("constants: more than 67108864 elements worked out"), message);
  }
}
