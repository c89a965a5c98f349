package dev.convector.internal.stage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where the elements of an operand lie: in an array, or in a segment of which nothing is asked, not
 * even that they are aligned.
 */
public final class Tensor {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private float[] array;
  private int offset;
  private MemorySegment segment;
  private long at;

  /** In an array, from an index on; null for no operand. */
  public void set(float[] array, int offset) {
    this.array = array;
    this.offset = offset;
    this.segment = null;
    this.at = 0;
  }

  /** In a segment, from its beginning. */
  public void set(MemorySegment segment) {
    clear();
    this.segment = segment;
  }

  /** Where another lies, so many elements further on. */
  public void follow(Tensor other, int elements) {
    array = other.array;
    offset = other.offset + elements;
    segment = other.segment;
    at = other.at + (long) elements * Float.BYTES;
  }

  public void clear() {
    array = null;
    offset = 0;
    segment = null;
    at = 0;
  }

  public boolean exists() {
    return array != null || segment != null;
  }

  public boolean isSegment() {
    return segment != null;
  }

  /** Null if it is not in an array. */
  public float[] array() {
    return array;
  }

  public int offset() {
    return offset;
  }

  /** Copies neighbouring elements to an array. */
  public void read(int element, float[] to, int index, int count) {
    if (segment == null) {
      System.arraycopy(array, offset + element, to, index, count);
    } else {
      MemorySegment.copy(segment, FLOAT, at + (long) element * Float.BYTES, to, index, count);
    }
  }

  /** Copies neighbouring elements from an array. */
  public void write(float[] from, int index, int element, int count) {
    if (segment == null) {
      System.arraycopy(from, index, array, offset + element, count);
    } else {
      MemorySegment.copy(from, index, segment, FLOAT, at + (long) element * Float.BYTES, count);
    }
  }
}
