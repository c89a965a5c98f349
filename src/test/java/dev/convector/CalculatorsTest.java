package dev.convector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The worked examples of the texts that the library was founded on. */
class CalculatorsTest {

  @Test
  void parameters() {
    assertEquals(73_856, conv(64, 128, 3).parameters());
    DepthwiseSeparable2d separable =
        DepthwiseSeparable2d.builder().input(1, 64, 8, 8).kernel(3, 3).filters(128).build();
    int weights = separable.depthwise().weightsSize() + separable.pointwise().weightsSize();
    assertEquals(8_768, weights);
    int bottleneck =
        conv(256, 64, 1).shape().weightsSize()
            + conv(64, 64, 3).shape().weightsSize()
            + conv(64, 256, 1).shape().weightsSize();
    assertEquals(69_632, bottleneck);
  }

  @Test
  void receptiveFields() {
    Axis three = new Axis(32, 3, 1, 1, 1, 1);
    assertEquals(new ReceptiveField(7, 1, 0), ReceptiveField.of(three, three, three));
    Axis strided = new Axis(32, 3, 2, 1, 0, 0);
    // 3, then 3 + 2 * 2 = 7: the first output's middle lies at 1 + 2 * 1.
    assertEquals(new ReceptiveField(7, 4, 3), ReceptiveField.of(strided, strided));
    Axis dilated = new Axis(32, 3, 1, 4, 0, 0);
    assertEquals(new ReceptiveField(9, 1, 4), ReceptiveField.of(dilated));
    assertEquals(ReceptiveField.NONE, ReceptiveField.of());
  }

  private static Conv2d conv(int channels, int filters, int kernel) {
    return Conv2d.builder().input(1, channels, 8, 8).filters(filters, kernel, kernel).build();
  }
}
