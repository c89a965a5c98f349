package dev.convector.onnx.internal.execute;

/**
 * A step over a range of things that don't depend on each other, such as elements or rows: done in
 * parts, by several threads where it is long.
 */
public abstract class SplitStep implements Step {
  /** Elements below which a part is not worth its claim. */
  private static final int LEAST_PART = 2048;

  private final int length;
  private final long cost;

  /**
   * @param length of the range
   * @param cost of everything, in floats moved between cache and core; a costly operation counts as
   *     several
   */
  protected SplitStep(int length, long cost) {
    this.length = length;
    this.cost = cost;
  }

  @Override
  public final void run(Run run) {
    run.split(this, (int) Math.max(1, Math.min(length, cost / LEAST_PART)), cost);
  }

  final int length() {
    return length;
  }

  /** Does {@code [from, to)} of the range. Which parts there are must not change any bit. */
  protected abstract void part(Run run, int from, int to);
}
