package dev.convector.internal.depthwise;

import static dev.convector.internal.simd.Simd.LANES;

import dev.convector.internal.simd.KernelWarmUp;

/** The shapes of the depthwise kernels with pixels in the lanes, and a small call of each. */
enum DepthwisePixelWarmUp {
  /** Rows of planes. */
  ROWS {
    @Override
    void run(DepthwisePixelCall p, int kernel, int stride) {
      DepthwisePixelKernels.run(p, kernel, stride);
    }
  },
  /** Rows of all channels, each lane of which has weights of its own; at stride 1. */
  EACH {
    @Override
    void run(DepthwisePixelCall p, int kernel, int stride) {
      DepthwisePixelKernels.runEach(p, kernel);
    }
  },
  /** Two planes in a vector; of 3x3 kernels. */
  PAIRS {
    @Override
    void run(DepthwisePixelCall p, int kernel, int stride) {
      DepthwisePixelKernels.runPairs(p, stride);
    }
  };

  /** Largest kernel and stride there are. */
  private static final int MOST = 7;

  private static final int STRIDES = 2;

  /** After which the first small call comes again: of 3x3 kernels, and of larger ones. */
  private static final int TURNS = 4;

  private static final int LARGE_TURNS = 32;

  /**
   * Of those of larger kernels, the last so many have no rows of input, only the loop over what
   * lies below: so fewer than eight runs of loops a call, or HotSpot has a version for the middle
   * of a loop compiled first. 3x3 kernels of two planes and with stride 2 would be 4 and 2 % slower
   * by it for good.
   */
  private static final int EMPTY_TURNS = 16;

  /** Rows of one call in turn, and of the others. */
  private static final int MANY_ROWS = 40;

  private static final int ROWS_OF_3 = 4;

  private static final int ROWS_OF_LARGE = 2;

  /** At least what a small call reads of each array, and writes. */
  private static final int FLOATS = 4096;

  /** Calls that run few loops are cheap, and HotSpot wants more of them the more methods wait. */
  private final KernelWarmUp shapes =
      new KernelWarmUp((MOST + 1) * (STRIDES + 1), 2 * KernelWarmUp.ASKED_LATE);

  abstract void run(DepthwisePixelCall p, int kernel, int stride);

  /** Runs a kernel, and has it compiled first if it is cold and about to do much. */
  void runWarm(DepthwisePixelCall p, int kernel, int stride) {
    int shape = kernel * (STRIDES + 1) + stride;
    if (shapes.isCold(shape)) {
      long strips = this == PAIRS ? 1 : p.columns.length;
      int rows = MANY_ROWS + (firstEmpty(kernel) - 1) * fewRows(kernel);
      int work = rows * kernel * kernel / (turns(kernel) * stride);
      int lead = p.lead;
      int more = p.rows % stride;
      shapes.count(
          shape, p.planes * strips * p.outputRows, () -> call(kernel, stride, lead, more), work);
    }
    run(p, kernel, stride);
  }

  /** A small call, of two planes, of two strips and of many rows in turn. */
  Runnable call(int kernel, int stride, int lead, int more) {
    DepthwisePixelCall p = new DepthwisePixelCall();
    p.lead = lead;
    p.x = new float[FLOATS];
    p.xRow = LANES;
    p.xTap = 1;
    p.indices = new int[FLOATS];
    p.phases = new int[2];
    p.masks = new int[FLOATS];
    p.w = new float[FLOATS];
    p.y = new float[FLOATS];
    p.yRow = LANES;
    int[] one = new int[1];
    int[] two = new int[2];
    int few = fewRows(kernel);
    int firstEmpty = firstEmpty(kernel);
    return KernelWarmUp.inTurn(
        turns(kernel),
        turn -> {
          p.planes = turn == 0 ? 2 : 1;
          p.columns = turn == 1 ? two : one;
          p.rows = turn >= firstEmpty ? 0 : (turn == 2 ? MANY_ROWS : few) + more;
          p.outputRows = Math.max(1, Math.ceilDiv(p.rows, stride));
          run(p, kernel, stride);
        });
  }

  private static int turns(int kernel) {
    return kernel == 3 ? TURNS : LARGE_TURNS;
  }

  /** The first turn without rows of input. */
  private static int firstEmpty(int kernel) {
    return kernel == 3 ? TURNS : LARGE_TURNS - EMPTY_TURNS;
  }

  private static int fewRows(int kernel) {
    return kernel == 3 ? ROWS_OF_3 : ROWS_OF_LARGE;
  }
}
