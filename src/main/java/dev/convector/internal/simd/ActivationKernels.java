package dev.convector.internal.simd;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import dev.convector.Activation;
import dev.convector.internal.parallel.ObjectPool;
import jdk.incubator.vector.FloatVector;

/**
 * Activations over a range of an array, in place.
 *
 * <p>Each is one flat loop over whole vectors; those with multiply-adds are generated. Masked loads
 * are not always kept in registers, and a process that had run other shapes then allocated every
 * vector; so the elements behind the last whole vector go through a buffer, with the same
 * arithmetic on an element wherever it lies.
 */
public final class ActivationKernels {
  private static final ObjectPool<float[]> BUFFERS = new ObjectPool<>(() -> new float[LANES]);

  /** Below this, functions that multiply x with a vanishing factor are zero; so is their limit. */
  static final float FLAT = -100;

  /** Vectors of a small call where that is simple, and operations on each. */
  private static final int SIMPLE_VECTORS = 24;

  private static final int SIMPLE_WORK = 4;

  /** The same elsewhere; one in so many calls has more, so that C2 sees a loop. */
  private static final int TURNS = 16;

  private static final int VECTORS = 8;
  private static final int WORK = 20;

  private static final ColdLoops COLD = new ColdLoops(Activation.Kind.values().length, false);

  /** Of simple ones. */
  private static final ColdLoops COLD_SIMPLE = new ColdLoops(Activation.Kind.values().length, true);

  private ActivationKernels() {}

  /** Applies the activation to {@code count} elements from {@code offset} on. */
  public static void apply(Activation activation, float[] x, int offset, int count) {
    if (isCold(activation) && areLoopsDue(activation, count)) {
      ActivationLoops.apply(activation, x, offset, count);
    } else {
      byVectors(activation, x, offset, count);
    }
  }

  static void byVectors(Activation activation, float[] x, int offset, int count) {
    int whole = count / LANES * LANES;
    vectors(activation, x, offset, whole);
    if (whole < count) {
      float[] last = BUFFERS.take();
      System.arraycopy(x, offset + whole, last, 0, count - whole);
      vectors(activation, last, 0, LANES);
      System.arraycopy(last, 0, x, offset + whole, count - whole);
      BUFFERS.give(last);
    }
  }

  private static boolean isCold(Activation activation) {
    return cold(activation).isCold(activation.kind().ordinal());
  }

  private static ColdLoops cold(Activation activation) {
    return isSimple(activation) ? COLD_SIMPLE : COLD;
  }

  private static boolean areLoopsDue(Activation activation, int count) {
    int work = isSimple(activation) ? SIMPLE_VECTORS * SIMPLE_WORK : WORK;
    int kernel = activation.kind().ordinal();
    return cold(activation).areDue(kernel, count, () -> call(activation), work);
  }

  private static boolean isSimple(Activation activation) {
    return switch (activation.kind()) {
      case CLAMP, LEAKY_RELU, HARD_SIGMOID, HARD_SWISH -> true;
      case GELU, SIGMOID, SILU, TANH -> false;
    };
  }

  /** Sigmoids and the like take the interpreter long, since floats are taken for ints and back. */
  static Runnable call(Activation activation) {
    float[] x = new float[SIMPLE_VECTORS * LANES];
    if (isSimple(activation)) {
      return () -> vectors(activation, x, 0, x.length);
    }
    return KernelWarmUp.inTurn(
        TURNS, turn -> vectors(activation, x, 0, turn == 0 ? VECTORS * LANES : LANES));
  }

  /** {@code count} is a multiple of LANES. */
  static void vectors(Activation activation, float[] x, int offset, int count) {
    switch (activation.kind()) {
      case CLAMP -> clamp(x, offset, count, activation.low(), activation.high());
      case LEAKY_RELU -> leakyRelu(x, offset, count, activation.low());
      case HARD_SIGMOID -> hardSigmoid(x, offset, count);
      case HARD_SWISH -> hardSwish(x, offset, count);
      case GELU -> GeluKernels.gelu(x, offset, count);
      case SIGMOID -> ExponentialKernels.sigmoid(x, offset, count);
      case SILU -> ExponentialKernels.silu(x, offset, count);
      case TANH -> ExponentialKernels.tanh(x, offset, count);
    }
  }

  /**
   * Comparison and blend instead of max and min, which order -0 and +0 too and cost three times
   * that; NaN fails both comparisons and stays.
   */
  private static void clamp(float[] x, int offset, int count, float low, float high) {
    FloatVector lows = FloatVector.broadcast(SPECIES, low);
    FloatVector highs = FloatVector.broadcast(SPECIES, high);
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v = v.blend(lows, v.lt(lows));
      v.blend(highs, highs.lt(v)).intoArray(x, i);
    }
  }

  private static void leakyRelu(float[] x, int offset, int count, float slope) {
    FloatVector zeros = FloatVector.zero(SPECIES);
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      v.mul(slope).blend(v, zeros.lt(v)).intoArray(x, i);
    }
  }

  private static void hardSigmoid(float[] x, int offset, int count) {
    FloatVector zeros = FloatVector.zero(SPECIES);
    FloatVector ones = FloatVector.broadcast(SPECIES, 1);
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i).mul(1 / 6f).add(0.5f);
      v = v.blend(zeros, v.lt(zeros));
      v.blend(ones, ones.lt(v)).intoArray(x, i);
    }
  }

  private static void hardSwish(float[] x, int offset, int count) {
    FloatVector zeros = FloatVector.zero(SPECIES);
    FloatVector ones = FloatVector.broadcast(SPECIES, 1);
    FloatVector flat = FloatVector.broadcast(SPECIES, FLAT);
    for (int i = offset; i < offset + count; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector ramp = v.mul(1 / 6f).add(0.5f);
      ramp = ramp.blend(zeros, ramp.lt(zeros));
      ramp = ramp.blend(ones, ones.lt(ramp));
      v.blend(flat, v.lt(flat)).mul(ramp).intoArray(x, i);
    }
  }
}
