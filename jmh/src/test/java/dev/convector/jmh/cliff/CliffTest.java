package dev.convector.jmh.cliff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Layout;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerSpace;
import java.util.List;
import org.junit.jupiter.api.Test;

class CliffTest {
  private static final Layout NHWC = Layout.NHWC;

  private static List<String> steps(String name, Layout layout) {
    return Neighbours.of(LayerSpace.named(name), layout).stream()
        .map(spot -> spot.step() + " " + spot.layer().ownName() + " " + spot.layout())
        .toList();
  }

  @Test
  void neighboursOfAGroupedLayer() {
    assertEquals(
        List.of(
            " 2x8x9x7_12x3x3_s2p2d2g4 NHWC",
            "one more channel a group 2x12x9x7_12x3x3_s2p2d2g4 NHWC",
            "one more filter a group 2x8x9x7_16x3x3_s2p2d2g4 NHWC",
            "one more pixel 2x8x10x8_12x3x3_s2p2d2g4 NHWC",
            "one image 1x8x9x7_12x3x3_s2p2d2g4 NHWC",
            "stride 1 2x8x9x7_12x3x3_s1p2d2g4 NHWC",
            "no dilation 2x8x9x7_12x3x3_s2p1d1g4 NHWC",
            "half the groups 2x8x9x7_12x3x3_s2p2d2g2 NHWC",
            "other layout 2x8x9x7_12x3x3_s2p2d2g4 NCHW"),
        steps("drawn/2x8x9x7_12x3x3_s2p2d2g4", NHWC));
  }

  /** A depthwise layer stays one; an image of one pixel has no size to grow. */
  @Test
  void neighboursOfTheSpecial() {
    assertEquals(
        List.of(
            " 1x3x9x9_6x3x3_s1p1d1g3 NCHW",
            "one more channel 1x4x9x9_8x3x3_s1p1d1g4 NCHW",
            "one more pixel 1x3x10x10_6x3x3_s1p1d1g3 NCHW"),
        steps("drawn/1x3x9x9_6x3x3_s1p1d1g3", Layout.NCHW));
    assertTrue(
        steps("drawn/1x5x1x1_7x1x1_s1p0d1g1", NHWC)
            .contains("one more image 2x5x1x1_7x1x1_s1p0d1g1 NHWC"));
  }

  /** 3x3 on 3x3 pixels, padded by 1: 49 of 81 taps lie inside; 2 x 2 x 4 x 8 x 49 operations. */
  @Test
  void speedCountsTapsInside() {
    Layer layer = LayerSpace.named("drawn/2x4x3x3_8x3x3_s1p1d1g1");
    assertEquals(2 * 2 * 4 * 8 * 49, layer.flopsInside());
    assertEquals(6272 / 100.0, new Speed(new Spot("", layer, NHWC), "DIRECT", 100).gflops());
    Layer plain = LayerSpace.named("drawn/1x4x9x9_8x3x3_s2p0d2g2");
    assertEquals(plain.flops(), plain.flopsInside());
  }

  @Test
  void aCliffHasASlowAndAFastSide() {
    Layer layer = LayerSpace.named("drawn/1x4x9x9_8x1x1_s1p0d1g1");
    Speed own = new Speed(new Spot("", layer, NHWC), "DIRECT", 100);
    Speed faster = new Speed(new Spot("up", layer, NHWC), "DIRECT", 50);
    Speed slower = new Speed(new Spot("down", layer, NHWC), "DIRECT", 300);
    Speed near = new Speed(new Spot("near", layer, NHWC), "DIRECT", 150);

    List<Cliff> cliffs = Cliff.sorted(Cliff.around(List.of(own, faster, near, slower), 1.6));

    assertEquals(List.of("down", "up"), cliffs.stream().map(Cliff::step).toList());
    assertEquals(3, cliffs.get(0).height(), 1e-9);
    assertEquals(own, cliffs.get(0).fast());
    assertEquals(own, cliffs.get(1).slow());
  }

  @Test
  void timesTinyLayers() {
    Layer layer = LayerSpace.named("drawn/1x4x5x5_8x3x3_s1p1d1g1");
    List<Speed> speeds = Speed.of(Neighbours.of(layer, NHWC), new Stopwatch(10, 0.001));
    assertTrue(speeds.stream().allMatch(s -> s.nanos() > 0 && !s.algorithm().isEmpty()));
  }
}
