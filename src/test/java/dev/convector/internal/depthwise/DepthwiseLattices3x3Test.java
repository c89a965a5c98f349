package dev.convector.internal.depthwise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.convector.Conv2d;
import dev.convector.ConvShape;
import dev.convector.Layout;
import dev.convector.internal.simd.Simd;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dilated 3x3 kernels against the oracle, and which of them are cut into lattices. */
class DepthwiseLattices3x3Test {
  private static Conv2d conv(int channels, int height, int width, int down, int across, int[] pad) {
    return Conv2d.builder()
        .input(2, channels, height, width)
        .filters(channels, 3, 3)
        .groups(channels)
        .dilation(down, across)
        .padding(pad[0], pad[1], pad[2], pad[3])
        .layout(Layout.NHWC)
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, 13, 14",
    "3, 2, 7, 9",
    "1, 2, 6, 12",
    "3, 1, 11, 5",
    "4, 4, 17, 18",
    "5, 6, 12, 13",
    "2, 5, 5, 11",
    "7, 3, 15, 7"
  })
  void everyPaddingEqualsTheReference(int down, int across, int height, int width) {
    for (int before = 0; before <= down; before++) {
      for (int after = 0; after <= down; after++) {
        int left = before * across / down;
        int right = across - left;
        int[] pad = {before, left, after, right};
        if (height + before + after > 2 * down && width + across > 2 * across) {
          new DepthwiseLayer(conv(40, height, width, down, across, pad), after == 0).check(3);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // strides and dilations of rows and columns
    "2, 2, 2, 2",
    "4, 4, 2, 2",
    "2, 2, 4, 4",
    "2, 2, 3, 3",
    "1, 2, 2, 4",
    "2, 1, 3, 1",
    "6, 4, 3, 2",
    "3, 3, 6, 3",
    "5, 5, 2, 2"
  })
  void stridesEqualTheReference(int down, int across, int rowsApart, int columnsApart) {
    for (int padding = 0; padding <= rowsApart; padding++) {
      for (int size = 14; size < 22; size++) {
        int[] pad = {padding, Math.min(padding, columnsApart), 0, columnsApart};
        Conv2d conv = conv(40, size, size + 5, rowsApart, columnsApart, pad);
        new DepthwiseLayer(strided(conv, down, across), size % 2 == 0).check(2);
      }
    }
  }

  private static Conv2d strided(Conv2d conv, int down, int across) {
    ConvShape s = conv.shape();
    return Conv2d.builder()
        .input(s.batch(), s.channels(), s.height(), s.width())
        .filters(s.filters(), 3, 3)
        .groups(s.groups())
        .stride(down, across)
        .dilation(s.dilationHeight(), s.dilationWidth())
        .padding(s.padTop(), s.padLeft(), s.padBottom(), s.padRight())
        .layout(Layout.NHWC)
        .build();
  }

  @ParameterizedTest
  @CsvSource({"8", "21", "64", "75", "512", "1024"})
  void allChannelsEqualTheReference(int channels) {
    new DepthwiseLayer(conv(channels, 9, 10, 2, 2, new int[] {2, 2, 2, 2}), true).check(0);
  }

  @Test
  void manyLatticesArePlannedAtOnce() {
    int[] pad = {300, 250, 0, 299};
    assertTimeout(
        Duration.ofSeconds(10),
        () -> new DepthwiseLayer(conv(Simd.LANES, 601, 520, 300, 299, pad), false).check(0));
  }

  @Test
  void needsPixelsInEachLatticeAndLittlePadding() {
    boolean few = !Simd.MANY_REGISTERS;
    int[] same = {3, 3, 3, 3};
    assertEquals(few, DepthwiseLattices3x3.fits(conv(40, 9, 9, 3, 3, same).shape()));
    assertEquals(few, DepthwiseLattices3x3.fits(conv(40, 3, 3, 3, 3, same).shape()));
    assertEquals(false, DepthwiseLattices3x3.fits(conv(40, 2, 9, 3, 3, same).shape()));
    for (int side = 0; side < 4; side++) {
      int[] pad = {2, 2, 2, 2};
      pad[side] = 3;
      assertEquals(false, DepthwiseLattices3x3.fits(conv(40, 9, 9, 2, 2, pad).shape()));
    }
    assertEquals(false, DepthwiseLattices3x3.fits(conv(40, 9, 9, 1, 1, new int[4]).shape()));
    Conv2d dilated = conv(40, 19, 19, 2, 2, new int[] {2, 2, 2, 2});
    assertEquals(few, DepthwiseLattices3x3.fits(strided(dilated, 2, 2).shape()));
    assertEquals(few, DepthwiseLattices3x3.fits(strided(dilated, 4, 4).shape()));
    assertEquals(false, DepthwiseLattices3x3.fits(strided(dilated, 1, 4).shape()));
    assertEquals(false, DepthwiseLattices3x3.fits(strided(dilated, 6, 6).shape()));
  }
}
