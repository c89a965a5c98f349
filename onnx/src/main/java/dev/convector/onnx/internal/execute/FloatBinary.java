package dev.convector.onnx.internal.execute;

import static dev.convector.internal.simd.Simd.LANES;
import static dev.convector.internal.simd.Simd.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Element-wise arithmetic of two operands of floats, over rows. */
public final class FloatBinary {
  /** What is computed. Those with vector code come first. */
  public enum Kind {
    ADD,
    SUB,
    MUL,
    DIV,
    MAX,
    MIN,
    /** {@code a} where positive, {@code a * b} elsewhere. */
    PRELU,
    POW,
    MOD
  }

  private final Kind kind;
  private final int aStride;
  private final int bStride;

  /**
   * @param aStride distance of the first operand's elements along a row: 1, or 0 where one meets
   *     the whole row
   * @param bStride the same of the second's
   */
  public FloatBinary(Kind kind, int aStride, int bStride) {
    this.kind = kind;
    this.aStride = aStride;
    this.bStride = bStride;
  }

  /** {@code to[i] = a[i] op b[i]} for a row. */
  public void row(float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
    int done = 0;
    if (kind.ordinal() < Kind.POW.ordinal() && !(kind == Kind.PRELU && aStride == 0)) {
      done = count / LANES * LANES;
      if (aStride == 0) {
        scalarLeft(kind, a[aAt], b, bAt, to, toAt, done);
      } else if (bStride == 0) {
        scalarRight(kind, a, aAt, b[bAt], to, toAt, done);
      } else {
        vectors(kind, a, aAt, b, bAt, to, toAt, done);
      }
    }
    for (int i = done; i < count; i++) {
      to[toAt + i] = apply(kind, a[aAt + i * aStride], b[bAt + i * bStride]);
    }
  }

  private static void vectors(
      Kind kind, float[] a, int aAt, float[] b, int bAt, float[] to, int toAt, int count) {
    switch (kind) {
      case ADD -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i)
              .add(FloatVector.fromArray(SPECIES, b, bAt + i))
              .intoArray(to, toAt + i);
        }
      }
      case SUB -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i)
              .sub(FloatVector.fromArray(SPECIES, b, bAt + i))
              .intoArray(to, toAt + i);
        }
      }
      case MUL -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i)
              .mul(FloatVector.fromArray(SPECIES, b, bAt + i))
              .intoArray(to, toAt + i);
        }
      }
      case DIV -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i)
              .div(FloatVector.fromArray(SPECIES, b, bAt + i))
              .intoArray(to, toAt + i);
        }
      }
      case MAX -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i)
              .max(FloatVector.fromArray(SPECIES, b, bAt + i))
              .intoArray(to, toAt + i);
        }
      }
      case PRELU -> {
        FloatVector zeros = FloatVector.zero(SPECIES);
        for (int i = 0; i < count; i += LANES) {
          FloatVector x = FloatVector.fromArray(SPECIES, a, aAt + i);
          x.mul(FloatVector.fromArray(SPECIES, b, bAt + i))
              .blend(x, zeros.lt(x))
              .intoArray(to, toAt + i);
        }
      }
      default -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i)
              .min(FloatVector.fromArray(SPECIES, b, bAt + i))
              .intoArray(to, toAt + i);
        }
      }
    }
  }

  private static void scalarRight(
      Kind kind, float[] a, int aAt, float b, float[] to, int toAt, int count) {
    switch (kind) {
      case ADD, SUB -> {
        float added = kind == Kind.ADD ? b : -b;
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i).add(added).intoArray(to, toAt + i);
        }
      }
      case MUL -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i).mul(b).intoArray(to, toAt + i);
        }
      }
      case DIV -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i).div(b).intoArray(to, toAt + i);
        }
      }
      case MAX -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i).max(b).intoArray(to, toAt + i);
        }
      }
      case PRELU -> {
        FloatVector zeros = FloatVector.zero(SPECIES);
        for (int i = 0; i < count; i += LANES) {
          FloatVector x = FloatVector.fromArray(SPECIES, a, aAt + i);
          x.mul(b).blend(x, zeros.lt(x)).intoArray(to, toAt + i);
        }
      }
      default -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.fromArray(SPECIES, a, aAt + i).min(b).intoArray(to, toAt + i);
        }
      }
    }
  }

  private static void scalarLeft(
      Kind kind, float a, float[] b, int bAt, float[] to, int toAt, int count) {
    switch (kind) {
      case SUB -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.broadcast(SPECIES, a)
              .sub(FloatVector.fromArray(SPECIES, b, bAt + i))
              .intoArray(to, toAt + i);
        }
      }
      case DIV -> {
        for (int i = 0; i < count; i += LANES) {
          FloatVector.broadcast(SPECIES, a)
              .div(FloatVector.fromArray(SPECIES, b, bAt + i))
              .intoArray(to, toAt + i);
        }
      }
      default -> scalarRight(kind, b, bAt, a, to, toAt, count);
    }
  }

  private static float apply(Kind kind, float a, float b) {
    return switch (kind) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case POW -> b == 2 ? a * a : (float) Math.pow(a, b);
      case MOD -> a % b;
      case PRELU -> a > 0 ? a : a * b;
    };
  }
}
