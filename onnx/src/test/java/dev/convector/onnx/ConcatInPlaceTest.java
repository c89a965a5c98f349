package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Execution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Concat whose inputs are written where they belong by the steps that make them. */
class ConcatInPlaceTest {
  private static final int CHANNELS = 16;

  /** A network on 16 channels, some of whose values may be kept from lying apart. */
  private interface Network extends Function<Writer, String> {}

  /** Writes a model, or one whose concats are all copied and that computes the same. */
  private static final class Writer {
    final ModelWriter to = new ModelWriter(13);
    final boolean copying;
    final List<String> outputs = new ArrayList<>();

    Writer(boolean copying) {
      this.copying = copying;
    }

    String conv(String x, int filters, int channels, int kernel, int stride) {
      return to.node("Relu", to.norm(to.conv(x, filters, channels, kernel, stride, 1), filters));
    }

    String pool(String operator, String x, int kernel, int stride) {
      long pad = kernel / 2 * (stride % 2);
      return to.node(
          operator,
          Map.of(
              "kernel_shape", new long[] {kernel, kernel},
              "strides", new long[] {stride, stride},
              "pads", new long[] {pad, pad, pad, pad}),
          x);
    }

    /** Where concats are to be copied, all is read by steps that want it dense. */
    String concat(String... inputs) {
      if (copying) {
        for (String input : inputs) {
          outputs.add(to.node("Neg", input));
        }
      }
      String whole = to.node("Concat", Map.of("axis", 1), inputs);
      if (copying) {
        outputs.add(to.node("Neg", whole));
      }
      return whole;
    }
  }

  private static final Map<String, Network> NETWORKS = networks();

  private static Map<String, Network> networks() {
    Map<String, Network> all = new LinkedHashMap<>();
    all.put("DenseNet", w -> denseNet(w, false, 8));
    all.put("DenseNet, flat", w -> denseNet(w, true, 16));
    all.put("DenseNet, odd", w -> denseNet(w, true, 5));
    all.put("Inception", ConcatInPlaceTest::inception);
    all.put("ShuffleNet", ConcatInPlaceTest::shuffleNet);
    all.put("U-Net", ConcatInPlaceTest::uNet);
    all.put("YOLO", ConcatInPlaceTest::yolo);
    all.put("twice", ConcatInPlaceTest::twice);
    all.put("late", ConcatInPlaceTest::late);
    return all;
  }

  static Stream<String> names() {
    return NETWORKS.keySet().stream();
  }

  /** Each concat with the one before it, or flat with all that was before. */
  private static String denseNet(Writer w, boolean flat, int growth) {
    String features = w.pool("MaxPool", w.conv("x", CHANNELS, CHANNELS, 3, 1), 2, 2);
    List<String> all = new ArrayList<>(List.of(features));
    int channels = CHANNELS;
    for (int layer = 0; layer < 3; layer++) {
      String a = w.to.node("Relu", w.to.norm(features, channels));
      String grown = w.to.conv(w.conv(a, 32, channels, 1, 1), growth, 32, 3, 1, 1);
      all.add(grown);
      features = flat ? w.concat(all.toArray(String[]::new)) : w.concat(features, grown);
      channels += growth;
    }
    String last =
        w.to.conv(w.to.node("Relu", w.to.norm(features, channels)), 24, channels, 1, 1, 1);
    return w.pool("AveragePool", last, 2, 2);
  }

  private static String inception(Writer w) {
    String x = w.conv("x", 32, CHANNELS, 3, 1);
    String a = w.conv(x, 16, 32, 1, 1);
    String b = w.conv(w.conv(x, 12, 32, 1, 1), 20, 12, 3, 1);
    String c = w.conv(w.conv(x, 8, 32, 1, 1), 16, 8, 5, 1);
    String d = w.conv(w.pool("MaxPool", x, 3, 1), 7, 32, 1, 1);
    String y = w.concat(a, b, c, d);
    String pooled = w.pool("MaxPool", y, 3, 1);
    return w.concat(w.conv(y, 32, 59, 3, 1), pooled, w.pool("AveragePool", y, 3, 1));
  }

  private static String shuffleNet(Writer w) {
    String x = w.conv("x", 32, CHANNELS, 1, 1);
    String left = w.to.node("Slice", x, w.to.longs(0), w.to.longs(16), w.to.longs(1));
    String right = w.to.node("Slice", x, w.to.longs(16), w.to.longs(32), w.to.longs(1));
    String a = w.conv(right, 16, 16, 1, 1);
    String b = w.conv(w.to.norm(w.to.conv(a, 16, 16, 3, 1, 16), 16), 16, 16, 1, 1);
    return w.conv(w.concat(left, b), 20, 32, 1, 1);
  }

  private static String uNet(Writer w) {
    String skip = w.conv("x", 16, CHANNELS, 3, 1);
    String deep = w.conv(w.pool("MaxPool", skip, 2, 2), 32, 16, 3, 1);
    String up =
        w.to.node(
            "Resize",
            Map.of(
                "mode", "nearest",
                "coordinate_transformation_mode", "asymmetric",
                "nearest_mode", "floor"),
            deep,
            "",
            w.to.floats(new float[] {1, 1, 2, 2}, 4));
    return w.conv(w.concat(up, skip), 8, 48, 3, 1);
  }

  /** Pools in a row, each of the one before, and an activation that is no clamp. */
  private static String yolo(Writer w) {
    String x = w.to.node("Tanh", w.to.conv("x", 32, CHANNELS, 1, 1, 1));
    String a = w.pool("MaxPool", x, 5, 1);
    String b = w.pool("MaxPool", a, 5, 1);
    String pools = w.concat(x, a, b);
    return w.to.node("Sigmoid", w.to.conv(pools, 5, 96, 1, 1, 1));
  }

  /** One that is joined twice, an output, and read afterwards. */
  private static String twice(Writer w) {
    String a = w.conv("x", 16, CHANNELS, 3, 1);
    String both = w.concat(a, a);
    String more = w.concat(both, a);
    String late = w.to.node("Add", a, w.conv(more, 16, 48, 1, 1));
    w.outputs.add(a);
    w.outputs.add(both);
    return w.to.node("Add", late, w.to.node("LeakyRelu", a));
  }

  /** A part that is read after the whole, of which an activation is the only reader. */
  private static String late(Writer w) {
    String a = w.conv("x", 16, CHANNELS, 3, 1);
    String whole = w.to.node("Tanh", w.concat(a, w.conv("x", 16, CHANNELS, 1, 1)));
    String part = w.to.node("LeakyRelu", a);
    return w.to.node("Add", part, w.conv(whole, 16, 32, 1, 1));
  }

  private static byte[] model(String name, boolean copying) {
    Writer writer = new Writer(copying);
    writer.to.input("x", -1, CHANNELS, -1, -1);
    String result = NETWORKS.get(name).apply(writer);
    writer.outputs.addFirst(result);
    return writer.to.build(writer.outputs.toArray(String[]::new));
  }

  private static float[] run(Session session, Tensor x) {
    return session.run(Map.of("x", x)).values().iterator().next().floats();
  }

  private static Session session(String name, boolean copying) {
    return OnnxModel.load(model(name, copying)).session();
  }

  @ParameterizedTest
  @MethodSource("names")
  void givesTheBitsOfCopies(String name) {
    Session inPlace = session(name, false);
    Session copied = session(name, true);
    for (long[] shape :
        new long[][] {{1, 16, 12, 20}, {3, 16, 8, 8}, {1, 16, 4, 4}, {2, 16, 30, 6}}) {
      Tensor x = NetworksTest.random(shape);
      assertArrayEquals(run(copied, x), run(inPlace, x), () -> x.toString());
    }
    assertTrue(inPlace.explain().contains(", in place for "), inPlace.explain());
    assertEquals(0, count(copied.explain(), ", in place for "), copied.explain());
  }

  @ParameterizedTest
  @MethodSource("names")
  void givesTheSameBitsOnThreads(String name) {
    Tensor x = NetworksTest.random(2, 16, 40, 32);
    OnnxModel model = OnnxModel.load(model(name, false));
    SessionOptions options = SessionOptions.defaults();
    float[] serial = run(model.session(options.execution(Execution.serial())), x);
    try (ForkJoinPool pool = new ForkJoinPool(3)) {
      assertArrayEquals(serial, run(model.session(options.execution(Execution.on(pool))), x));
    }
  }

  @Test
  void otherOutputsAreWhatTheyAreWithoutIt() {
    Tensor x = NetworksTest.random(2, 16, 6, 7);
    Map<String, Tensor> inPlace = session("twice", false).run(Map.of("x", x));
    List<Tensor> outputs = List.copyOf(inPlace.values());
    float[] a = outputs.get(1).floats();
    float[] both = outputs.get(2).floats();
    int image = a.length / 2;
    for (int i = 0; i < both.length; i++) {
      assertEquals(a[i / (2 * image) * image + i % image], both[i], "element " + i);
    }
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }

  private static void assertSteps(String name, int inPlace, int copies) {
    Session session = session(name, false);
    run(session, NetworksTest.random(1, 16, 16, 16));
    String steps = session.explain();
    assertEquals(inPlace, count(steps, ", in place for "), steps);
    long left = steps.lines().filter(line -> line.matches("(Concat|Copy) .*")).count();
    assertEquals(copies, left, steps);
  }

  @Test
  void layersOfDenseNetsAppendToOneImage() {
    assertSteps("DenseNet", 4, 0);
    assertSteps("DenseNet, flat", 4, 0);
  }

  @Test
  void whatIsReadByConvolutionsIsCopied() {
    assertSteps("Inception", 7, 0);
    assertSteps("twice", 2, 3);
  }

  @Test
  void explainNamesTheConcatAndTheFirstChannel() {
    Session session = session("DenseNet", false);
    run(session, NetworksTest.random(1, 16, 16, 16));
    String steps = session.explain();
    String third = ".* Concat\\d+ from channel 32";
    assertEquals(1, steps.lines().filter(line -> line.matches(third)).count(), steps);
  }
}
