package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Transposed convolutions of three axes, and places of maxima of one to three, by plain loops. */
class VolumesTest {
  private static int size(int[] shape) {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  /** Small whole numbers, whose sums are exact in any order. */
  private static float[] whole(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(-3, 4);
    }
    return values;
  }

  private static long[] longs(int... numbers) {
    return Arrays.stream(numbers).asLongStream().toArray();
  }

  private static int[] drawn(Random random, int count, int from, int to) {
    return random.ints(count, from, to).toArray();
  }

  /** The places of an index whose first axis is the slowest. */
  private static int[] places(int index, int[] shape) {
    int[] places = new int[shape.length];
    for (int k = shape.length - 1, rest = index; k >= 0; rest /= shape[k--]) {
      places[k] = rest % shape[k];
    }
    return places;
  }

  /** Where an element lies; -1 outside. */
  private static int index(int[] places, int[] shape) {
    int index = 0;
    for (int k = 0; k < shape.length; k++) {
      if (places[k] < 0 || places[k] >= shape[k]) {
        return -1;
      }
      index = index * shape[k] + places[k];
    }
    return index;
  }

  @Test
  void transposedConvolutions() {
    for (int seed = 0; seed < 60; seed++) {
      transposed(new Random(seed));
    }
  }

  private static void transposed(Random random) {
    int groups = random.nextInt(1, 3);
    int[] in = {random.nextInt(1, 3), groups * random.nextInt(1, 4), 0, 0, 0};
    int groupFilters = random.nextInt(1, 4);
    int filters = groups * groupFilters;
    int[] out = {in[0], filters, 0, 0, 0};
    int[] kernel = drawn(random, 3, 1, 4);
    int[] stride = drawn(random, 3, 1, 4);
    int[] dilation = drawn(random, 3, 1, 3);
    int[] before = new int[3];
    int[] after = new int[3];
    int[] more = new int[3];
    int[] weightsShape = {in[1], groupFilters, kernel[0], kernel[1], kernel[2]};
    String named = new String[] {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"}[random.nextInt(4)];
    boolean wanted = random.nextInt(3) == 0;
    for (int i = 0; i < 3; i++) {
      in[i + 2] = random.nextInt(1, 5);
      int window = (kernel[i] - 1) * dilation[i] + 1;
      int full = (in[i + 2] - 1) * stride[i] + window;
      boolean given = !wanted && !named.startsWith("SAME");
      more[i] = given ? random.nextInt(stride[i]) : 0;
      int cut = named.equals("NOTSET") || wanted ? random.nextInt(window) : 0;
      if (!wanted && named.startsWith("SAME")) {
        cut = Math.max(0, full - in[i + 2] * stride[i]);
        more[i] = in[i + 2] * stride[i] - full + cut;
      }
      boolean explicit = named.equals("NOTSET") && !wanted;
      before[i] =
          explicit ? random.nextInt(cut + 1) : named.equals("SAME_UPPER") ? cut / 2 : (cut + 1) / 2;
      after[i] = cut - before[i];
      out[i + 2] = full - cut + more[i];
      if (out[i + 2] < 1) {
        return;
      }
    }
    float[] x = whole(random, size(in));
    float[] weights = whole(random, size(weightsShape));
    float[] bias = whole(random, filters);
    Map<String, Object> attributes = new HashMap<>();
    attributes.put("strides", longs(stride));
    attributes.put("dilations", longs(dilation));
    attributes.put("group", groups);
    attributes.put("auto_pad", named);
    if (wanted) {
      attributes.put("output_shape", longs(out[2], out[3], out[4]));
    } else if (!named.startsWith("SAME")) {
      attributes.put("output_padding", longs(more));
    }
    if (named.equals("NOTSET") && !wanted) {
      attributes.put("pads", longs(before[0], before[1], before[2], after[0], after[1], after[2]));
    }
    boolean biased = random.nextBoolean();
    boolean relu = random.nextBoolean();

    float[] expected = new float[size(out)];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = biased ? bias[places(i, out)[1]] : 0;
    }
    for (int i = 0; i < x.length; i++) {
      int[] at = places(i, in);
      for (int w = 0; w < weights.length; w++) {
        int[] tap = places(w, weightsShape);
        if (tap[0] == at[1]) {
          int[] to = {at[0], at[1] / (in[1] / groups) * groupFilters + tap[1], 0, 0, 0};
          for (int k = 0; k < 3; k++) {
            to[k + 2] = at[k + 2] * stride[k] + tap[k + 2] * dilation[k] - before[k];
          }
          int index = index(to, out);
          if (index >= 0) {
            expected[index] += x[i] * weights[w];
          }
        }
      }
    }
    for (int i = 0; relu && i < expected.length; i++) {
      expected[i] = Math.max(0, expected[i]);
    }

    ModelWriter writer = new ModelWriter(13);
    String input = writer.input("x", in);
    String w = writer.floats(weights, weightsShape);
    String y =
        biased
            ? writer.node("ConvTranspose", attributes, input, w, writer.floats(bias, filters))
            : writer.node("ConvTranspose", attributes, input, w);
    byte[] model = writer.build(relu ? writer.node("Relu", y) : y);
    Tensor found =
        OnnxModel.load(model)
            .session()
            .run(Map.of("x", Tensor.of(x, longs(in))))
            .values()
            .iterator()
            .next();
    assertArrayEquals(longs(out), found.shape(), attributes.toString());
    assertArrayEquals(expected, found.floats(), 0, attributes.toString());
  }

  @Test
  void moreOutputThanAStrideIsRefused() {
    ModelWriter writer = new ModelWriter(13);
    Map<String, Object> attributes =
        Map.of("output_padding", longs(1, 0, 0), "dilations", longs(2, 2, 2));
    String x = writer.input("x", 1, 2, 3, 3, 3);
    byte[] model =
        writer.build(writer.node("ConvTranspose", attributes, x, writer.weights(2, 2, 2, 2, 2)));
    OnnxException refused =
        assertThrows(OnnxException.class, () -> OnnxModel.load(model).session());
    assertTrue(refused.getMessage().contains("less than a stride"), refused.getMessage());
  }

  @Test
  void placesOfMaxima() {
    for (int seed = 0; seed < 60; seed++) {
      maxima(new Random(seed), 1 + seed % 3);
    }
  }

  private static void maxima(Random random, int axes) {
    int[] in = new int[axes + 2];
    int[] kernel = drawn(random, axes, 1, 4);
    int[] stride = drawn(random, axes, 1, 4);
    int[] dilation = drawn(random, axes, 1, 3);
    int[] pads = new int[2 * axes];
    in[0] = random.nextInt(1, 3);
    in[1] = random.nextInt(1, 4);
    int[] out = in.clone();
    for (int i = 0; i < axes; i++) {
      in[i + 2] = random.nextInt(5, 8);
      pads[i] = random.nextInt(kernel[i]);
      pads[i + axes] = random.nextInt(kernel[i]);
      int window = (kernel[i] - 1) * dilation[i] + 1;
      out[i + 2] = (in[i + 2] + pads[i] + pads[i + axes] - window) / stride[i] + 1;
    }
    boolean byColumns = random.nextBoolean();
    float[] x = whole(random, size(in));
    int volume = size(in) / in[0] / in[1];
    float[] maxima = new float[size(out)];
    long[] indices = new long[size(out)];
    for (int i = 0; i < maxima.length; i++) {
      int[] at = places(i, out);
      maxima[i] = Float.NEGATIVE_INFINITY;
      for (int tap = 0; tap < size(kernel); tap++) {
        int[] from = at.clone();
        for (int k = 0; k < axes; k++) {
          from[k + 2] = at[k + 2] * stride[k] + places(tap, kernel)[k] * dilation[k] - pads[k];
        }
        int index = index(from, in);
        if (index >= 0 && x[index] > maxima[i]) {
          maxima[i] = x[index];
          indices[i] = index;
          if (byColumns) {
            long column = 0;
            for (int k = axes - 1; k >= 0; k--) {
              column = column * in[k + 2] + from[k + 2];
            }
            indices[i] = index / volume * (long) volume + column;
          }
        }
      }
      if (maxima[i] == Float.NEGATIVE_INFINITY) {
        return;
      }
    }
    Map<String, Object> attributes = new HashMap<>();
    attributes.put("kernel_shape", longs(kernel));
    attributes.put("strides", longs(stride));
    attributes.put("pads", longs(pads));
    attributes.put("dilations", longs(dilation));
    attributes.put("storage_order", byColumns ? 1 : 0);
    ModelWriter writer = new ModelWriter(13);
    String y = writer.node("MaxPool", attributes, writer.input("x", in));
    writer.graph().getNodeBuilder(0).addOutput("places");
    Map<String, Tensor> found =
        OnnxModel.load(writer.build(y, "places"))
            .session()
            .run(Map.of("x", Tensor.of(x, longs(in))));
    assertArrayEquals(maxima, found.get(y).floats(), attributes.toString());
    assertArrayEquals(indices, found.get("places").longs(), attributes.toString());
  }

  @Test
  void maximaGoBackWhereTheyWere() {
    ModelWriter writer = new ModelWriter(13);
    Map<String, Object> attributes =
        Map.of("kernel_shape", longs(2, 2, 2), "strides", longs(2, 2, 2));
    String x = writer.input("x", 1, 2, 4, 2, 6);
    String y = writer.node("MaxPool", attributes, x);
    writer.graph().getNodeBuilder(0).addOutput("places");
    byte[] model = writer.build(writer.node("MaxUnpool", attributes, y, "places"));
    float[] values = new float[96];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1 + i * 7 % 96;
    }
    Map<String, Tensor> given = Map.of("x", Tensor.of(values, 1, 2, 4, 2, 6));
    float[] back = OnnxModel.load(model).session().run(given).values().iterator().next().floats();
    int kept = 0;
    for (int i = 0; i < values.length; i++) {
      assertTrue(back[i] == 0 || back[i] == values[i]);
      kept += back[i] == 0 ? 0 : 1;
    }
    assertEquals(12, kept);
  }
}
