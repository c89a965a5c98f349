package dev.convector.jmh.size;

import dev.convector.Conv2d;
import dev.convector.Layout;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Convolutions that differ in one size.
 *
 * @param name what grows
 * @param first the smallest size
 * @param doublings how often it doubles
 * @param conv of a size
 */
record Series(String name, int first, int doublings, IntFunction<Conv2d.Builder> conv) {
  static final List<Series> ALL =
      List.of(
          new Series(
              "3x3, 64 channels: image",
              8,
              5,
              n -> Conv2d.builder().input(1, 64, n, n).filters(64, 3, 3).padding(1)),
          new Series(
              "1x1 at 14x14: channels and filters",
              16,
              7,
              n -> Conv2d.builder().input(1, n, 14, 14).filters(n, 1, 1)),
          new Series(
              "depthwise 3x3, 64 channels: image",
              8,
              6,
              n -> Conv2d.builder().input(1, 64, n, n).filters(64, 3, 3).padding(1).groups(64)),
          new Series(
              "1x9, 16 channels, a pixel high: width",
              256,
              10,
              n -> Conv2d.builder().input(1, 16, 1, n).filters(16, 1, 9).padding(0, 4)),
          new Series(
              "3x3, 32 channels at 4x4: batch",
              1,
              12,
              n -> Conv2d.builder().input(n, 32, 4, 4).filters(32, 3, 3).padding(1)),
          new Series(
              "1 to 16 channels, 16x16 outputs: kernel",
              2,
              7,
              n -> Conv2d.builder().input(1, 1, n + 15, n + 15).filters(16, n, n)),
          new Series(
              "1x1 of one pixel to 16: channels",
              1024,
              8,
              n -> Conv2d.builder().input(1, n, 1, 1).filters(16, 1, 1)));

  /** From the smallest on. */
  List<Conv2d> convolutions(Layout layout) {
    return IntStream.rangeClosed(0, doublings)
        .mapToObj(i -> conv.apply(first << i).layout(layout).build())
        .toList();
  }
}
