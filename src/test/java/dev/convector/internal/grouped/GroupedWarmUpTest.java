package dev.convector.internal.grouped;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each tile that a call may have has a small call that fits it. */
final class GroupedWarmUpTest {
  static IntStream kernels() {
    return IntStream.range(GroupedKernels.PAIR + GroupedKernels.ROW1, GroupedKernels.WIDE + 8);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void everyTileHasASmallCall(int kernel) {
    boolean wide = kernel >= GroupedKernels.WIDE;
    boolean cut = kernel % 8 == GroupedKernels.ROW1_CUT || kernel % 8 > GroupedKernels.ROW2;
    int most = wide ? 7 : GroupedKernels.MOST_PIXELS;
    for (int pixels = cut ? 2 : 1; pixels <= most; pixels++) {
      Runnable call = GroupedWarmUp.call(kernel, pixels, 16);
      for (int turn = 0; turn < 8; turn++) {
        call.run();
      }
    }
    assertThrows(
        AssertionError.class,
        () -> GroupedWarmUp.call(kernel, GroupedKernels.MOST_PIXELS + 1, 16).run());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void whatDoesMuchIsWarm(int kernel) {
    GroupedCall call = new GroupedCall();
    call.kernel(kernel, new int[1], 3000);
    call.steps(0, 1);
    call.pixels = 4;
    call.tiles = 1;
    GroupedWarmUp.count(call);
    assertFalse(GroupedWarmUp.isCold(kernel, 4));
  }
}
