package dev.convector.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** The building blocks of known networks, each a model of its own with one input of 8 channels. */
final class Networks {
  static final int CHANNELS = 8;

  private static final int OPSET = 13;

  private Networks() {}

  /** Models by name; the input is {@code x}, of 8 channels and any size. */
  static Map<String, byte[]> all() {
    Map<String, BiFunction<ModelWriter, String, String>> blocks = new LinkedHashMap<>();
    blocks.put("ResNet", Networks::resNet);
    blocks.put("ResNeXt", Networks::resNeXt);
    blocks.put("MobileNet v2", Networks::mobileNetV2);
    blocks.put("MobileNet v3", Networks::mobileNetV3);
    blocks.put("EfficientNet", Networks::efficientNet);
    blocks.put("DenseNet", Networks::denseNet);
    blocks.put("GoogLeNet", Networks::googLeNet);
    blocks.put("ShuffleNet", Networks::shuffleNet);
    blocks.put("U-Net", Networks::uNet);
    blocks.put("DeepLab", Networks::deepLab);
    blocks.put("YOLO", Networks::yolo);
    blocks.put("ESRGAN", Networks::esrgan);
    blocks.put("ConvNeXt", Networks::convNeXt);
    blocks.put("ViT", Networks::viT);
    blocks.put("PP-OCR", Networks::ppOcr);
    Map<String, byte[]> models = new LinkedHashMap<>();
    blocks.forEach(
        (name, block) -> {
          ModelWriter writer = new ModelWriter(OPSET);
          String x = writer.input("x", -1, CHANNELS, -1, -1);
          models.put(name, writer.build(block.apply(writer, x)));
        });
    return models;
  }

  private static String relu(ModelWriter w, String x) {
    return w.node("Relu", x);
  }

  private static String resNet(ModelWriter w, String x) {
    String a = relu(w, w.norm(w.conv(x, 16, 8, 3, 2, 1), 16));
    String b = w.norm(w.conv(a, 16, 16, 3, 1, 1), 16);
    String down = w.norm(w.conv(x, 16, 8, 1, 2, 1), 16);
    String y = relu(w, w.node("Add", b, down));
    String c = w.norm(w.conv(y, 16, 16, 3, 1, 1), 16);
    String z = relu(w, w.node("Add", y, c));
    String pooled = w.node("Flatten", w.node("GlobalAveragePool", z));
    return w.node("Gemm", Map.of("transB", 1), pooled, w.weights(10, 16), w.weights(10));
  }

  private static String resNeXt(ModelWriter w, String x) {
    String a = relu(w, w.norm(w.conv(x, 16, 8, 1, 1, 1), 16));
    String b = relu(w, w.norm(w.conv(a, 16, 16, 3, 1, 4), 16));
    return relu(w, w.node("Add", w.norm(w.conv(b, 8, 16, 1, 1, 1), 8), x));
  }

  private static String relu6(ModelWriter w, String x) {
    return w.node("Clip", x, w.floats(new float[] {0}), w.floats(new float[] {6}));
  }

  private static String mobileNetV2(ModelWriter w, String x) {
    String a = relu6(w, w.norm(w.conv(x, 24, 8, 1, 1, 1), 24));
    String b = relu6(w, w.norm(w.conv(a, 24, 24, 3, 1, 24), 24));
    return w.node("Add", x, w.norm(w.conv(b, 8, 24, 1, 1, 1), 8));
  }

  private static String hardSwish(ModelWriter w, String x) {
    String clip = w.node("Clip", w.node("Add", x, w.number(3)), w.number(0), w.number(6));
    return w.node("Div", w.node("Mul", x, clip), w.number(6));
  }

  /** Squeeze and excitation with a hard-sigmoid spelled out. */
  private static String mobileNetV3(ModelWriter w, String x) {
    String a = hardSwish(w, w.norm(w.conv(x, 16, 8, 5, 2, 8), 16));
    String s = relu(w, w.conv(w.node("GlobalAveragePool", a), 4, 16, 1, 1, 1));
    String e = w.conv(s, 16, 4, 1, 1, 1);
    String gate = w.node("Clip", w.node("Add", e, w.number(3)), w.number(0), w.number(6));
    return w.node("Mul", a, w.node("Div", gate, w.number(6)));
  }

  private static String silu(ModelWriter w, String x) {
    return w.node("Mul", x, w.node("Sigmoid", x));
  }

  private static String efficientNet(ModelWriter w, String x) {
    String a = silu(w, w.norm(w.conv(x, 24, 8, 1, 1, 1), 24));
    String b = silu(w, w.norm(w.conv(a, 24, 24, 3, 1, 24), 24));
    String mean = w.node("ReduceMean", Map.of("axes", new long[] {2, 3}, "keepdims", 1), b);
    String gate = w.node("Sigmoid", w.conv(silu(w, w.conv(mean, 6, 24, 1, 1, 1)), 24, 6, 1, 1, 1));
    return w.node("Add", w.norm(w.conv(w.node("Mul", gate, b), 8, 24, 1, 1, 1), 8), x);
  }

  private static String denseNet(ModelWriter w, String x) {
    String features = x;
    int channels = CHANNELS;
    for (int layer = 0; layer < 3; layer++) {
      String a = relu(w, w.norm(features, channels));
      String grown = w.conv(a, 5, channels, 3, 1, 1);
      features = w.node("Concat", Map.of("axis", 1), features, grown);
      channels += 5;
    }
    return w.node(
        "AveragePool",
        Map.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}),
        relu(w, w.norm(features, channels)));
  }

  private static String googLeNet(ModelWriter w, String x) {
    String normal =
        w.node("LRN", Map.of("size", 5, "alpha", 0.5f, "beta", 0.75f), w.conv(x, 40, 8, 1, 1, 1));
    String pool =
        w.node(
            "MaxPool",
            Map.of("kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1}),
            normal);
    String a = relu(w, w.conv(normal, 5, 40, 1, 1, 1));
    String b = relu(w, w.conv(relu(w, w.conv(normal, 6, 40, 1, 1, 1)), 7, 6, 3, 1, 1));
    String c = relu(w, w.conv(pool, 3, 40, 1, 1, 1));
    return w.node("Concat", Map.of("axis", 1), a, b, c);
  }

  private static String shuffleNet(ModelWriter w, String x) {
    String shape = w.node("Shape", x);
    String batch = w.node("Gather", shape, w.longs(0));
    String size = w.node("Slice", shape, w.longs(2), w.longs(4));
    String grouped = w.node("Concat", Map.of("axis", 0), batch, w.longs(2, 4), size);
    String mixed =
        w.node(
            "Transpose",
            Map.of("perm", new long[] {0, 2, 1, 3, 4}),
            w.node("Reshape", relu(w, w.conv(x, 8, 8, 3, 1, 8)), grouped));
    String flat = w.node("Concat", Map.of("axis", 0), batch, w.longs(-1), size);
    return w.conv(w.node("Reshape", mixed, flat), 6, 8, 1, 1, 1);
  }

  private static String uNet(ModelWriter w, String x) {
    String a = relu(w, w.conv(x, 8, 8, 3, 1, 1));
    String down =
        w.node(
            "MaxPool", Map.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}), a);
    String b = relu(w, w.conv(down, 12, 8, 3, 1, 1));
    String up =
        w.node(
            "ConvTranspose",
            Map.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}),
            b,
            w.weights(12, 8, 2, 2),
            w.weights(8));
    String joined = w.node("Concat", Map.of("axis", 1), relu(w, w.norm(up, 8)), a);
    return w.node("Sigmoid", w.conv(joined, 1, 16, 1, 1, 1));
  }

  private static String deepLab(ModelWriter w, String x) {
    String wide =
        w.node(
            "Conv",
            Map.of("pads", new long[] {2, 2, 2, 2}, "dilations", new long[] {2, 2}),
            x,
            w.weights(8, 8, 3, 3));
    String shape = w.node("Slice", w.node("Shape", x), w.longs(2), w.longs(4));
    String image = relu(w, w.conv(w.node("GlobalAveragePool", x), 8, 8, 1, 1, 1));
    String sizes =
        w.node(
            "Concat",
            Map.of("axis", 0),
            w.node("Slice", w.node("Shape", x), w.longs(0), w.longs(2)),
            shape);
    String spread =
        w.node(
            "Resize",
            Map.of("mode", "linear", "coordinate_transformation_mode", "half_pixel"),
            image,
            "",
            "",
            sizes);
    return w.conv(
        w.node("Concat", Map.of("axis", 1), relu(w, w.norm(wide, 8)), spread), 5, 16, 1, 1, 1);
  }

  private static String yolo(ModelWriter w, String x) {
    String a = silu(w, w.conv(x, 12, 8, 3, 2, 1));
    String pool = a;
    List<String> pools = new ArrayList<>(List.of(a));
    for (int i = 0; i < 2; i++) {
      pool =
          w.node(
              "MaxPool",
              Map.of("kernel_shape", new long[] {5, 5}, "pads", new long[] {2, 2, 2, 2}),
              pool);
      pools.add(pool);
    }
    String joined = w.node("Concat", Map.of("axis", 1), pools.toArray(String[]::new));
    String up =
        w.node(
            "Resize",
            Map.of(
                "mode", "nearest",
                "coordinate_transformation_mode", "asymmetric",
                "nearest_mode", "floor"),
            joined,
            "",
            w.floats(new float[] {1, 1, 2, 2}, 4));
    return silu(w, w.conv(up, 4, 36, 1, 1, 1));
  }

  private static String esrgan(ModelWriter w, String x) {
    String a = w.node("LeakyRelu", Map.of("alpha", 0.2f), w.conv(x, 8, 8, 3, 1, 1));
    String dense = w.conv(w.node("Concat", Map.of("axis", 1), x, a), 8, 16, 3, 1, 1);
    String scaled = w.node("Add", w.node("Mul", dense, w.number(0.2)), x);
    String b = w.node("PRelu", w.conv(scaled, 12, 8, 3, 1, 1), w.weights(12, 1, 1));
    return w.node("DepthToSpace", Map.of("blocksize", 2, "mode", "CRD"), b);
  }

  private static String gelu(ModelWriter w, String x) {
    String erf = w.node("Erf", w.node("Div", x, w.number(Math.sqrt(2))));
    return w.node("Mul", w.node("Mul", x, w.node("Add", erf, w.number(1))), w.number(0.5));
  }

  private static String layerNorm(ModelWriter w, String x, int width) {
    Map<String, Object> last = Map.of("axes", new long[] {-1});
    String distance = w.node("Sub", x, w.node("ReduceMean", last, x));
    String variance = w.node("ReduceMean", last, w.node("Pow", distance, w.number(2)));
    String root = w.node("Sqrt", w.node("Add", variance, w.number(1e-6)));
    String normal = w.node("Div", distance, root);
    return w.node("Add", w.node("Mul", normal, w.weights(width)), w.weights(width));
  }

  private static String convNeXt(ModelWriter w, String x) {
    String a =
        w.node("Transpose", Map.of("perm", new long[] {0, 2, 3, 1}), w.conv(x, 8, 8, 7, 1, 8));
    String b = w.node("Add", w.node("MatMul", layerNorm(w, a, 8), w.weights(8, 32)), w.weights(32));
    String c = w.node("Add", w.node("MatMul", gelu(w, b), w.weights(32, 8)), w.weights(8));
    String d = w.node("Mul", c, w.weights(8));
    return w.node("Add", x, w.node("Transpose", Map.of("perm", new long[] {0, 3, 1, 2}), d));
  }

  /** One block of attention with two heads, over patches of 2x2 pixels. */
  private static String viT(ModelWriter w, String x) {
    String patches =
        w.node("Conv", Map.of("strides", new long[] {2, 2}), x, w.weights(12, 8, 2, 2));
    String flat = w.node("Reshape", patches, w.longs(0, 0, -1));
    String tokens = w.node("Transpose", Map.of("perm", new long[] {0, 2, 1}), flat);
    String normal = layerNorm(w, tokens, 12);
    String all = w.node("Add", w.node("MatMul", normal, w.weights(12, 36)), w.weights(36));
    String heads =
        w.node(
            "Transpose",
            Map.of("perm", new long[] {2, 0, 3, 1, 4}),
            w.node("Reshape", all, w.longs(0, -1, 3, 2, 6)));
    String[] parts = new String[3];
    for (int i = 0; i < 3; i++) {
      parts[i] =
          w.node(
              "Squeeze",
              w.node("Slice", heads, w.longs(i), w.longs(i + 1), w.longs(0)),
              w.longs(0));
    }
    String keys = w.node("Transpose", Map.of("perm", new long[] {0, 1, 3, 2}), parts[1]);
    String scores = w.node("Mul", w.node("MatMul", parts[0], keys), w.number(0.4));
    String mixed = w.node("MatMul", w.node("Softmax", Map.of("axis", -1), scores), parts[2]);
    String joined =
        w.node(
            "Reshape",
            w.node("Transpose", Map.of("perm", new long[] {0, 2, 1, 3}), mixed),
            w.longs(0, -1, 12));
    String out = w.node("Add", w.node("MatMul", joined, w.weights(12, 12)), w.weights(12));
    return w.node("Add", tokens, out);
  }

  /** Learned scales behind convolutions and activations, and a Pad that stands apart. */
  private static String ppOcr(ModelWriter w, String x) {
    String padded = w.node("Pad", x, w.longs(0, 0, 1, 1, 0, 0, 1, 1));
    String a = w.node("Conv", Map.of("strides", new long[] {2, 1}), padded, w.weights(8, 8, 3, 3));
    String scaled = w.node("Add", w.node("Mul", a, w.number(1.3)), w.number(0.1));
    String active = hardSwish(w, scaled);
    String again = w.node("Add", w.node("Mul", active, w.number(0.7)), w.number(-0.2));
    String b = w.conv(w.conv(again, 8, 8, 3, 1, 8), 12, 8, 1, 1, 1);
    String c =
        w.conv(
            w.node("Add", w.node("Mul", relu(w, b), w.number(0.9)), w.number(0.3)), 6, 12, 1, 1, 1);
    return w.node("Mul", c, w.node("Sigmoid", w.node("Mul", c, w.number(1))));
  }
}
