package dev.convector.properties;

import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;

/** A run's mistakes: each makes one argument of a valid call wrong. */
enum WrongRun {
  NULL_SRC,
  NULL_DST,
  NULL_EXECUTION,
  SHORT_SRC,
  SHORT_DST,
  SHORT_RESIDUAL,
  NEGATIVE_SRC_OFFSET,
  NEGATIVE_DST_OFFSET,
  NEGATIVE_RESIDUAL_OFFSET,
  SRC_OFFSET_TOO_LARGE,
  DST_OFFSET_TOO_LARGE,
  SRC_IS_DST,
  LAST_OF_SRC_IS_FIRST_OF_DST,
  LAST_OF_DST_IS_FIRST_OF_SRC,
  RESIDUAL_ONE_BEFORE_DST,
  RESIDUAL_ONE_BEHIND_DST,
  POOL_SHUT_DOWN;

  private static final Execution SHUT_DOWN = shutDown();

  private static Execution shutDown() {
    ForkJoinPool pool = new ForkJoinPool(2);
    pool.shutdown();
    return Execution.on(pool);
  }

  /** The arguments of a call, to be changed. */
  static final class Call {
    float[] src;
    int srcOffset;
    float[] residual;
    int residualOffset;
    float[] dst;
    int dstOffset;
    Execution execution;
    String[] expected;

    private final int inputSize;
    private final int outputSize;

    Call(ConvCase of, CaseArrays arrays) {
      src = arrays.src;
      srcOffset = of.srcOffset();
      residual = arrays.residual;
      residualOffset = arrays.residualOffset;
      dst = arrays.dst;
      dstOffset = of.dstOffset();
      execution = of.threads().execution;
      inputSize = of.conv().shape().inputSize();
      outputSize = of.conv().shape().outputSize();
    }

    void run(Conv2dPlan plan) {
      plan.run(src, srcOffset, residual, residualOffset, dst, dstOffset, execution);
    }

    private void expect(String... words) {
      expected = words;
    }

    private void separateResidual() {
      residual = new float[outputSize + 1];
      residualOffset = 1;
    }

    /** One array for both, the input from here and the output from there. */
    private void share(int input, int output) {
      dst = new float[inputSize + outputSize];
      Arrays.fill(dst, 7);
      src = dst;
      srcOffset = input;
      dstOffset = output;
      residual = null;
      expect("src", "" + input, "must not overlap", "dst");
    }
  }

  void change(Call call) {
    switch (this) {
      case NULL_SRC -> {
        call.src = null;
        call.expect("src");
      }
      case NULL_DST -> {
        call.dst = null;
        call.expect("dst");
      }
      case NULL_EXECUTION -> {
        call.execution = null;
        call.expect("execution");
      }
      case SHORT_SRC -> {
        int length = call.srcOffset + call.inputSize - 1;
        call.src = new float[length];
        call.expect("src", "" + length, "must", "" + call.inputSize);
      }
      case SHORT_DST -> {
        int length = call.dstOffset + call.outputSize - 1;
        call.dst = new float[length];
        call.expect("dst", "" + length, "must", "" + call.outputSize);
      }
      case SHORT_RESIDUAL -> {
        call.separateResidual();
        call.residual = new float[call.outputSize];
        call.expect("residual", "" + call.outputSize, "must");
      }
      case NEGATIVE_SRC_OFFSET -> {
        call.srcOffset = -1;
        call.expect("srcOffset", "-1", "must be at least 0");
      }
      case NEGATIVE_DST_OFFSET -> {
        call.dstOffset = Integer.MIN_VALUE;
        call.expect("dstOffset", "" + Integer.MIN_VALUE, "must be at least 0");
      }
      case NEGATIVE_RESIDUAL_OFFSET -> {
        call.separateResidual();
        call.residualOffset = -7;
        call.expect("residualOffset", "-7", "must be at least 0");
      }
      case SRC_OFFSET_TOO_LARGE -> {
        call.srcOffset = Integer.MAX_VALUE;
        call.expect("src", "" + Integer.MAX_VALUE, "must", "" + call.inputSize);
      }
      case DST_OFFSET_TOO_LARGE -> {
        call.dstOffset = call.dst.length - call.outputSize + 1;
        call.expect("dst", "" + call.dstOffset, "must", "" + call.outputSize);
      }
      case SRC_IS_DST -> call.share(0, 0);
      case LAST_OF_SRC_IS_FIRST_OF_DST -> call.share(0, call.inputSize - 1);
      case LAST_OF_DST_IS_FIRST_OF_SRC -> call.share(call.outputSize - 1, 0);
      case RESIDUAL_ONE_BEFORE_DST -> overlapResidual(call, -1);
      case RESIDUAL_ONE_BEHIND_DST -> overlapResidual(call, 1);
      case POOL_SHUT_DOWN -> {
        call.execution = SHUT_DOWN;
        call.expect("execution", "ForkJoinPool", "shut down", "must");
      }
      default -> throw new AssertionError(this);
    }
  }

  private static void overlapResidual(Call call, int distance) {
    call.dst = new float[call.outputSize + 3];
    call.dstOffset = 1;
    call.residual = call.dst;
    call.residualOffset = 1 + distance;
    if (call.outputSize == 1) {
      // One element can't overlap in part: let it be too short instead.
      call.residualOffset = call.dst.length;
      call.expect("residual", "" + call.residualOffset, "must");
    } else {
      call.expect("residual", "" + call.residualOffset, "must not overlap", "dst");
    }
  }
}
