package dev.convector.internal.depthwise;

import dev.convector.Conv2d;
import dev.convector.Layout;
import dev.convector.internal.simd.Contest;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels on copies, and in place where a contest decides, which decides no bit. */
class DepthwiseCopiesTest {
  @ParameterizedTest
  @CsvSource({
    "1, 512, 14, 15, 3, 3, 1, 1, 1",
    "2, 512, 5, 35, 3, 3, 1, 1, 0",
    "2, 1024, 7, 7, 3, 3, 1, 1, 1",
    "1, 1024, 15, 18, 3, 3, 2, 1, 1",
    "2, 1536, 4, 17, 3, 3, 1, 1, 1",
    "3, 2048, 3, 4, 3, 3, 1, 1, 1",
    "2, 512, 14, 13, 5, 5, 1, 1, 2",
    "1, 1024, 9, 36, 5, 5, 2, 1, 1",
    "1, 1024, 7, 7, 7, 7, 1, 1, 3",
    "1, 512, 19, 21, 7, 7, 2, 1, 2",
    "2, 512, 12, 18, 3, 3, 1, 2, 2",
    "1, 1024, 10, 33, 5, 5, 1, 2, 4",
    "1, 1024, 9, 20, 4, 2, 1, 1, 1",
    "1, 1024, 20, 23, 3, 3, 3, 1, 1",
    "1, 1024, 6, 19, 1, 3, 1, 1, 0",
    "1, 1024, 8, 5, 5, 1, 1, 1, 0",
    "1, 512, 14, 40, 9, 9, 1, 1, 4"
  })
  void hasTheSameBits(
      int batch,
      int channels,
      int height,
      int width,
      int kernelHeight,
      int kernelWidth,
      int stride,
      int dilation,
      int padding) {
    Conv2d.Builder conv =
        Conv2d.builder()
            .input(batch, channels, height, width)
            .filters(channels, kernelHeight, kernelWidth)
            .groups(channels)
            .stride(stride)
            .dilation(dilation)
            .padding(padding)
            .layout(Layout.NHWC);
    Contest contest = DepthwiseCopies.contest(conv.build().shape());
    for (boolean hasResidual : List.of(false, true)) {
      DepthwiseLayer layer = new DepthwiseLayer(conv.build(), hasResidual);
      for (boolean isWon : List.of(true, false)) {
        if (contest != null) {
          contest.decide(isWon);
        }
        layer.check(0);
        layer.check(5);
      }
    }
  }
}
