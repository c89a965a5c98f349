package dev.convector.onnx.internal.execute;

/** An element-wise step: rows of the result, or parts of them, one after the other. */
public abstract class BroadcastStep extends SplitStep {
  private final Broadcast broadcast;

  /**
   * @param size elements of the result
   * @param cost of an element, in floats moved
   */
  protected BroadcastStep(Broadcast broadcast, int size, int cost) {
    super(size, (long) cost * size);
    this.broadcast = broadcast;
  }

  protected final Broadcast broadcast() {
    return broadcast;
  }

  @Override
  protected final void part(Run run, int from, int to) {
    int size = broadcast.rowSize();
    int at = from;
    while (at < to) {
      int row = at / size;
      int column = at - row * size;
      int count = Math.min(size - column, to - at);
      row(run, start(0, row, column), start(1, row, column), start(2, row, column), at, count);
      at += count;
    }
  }

  private int start(int operand, int row, int column) {
    return broadcast.start(operand, row) + column * broadcast.stride(operand);
  }

  /**
   * Does some neighbouring elements of the result.
   *
   * @param a index of the first operand's element for the first of them, from the operand's start
   * @param b of the second operand's, 0 if there is none
   * @param c of the third
   * @param to index of the first of them in the result
   */
  protected abstract void row(Run run, int a, int b, int c, int to, int count);
}
