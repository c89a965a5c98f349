package dev.convector.internal.grouped;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.simd.KernelWarmUp;

/** The shapes of the grouped tiles, and a small call of each. */
final class GroupedWarmUp {
  private static final int KERNELS = GroupedKernels.WIDE + 8;
  private static final int PIXELS = GroupedKernels.MOST_PIXELS + 1;

  /** One in so many small calls has loops as long as real ones; the others are short. */
  private static final int TURNS = 8;

  private static final int ASKED = 2400;
  private static final int STEPS = 3;
  private static final int CHANNELS = 16;

  /** At least what a small call reads of an input, and of a kernel's weights. */
  private static final int FLOATS = 16 * 1024;

  private static final KernelWarmUp SHAPES = new KernelWarmUp(KERNELS * PIXELS, ASKED);

  private GroupedWarmUp() {}

  /** Kernels that select lanes are never: that takes the interpreter longer than it saves. */
  static boolean isCold(int kernel, int pixels) {
    return kernel >= GroupedKernels.PAIR && SHAPES.isCold(kernel * PIXELS + pixels);
  }

  /** Counts what a call of a cold shape is about to do. */
  static void count(GroupedCall p) {
    int kernel = p.kernel;
    int pixels = p.pixels;
    long runs = (long) p.tiles * (p.toStep - p.fromStep) * p.channels;
    int taps = kernel % 8 < GroupedKernels.ROW1 ? 1 : 3;
    int vectors = kernel < GroupedKernels.WIDE ? 1 : 2;
    int channels = Math.min(p.channels, CHANNELS);
    int work = (2 + 2 * STEPS * channels / TURNS) * pixels * taps * vectors;
    SHAPES.count(kernel * PIXELS + pixels, runs, () -> call(kernel, pixels, channels), work);
  }

  static Runnable call(int kernel, int pixels, int channels) {
    GroupedCall p = new GroupedCall();
    p.kernel(kernel, new int[STEPS], 1);
    p.pixels = pixels;
    p.a = new float[FLOATS];
    p.pairs = new long[FLOATS];
    p.aRow = LANES;
    p.aStep = LANES;
    p.indexes = new int[CHANNELS * LANES];
    p.b = new float[FLOATS];
    p.bVector = FLOATS / 2;
    p.startFrom(new float[2 * LANES], 0);
    int row = pixels * 2 * LANES;
    p.result(new float[2 * row], row, 2 * LANES);
    return KernelWarmUp.inTurn(
        TURNS,
        turn -> {
          p.tiles = turn % 3 == 0 ? 2 : 1;
          p.steps(0, turn == 0 ? STEPS : turn % 3 == 1 ? 2 : 1);
          p.channels = turn == 0 ? channels : turn % 3 == 2 ? 2 : 1;
          GroupedKernels.run(p);
        });
  }
}
