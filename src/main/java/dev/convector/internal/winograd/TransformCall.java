package dev.convector.internal.winograd;

/**
 * The operands of one pass of the transforms' kernels, for tiles that differ only in where they
 * start. The codegen folder's WinogradKernels has the formula.
 */
final class TransformCall {
  int m;
  int n;
  float[] a;
  int aRun;
  int aStep;
  float[] b;
  int bRun;
  int bStep;
  int count;
  int runs;
  float[] bias;
  int biasOffset;
  boolean lowClamped;
  float low;
  boolean highClamped;
  float high;
  float[] residual;
  int residualShift;

  void size(int m, int n) {
    this.m = m;
    this.n = n;
  }

  /** What is read: floats from one run to the next, and from one input of a run to the next. */
  void source(float[] a, int run, int step) {
    if (this.a != a) {
      this.a = a;
    }
    this.aRun = run;
    this.aStep = step;
  }

  /** What is written, likewise. */
  void result(float[] b, int run, int step) {
    if (this.b != b) {
      this.b = b;
    }
    this.bRun = run;
    this.bStep = step;
  }

  /** So many runs of so many floats each, a multiple of LANES. */
  void runs(int count, int runs) {
    this.count = count;
    this.runs = runs;
  }

  /** What {@link #store} adds to all results, and their limits; infinite ones for none. */
  void epilogue(float[] bias, int offset, float low, float high) {
    if (this.bias != bias) {
      this.bias = bias;
    }
    this.biasOffset = offset;
    this.low = low;
    this.high = high;
    this.lowClamped = low != Float.NEGATIVE_INFINITY;
    this.highClamped = high != Float.POSITIVE_INFINITY;
  }

  /**
   * What {@link #store} adds to each result.
   *
   * @param residual null for nothing
   * @param shift from a result's index to its residual's
   */
  void residual(float[] residual, int shift) {
    if (this.residual != residual) {
      this.residual = residual;
    }
    this.residualShift = shift;
  }

  /** Lets go of all arrays. */
  void clear() {
    a = null;
    b = null;
    bias = null;
    residual = null;
  }

  /** A pass of the input's transform for the tile that starts here, and whose result there. */
  void input(int from, int to) {
    WinogradKernels.input(this, from, to);
  }

  /** A pass of the output's transform. */
  void output(int from, int to) {
    WinogradKernels.output(this, from, to);
  }

  /** Its last pass: with bias, residual and clamp. */
  void store(int from, int to) {
    if (residual == null) {
      WinogradKernels.store(this, from, to);
    } else {
      WinogradKernels.storeSum(this, from, to);
    }
  }
}
