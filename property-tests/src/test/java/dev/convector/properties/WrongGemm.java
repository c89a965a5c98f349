package dev.convector.properties;

import dev.convector.Execution;
import dev.convector.Gemm;
import dev.convector.GemmPlan;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;

/** A product's mistakes: each makes one argument of a valid run wrong. */
enum WrongGemm {
  NULL_A,
  NULL_B,
  NULL_C,
  NULL_EXECUTION,
  SHORT_A,
  SHORT_B,
  SHORT_C,
  NEGATIVE_A_OFFSET,
  NEGATIVE_B_OFFSET,
  NEGATIVE_C_OFFSET,
  A_OFFSET_TOO_LARGE,
  B_OFFSET_TOO_LARGE,
  C_OFFSET_TOO_LARGE,
  A_IS_C,
  LAST_OF_A_IS_FIRST_OF_C,
  LAST_OF_C_IS_FIRST_OF_A,
  B_IS_C,
  LAST_OF_B_IS_FIRST_OF_C,
  LAST_OF_C_IS_FIRST_OF_B,
  POOL_SHUT_DOWN;

  private static final Execution SHUT_DOWN = shutDown();

  private static Execution shutDown() {
    ForkJoinPool pool = new ForkJoinPool(2);
    pool.shutdown();
    return Execution.on(pool);
  }

  /** Whether a plan, which has its right matrix already, can't be run like this. */
  boolean concernsB() {
    return switch (this) {
      case NULL_B,
          SHORT_B,
          NEGATIVE_B_OFFSET,
          B_OFFSET_TOO_LARGE,
          B_IS_C,
          LAST_OF_B_IS_FIRST_OF_C,
          LAST_OF_C_IS_FIRST_OF_B ->
          true;
      default -> false;
    };
  }

  /** The arguments of a run, to be changed. */
  static final class Call {
    float[] a;
    float[] b;
    float[] c;
    int aOffset;
    int bOffset;
    int cOffset;
    Execution execution;
    String[] expected;

    private final GemmCase of;

    Call(GemmCase of, GemmArrays arrays) {
      this.of = of;
      a = arrays.a;
      b = arrays.b;
      c = arrays.c;
      aOffset = of.offsets().a();
      bOffset = of.offsets().b();
      cOffset = of.offsets().c();
      execution = of.threads().execution;
    }

    void run(Gemm gemm) {
      gemm.run(a, aOffset, b, bOffset, c, cOffset, execution);
    }

    void run(GemmPlan plan) {
      plan.run(a, aOffset, c, cOffset, execution);
    }

    private void expect(String... words) {
      expected = words;
    }

    private void shareA(int from, int to) {
      a = c = shared(of.aSize());
      aOffset = from;
      cOffset = to;
      expect("a", "" + from, "must not overlap", "c");
    }

    private void shareB(int from, int to) {
      b = c = shared(of.bSize());
      bOffset = from;
      cOffset = to;
      expect("b", "" + from, "must not overlap", "c");
    }

    private float[] shared(int size) {
      float[] both = new float[size + of.cSize()];
      Arrays.fill(both, 7);
      return both;
    }
  }

  void change(Call call) {
    int aSize = call.of.aSize();
    int bSize = call.of.bSize();
    int cSize = call.of.cSize();
    switch (this) {
      case NULL_A -> {
        call.a = null;
        call.expect("a");
      }
      case NULL_B -> {
        call.b = null;
        call.expect("b");
      }
      case NULL_C -> {
        call.c = null;
        call.expect("c");
      }
      case NULL_EXECUTION -> {
        call.execution = null;
        call.expect("execution");
      }
      case SHORT_A -> {
        call.a = new float[call.aOffset + aSize - 1];
        call.expect("a: ", "" + call.a.length, "must", "" + aSize);
      }
      case SHORT_B -> {
        call.b = new float[call.bOffset + bSize - 1];
        call.expect("b: ", "" + call.b.length, "must", "" + bSize);
      }
      case SHORT_C -> {
        call.c = new float[call.cOffset + cSize - 1];
        call.expect("c: ", "" + call.c.length, "must", "" + cSize);
      }
      case NEGATIVE_A_OFFSET -> {
        call.aOffset = -1;
        call.expect("aOffset", "-1", "must be at least 0");
      }
      case NEGATIVE_B_OFFSET -> {
        call.bOffset = Integer.MIN_VALUE;
        call.expect("bOffset", "" + Integer.MIN_VALUE, "must be at least 0");
      }
      case NEGATIVE_C_OFFSET -> {
        call.cOffset = -7;
        call.expect("cOffset", "-7", "must be at least 0");
      }
      case A_OFFSET_TOO_LARGE -> {
        call.aOffset = Integer.MAX_VALUE;
        call.expect("a: ", "" + Integer.MAX_VALUE, "must", "" + aSize);
      }
      case B_OFFSET_TOO_LARGE -> {
        call.bOffset = call.b.length - bSize + 1;
        call.expect("b: ", "" + call.bOffset, "must", "" + bSize);
      }
      case C_OFFSET_TOO_LARGE -> {
        call.cOffset = call.c.length - cSize + 1;
        call.expect("c: ", "" + call.cOffset, "must", "" + cSize);
      }
      case A_IS_C -> call.shareA(0, 0);
      case LAST_OF_A_IS_FIRST_OF_C -> call.shareA(0, aSize - 1);
      case LAST_OF_C_IS_FIRST_OF_A -> call.shareA(cSize - 1, 0);
      case B_IS_C -> call.shareB(0, 0);
      case LAST_OF_B_IS_FIRST_OF_C -> call.shareB(0, bSize - 1);
      case LAST_OF_C_IS_FIRST_OF_B -> call.shareB(cSize - 1, 0);
      case POOL_SHUT_DOWN -> {
        call.execution = SHUT_DOWN;
        call.expect("execution", "ForkJoinPool", "shut down", "must");
      }
      default -> throw new AssertionError(this);
    }
  }
}
