package dev.convector.onnx.internal.operator;

import dev.convector.AutoPad;
import dev.convector.onnx.OnnxException;
import dev.convector.onnx.internal.graph.Attributes;
import dev.convector.onnx.internal.graph.Node;
import java.util.Arrays;

/**
 * A window's attributes for two or three axes. One axis counts as the width of an image of height
 * 1.
 *
 * @param kernel elements along each axis
 * @param pads before each axis, then behind each; of no meaning with a named padding
 * @param named null if the padding is given in numbers
 */
record Window(int[] kernel, int[] strides, int[] dilations, int[] pads, AutoPad named) {
  private static final int MOST_AXES = 3;

  /** Why a node's window is not supported, as far as its attributes say; null if it may be. */
  static String refusal(Node node) {
    for (String name : new String[] {"kernel_shape", "strides", "dilations", "pads"}) {
      long[] numbers = node.attributes().integers(name);
      int axes = numbers == null ? 2 : name.equals("pads") ? numbers.length / 2 : numbers.length;
      if (axes < 1 || axes > MOST_AXES) {
        return name + " of " + axes + " axes; only 1 to " + MOST_AXES + " are supported";
      }
    }
    named(node.attributes());
    return null;
  }

  /**
   * A node's window.
   *
   * @param axes 1 to 3
   * @param kernel sizes if the node doesn't say them
   */
  static Window of(Attributes attributes, int axes, int[] kernel) {
    int[] kernelShape = numbers(attributes, "kernel_shape", axes, kernel, 1);
    int[] pads = numbers(attributes, "pads", 2 * axes, null, 0);
    return new Window(
        flat(kernelShape, 1),
        flat(numbers(attributes, "strides", axes, null, 1), 1),
        flat(numbers(attributes, "dilations", axes, null, 1), 1),
        axes == 1 ? new int[] {0, pads[0], 0, pads[1]} : pads,
        named(attributes));
  }

  /** Of three axes, two. */
  Window axes(int a, int b) {
    return new Window(
        new int[] {kernel[a], kernel[b]},
        new int[] {strides[a], strides[b]},
        new int[] {dilations[a], dilations[b]},
        new int[] {pads[a], pads[b], pads[a + 3], pads[b + 3]},
        named);
  }

  /** Of three axes, one, as the height of a window without width. */
  Window axis(int a) {
    return new Window(
        new int[] {kernel[a], 1},
        new int[] {strides[a], 1},
        new int[] {dilations[a], 1},
        new int[] {pads[a], 0, pads[a + 3], 0},
        named);
  }

  /** Two numbers of one or two. */
  static int[] flat(int[] numbers, int first) {
    return numbers.length == 1 ? new int[] {first, numbers[0]} : numbers;
  }

  static int[] numbers(Attributes attributes, String name, int count, int[] otherwise, int usual) {
    long[] given = attributes.integers(name);
    if (given == null) {
      if (otherwise != null) {
        return otherwise;
      }
      int[] all = new int[count];
      Arrays.fill(all, usual);
      return all;
    }
    if (given.length != count) {
      throw new OnnxException(name + ": has " + given.length + " numbers; must have " + count);
    }
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Math.toIntExact(given[i]);
    }
    return numbers;
  }

  private static AutoPad named(Attributes attributes) {
    String name = attributes.text("auto_pad", "NOTSET");
    return switch (name) {
      case "NOTSET", "" -> null;
      case "VALID" -> AutoPad.VALID;
      case "SAME_UPPER" -> AutoPad.SAME_UPPER;
      case "SAME_LOWER" -> AutoPad.SAME_LOWER;
      default -> throw new OnnxException("auto_pad " + name + ": not known");
    };
  }
}
