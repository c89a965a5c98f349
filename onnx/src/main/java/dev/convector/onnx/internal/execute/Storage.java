package dev.convector.onnx.internal.execute;

import dev.convector.onnx.internal.graph.Constant;

/**
 * Memory that holds one tensor, or several that never live at the same time. Made while steps are
 * compiled, and not changed after.
 */
public final class Storage {
  /** Where it is. */
  public enum Kind {
    /** An array of its own, the same in every run. */
    CONSTANT,
    /** A part of a run's arena. */
    ARENA,
    /** What the caller gives. */
    INPUT,
    /** What the caller gets. */
    OUTPUT
  }

  private final boolean whole;
  private final int size;
  private Kind kind;
  private final Constant constant;
  private int position;
  private int first = Integer.MAX_VALUE;
  private int last = -1;

  private Storage(Kind kind, boolean whole, int size, Constant constant, int position) {
    this.kind = kind;
    this.whole = whole;
    this.size = size;
    this.constant = constant;
    this.position = position;
  }

  public static Storage arena(boolean whole, int size) {
    return new Storage(Kind.ARENA, whole, size, null, 0);
  }

  public static Storage constant(Constant constant) {
    boolean whole = !constant.type().isFloating();
    return new Storage(Kind.CONSTANT, whole, constant.size(), constant, 0);
  }

  public static Storage input(boolean whole, int size, int index) {
    return new Storage(Kind.INPUT, whole, size, null, index);
  }

  public static Storage output(boolean whole, int size, int index) {
    return new Storage(Kind.OUTPUT, whole, size, null, index);
  }

  /** Whether it holds longs; floats otherwise. */
  public boolean isWhole() {
    return whole;
  }

  public int size() {
    return size;
  }

  public Kind kind() {
    return kind;
  }

  /** What lies there; null where it is no constant. */
  public Constant constant() {
    return constant;
  }

  /** Index of the first element in the arena, or of the input or output. */
  public int position() {
    return position;
  }

  public void setPosition(int offset) {
    position = offset;
  }

  /** Lets the caller get what would have been in the arena. */
  public void becomeOutput(int index) {
    kind = Kind.OUTPUT;
    position = index;
  }

  /** Notes that a step writes or reads it. */
  public void touch(int step) {
    first = Math.min(first, step);
    last = Math.max(last, step);
  }

  public int first() {
    return first;
  }

  public int last() {
    return last;
  }
}
