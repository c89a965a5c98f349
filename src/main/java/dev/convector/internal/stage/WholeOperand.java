package dev.convector.internal.stage;

import dev.convector.internal.simd.AlignedFloats;

/**
 * An operand as an array: the one in which it lies, or else a copy of all of it, whose array is
 * kept for the next run. Its elements are lines a constant distance apart; what lies between them
 * is not touched.
 */
public final class WholeOperand {
  private final int lines;
  private final int length;
  private final int step;
  private final Tensor tensor = new Tensor();
  private boolean isRead;
  private boolean isWritten;
  private AlignedFloats copy;

  /** Of so many elements without anything between them. */
  public WholeOperand(int size) {
    this(1, size, size);
  }

  /**
   * @param length elements of a line
   * @param step from the beginning of a line to that of the next one
   */
  public WholeOperand(int lines, int length, int step) {
    this.lines = lines;
    this.length = length;
    this.step = step;
  }

  /** Where it lies; to be set before a run. */
  public Tensor tensor() {
    return tensor;
  }

  /** What the run does with it. */
  public void use(boolean isRead, boolean isWritten) {
    this.isRead = isRead;
    this.isWritten = isWritten;
    if (tensor.isSegment() && copy == null) {
      copy = AlignedFloats.allocate((lines - 1) * step + length);
    }
  }

  /** Null of no operand. */
  public float[] array() {
    return tensor.isSegment() ? copy.array() : tensor.array();
  }

  public int offset() {
    return tensor.isSegment() ? copy.offset() : tensor.offset();
  }

  /** Elements to copy before the run, or else behind it. */
  long moved(boolean before) {
    boolean moves = tensor.isSegment() && (before ? isRead : isWritten);
    return moves ? (long) lines * length : 0;
  }

  /** Copies elements {@code [first, end)}, counted without what lies between the lines. */
  void move(boolean before, long first, long end) {
    int count;
    for (long i = first; i < end; i += count) {
      int column = (int) (i % length);
      count = (int) Math.min(end - i, length - column);
      int element = (int) (i / length) * step + column;
      int at = copy.offset() + element;
      if (before) {
        tensor.read(element, copy.array(), at, count);
      } else {
        tensor.write(copy.array(), at, element, count);
      }
    }
  }
}
