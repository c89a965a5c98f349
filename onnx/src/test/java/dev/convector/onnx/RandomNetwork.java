package dev.convector.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A network of operators drawn by lot, of images whose shapes it keeps track of. */
final class RandomNetwork {
  private final Random random;
  private final ModelWriter writer = new ModelWriter(13);
  private final List<Image> images = new ArrayList<>();

  /** A value of four dimensions. */
  private record Image(String name, int... shape) {
    int channels() {
      return shape[1];
    }

    Image as(String other, int... sizes) {
      return new Image(other, sizes);
    }

    Image as(String other) {
      return new Image(other, shape);
    }
  }

  RandomNetwork(long seed) {
    random = new Random(seed);
  }

  /** A model of an input {@code x} of that shape. */
  byte[] build(int nodes, int... shape) {
    images.add(new Image(writer.input("x", shape), shape));
    for (int i = 0; i < nodes; i++) {
      images.add(next(any()));
    }
    Image last = images.getLast();
    Image other = any();
    return writer.build(writer.node("Neg", last.name), writer.node("Neg", other.name));
  }

  /** One of the last few. */
  private Image any() {
    int size = images.size();
    return images.get(size - 1 - random.nextInt(Math.min(size, 4)));
  }

  private Image next(Image x) {
    int[] s = x.shape;
    return switch (random.nextInt(20)) {
      case 0, 1 -> conv(x);
      case 2 -> x.as(writer.norm(x.name, s[1]));
      case 3 -> x.as(writer.node(activation(), x.name));
      case 4 -> x.as(writer.node("Mul", x.name, writer.node("Sigmoid", x.name)));
      case 5, 6 -> x.as(writer.node(random.nextBoolean() ? "Add" : "Mul", operands(x)));
      case 7 -> concat(x);
      case 8 -> transpose(x);
      case 9 -> slice(x);
      case 10 -> pad(x);
      case 11 -> pool(x);
      case 12 -> upsample(x);
      case 13 -> x.as(writer.node("Softmax", Map.of("axis", random.nextInt(4)), x.name));
      case 14 -> mean(x);
      case 15 -> flip(x);
      case 16 -> {
        String gate = writer.node("GlobalAveragePool", x.name);
        yield x.as(writer.node("Mul", x.name, writer.node("Sigmoid", gate)));
      }
      case 17 -> {
        String scaled = writer.node("Mul", x.name, writer.number(0.5 + random.nextDouble()));
        yield x.as(writer.node("Add", scaled, writer.number(random.nextDouble())));
      }
      case 18 -> product(x);
      default -> x.as(writer.node("Add", x.name, conv3(x)));
    };
  }

  private String activation() {
    return new String[] {"Relu", "Sigmoid", "Tanh", "HardSigmoid", "Abs"}[random.nextInt(5)];
  }

  private Image conv(Image x) {
    int filters = 1 + random.nextInt(20);
    int kernel = Math.min(1 + 2 * random.nextInt(2), 2 * Math.min(x.shape[2], x.shape[3]) - 1);
    String y = writer.conv(x.name, filters, x.channels(), kernel, 1, 1);
    return x.as(y, x.shape[0], filters, x.shape[2], x.shape[3]);
  }

  private String conv3(Image x) {
    int group = random.nextBoolean() ? x.channels() : 1;
    return writer.conv(x.name, x.channels(), x.channels(), 3, 1, group);
  }

  /** The image and another of the same shape, one that is broadcast, or a constant. */
  private String[] operands(Image x) {
    for (Image other : images) {
      if (other != x && Arrays.equals(other.shape, x.shape) && random.nextInt(3) > 0) {
        return random.nextBoolean()
            ? new String[] {x.name, other.name}
            : new String[] {other.name, x.name};
      }
    }
    int[] shape = x.shape.clone();
    for (int i = 0; i < 4; i++) {
      shape[i] = random.nextBoolean() ? 1 : shape[i];
    }
    int from = random.nextInt(3);
    return new String[] {x.name, writer.weights(Arrays.copyOfRange(shape, from, 4))};
  }

  private Image concat(Image x) {
    int axis = random.nextInt(4);
    String other = writer.node("Relu", x.name);
    int[] shape = x.shape.clone();
    shape[axis] *= 2;
    return x.as(writer.node("Concat", Map.of("axis", axis), x.name, other), shape);
  }

  private Image transpose(Image x) {
    List<Integer> axes = new ArrayList<>(List.of(0, 1, 2, 3));
    Collections.shuffle(axes, random);
    long[] perm = axes.stream().mapToLong(axis -> axis).toArray();
    int[] shape = axes.stream().mapToInt(axis -> x.shape[axis]).toArray();
    return x.as(writer.node("Transpose", Map.of("perm", perm), x.name), shape);
  }

  private Image slice(Image x) {
    int axis = random.nextInt(4);
    int size = x.shape[axis];
    int start = random.nextInt(size);
    int end = start + 1 + random.nextInt(size - start);
    int[] shape = x.shape.clone();
    shape[axis] = end - start;
    return x.as(
        writer.node("Slice", x.name, writer.longs(start), writer.longs(end), writer.longs(axis)),
        shape);
  }

  private Image flip(Image x) {
    int axis = random.nextInt(4);
    String all = writer.longs(Long.MIN_VALUE + 1);
    return x.as(
        writer.node("Slice", x.name, writer.longs(-1), all, writer.longs(axis), writer.longs(-1)));
  }

  private Image pad(Image x) {
    int[] shape = x.shape.clone();
    long[] pads = new long[8];
    for (int i = 1; i < 4; i++) {
      pads[i] = random.nextInt(2);
      pads[i + 4] = random.nextInt(2);
      shape[i] += (int) (pads[i] + pads[i + 4]);
    }
    return x.as(writer.node("Pad", x.name, writer.longs(pads)), shape);
  }

  private Image pool(Image x) {
    Map<String, Object> window =
        Map.of("kernel_shape", new long[] {3, 3}, "pads", new long[] {1, 1, 1, 1});
    return x.as(writer.node(random.nextBoolean() ? "MaxPool" : "AveragePool", window, x.name));
  }

  private Image upsample(Image x) {
    if (x.shape[2] * x.shape[3] > 400) {
      return x.as(writer.node("Relu", x.name));
    }
    String mode = random.nextBoolean() ? "nearest" : "linear";
    String scales = writer.floats(new float[] {1, 1, 2, 2}, 4);
    String y =
        writer.node(
            "Resize",
            Map.of("mode", mode, "coordinate_transformation_mode", "half_pixel"),
            x.name,
            "",
            scales);
    return x.as(y, x.shape[0], x.shape[1], 2 * x.shape[2], 2 * x.shape[3]);
  }

  private Image mean(Image x) {
    int[] shape = x.shape.clone();
    List<Long> axes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      if (random.nextBoolean()) {
        axes.add((long) i);
        shape[i] = 1;
      }
    }
    if (axes.isEmpty()) {
      return x.as(writer.node("Relu", x.name));
    }
    long[] listed = axes.stream().mapToLong(Long::longValue).toArray();
    String means = writer.node("ReduceMean", Map.of("axes", listed), x.name);
    return random.nextBoolean()
        ? x.as(writer.node("Sub", x.name, means))
        : x.as(writer.node("Add", x.name, writer.node("Relu", means)));
  }

  private Image product(Image x) {
    int width = 1 + random.nextInt(12);
    int[] shape = x.shape.clone();
    shape[3] = width;
    String y = writer.node("MatMul", x.name, writer.weights(x.shape[3], width));
    return x.as(writer.node("Add", y, writer.weights(width)), shape);
  }
}
