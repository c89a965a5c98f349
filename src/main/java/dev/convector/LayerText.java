package dev.convector;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Descriptions in the words of a network's listing: {@code 64x56x56 -> 128 3x3 s2 p1}. What has its
 * usual value is left out; what is the same along every axis is said once.
 */
final class LayerText {
  private LayerText() {}

  /** The sizes of an input, with the batch unless that is one image. */
  static String input(int batch, int channels, Axis... axes) {
    return images(batch, channels, joined("x", axes, Axis::size));
  }

  /** Kernel, stride, dilation and padding; the padding in ONNX's order unless all sides are one. */
  static String window(Axis... axes) {
    String before = joined(",", axes, Axis::padBefore);
    String after = joined(",", axes, Axis::padAfter);
    return joined("x", axes, Axis::kernel)
        + unless("1", " s", shortened(joined(",", axes, Axis::stride)))
        + unless("1", " d", shortened(joined(",", axes, Axis::dilation)))
        + unless("0", " p", shortened(before + "," + after));
  }

  /** The sizes of the input of a transposed convolution. */
  static String input(int batch, int channels, TransposedAxis... axes) {
    return images(batch, channels, joined("x", axes, TransposedAxis::size));
  }

  /** The same of its window, and behind it the padding of the output. */
  static String window(TransposedAxis... axes) {
    String before = joined(",", axes, TransposedAxis::padBefore);
    String after = joined(",", axes, TransposedAxis::padAfter);
    return joined("x", axes, TransposedAxis::kernel)
        + unless("1", " s", shortened(joined(",", axes, TransposedAxis::stride)))
        + unless("1", " d", shortened(joined(",", axes, TransposedAxis::dilation)))
        + unless("0", " p", shortened(before + "," + after))
        + unless("0", " o", shortened(joined(",", axes, TransposedAxis::outputPadding)));
  }

  private static String images(int batch, int channels, String sizes) {
    return (batch == 1 ? "" : batch + "x") + channels + "x" + sizes;
  }

  /** A value behind a blank and a prefix, or nothing where it is the usual one. */
  static String unless(Object usual, String prefix, Object value) {
    return value.equals(usual) ? "" : prefix + value;
  }

  /** The layout, and what is not the usual of the others. */
  static String options(Layout layout, Activation activation, Accuracy accuracy) {
    return " "
        + layout
        + unless(Activation.NONE, " ", activation)
        + unless(Accuracy.STANDARD, " ", accuracy).toLowerCase(Locale.ROOT);
  }

  /** A mode behind a blank, unless it is the usual one. */
  static String of(PaddingMode mode) {
    return unless(PaddingMode.ZEROS, " ", mode).toLowerCase(Locale.ROOT);
  }

  private static <A> String joined(String separator, A[] axes, ToIntFunction<A> number) {
    return Arrays.stream(axes)
        .map(axis -> Integer.toString(number.applyAsInt(axis)))
        .collect(Collectors.joining(separator));
  }

  private static String shortened(String numbers) {
    String[] each = numbers.split(",");
    boolean same = Arrays.stream(each).allMatch(each[0]::equals);
    return same ? each[0] : numbers;
  }
}
