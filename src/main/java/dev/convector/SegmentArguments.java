package dev.convector;

import dev.convector.internal.stage.Tensor;
import dev.convector.internal.stage.WholeOperand;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Checks of segments that are a run's operands; each message names argument, value and rule. */
final class SegmentArguments {
  /** Never started; whoever it may not access is confined to a thread. */
  private static final Thread OTHER = Thread.ofPlatform().unstarted(() -> {});

  private SegmentArguments() {}

  /** A segment that can be read and has so many elements. */
  static void readable(String name, MemorySegment segment, int size) {
    Objects.requireNonNull(segment, name);
    if (!segment.scope().isAlive()) {
      throw new IllegalStateException(name + ": its arena is closed; must be open");
    }
    if (!segment.isAccessibleBy(Thread.currentThread())) {
      throw new IllegalArgumentException(
          name + ": confined to another thread; must be accessible by the caller");
    }
    long bytes = (long) size * Float.BYTES;
    if (segment.byteSize() < bytes) {
      throw new IllegalArgumentException(
          name
              + ": "
              + segment.byteSize()
              + " bytes; must hold "
              + size
              + " elements, "
              + bytes
              + " bytes");
    }
  }

  /** The same of one that can be written. */
  static void writable(String name, MemorySegment segment, int size) {
    readable(name, segment, size);
    if (segment.isReadOnly()) {
      throw new IllegalArgumentException(name + ": read-only; must be writable");
    }
  }

  /** What is read must not be what is written. */
  static void apart(
      String readName,
      MemorySegment read,
      int readSize,
      String writtenName,
      MemorySegment written,
      int size) {
    // Of one array, or native ones, addresses have the same origin.
    long first = read.address();
    long from = written.address();
    if (first < from + (long) size * Float.BYTES
        && from < first + (long) readSize * Float.BYTES
        && haveOneOrigin(read, written)) {
      throw new IllegalArgumentException(
          readName
              + ": begins "
              + (first - from)
              + " bytes behind "
              + writtenName
              + "; its "
              + readSize
              + " elements must not overlap the "
              + size
              + " of "
              + writtenName);
    }
  }

  /** Whether two begin at the same place. */
  static boolean isSame(MemorySegment a, MemorySegment b) {
    return a.address() == b.address() && haveOneOrigin(a, b);
  }

  /** Whether two whose addresses overlap do so in memory; those of native ones say all. */
  private static boolean haveOneOrigin(MemorySegment a, MemorySegment b) {
    return a.isNative() ? b.isNative() : !b.isNative() && a.asOverlappingSlice(b).isPresent();
  }

  /** Where a run on so many segments, or none, goes: one that is confined stays with its thread. */
  static Execution execution(
      Execution wanted, MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d) {
    boolean alone = isConfined(a) || isConfined(b) || isConfined(c) || isConfined(d);
    return alone ? Execution.serial() : wanted;
  }

  /** Whether the thread that may access it is only one; false of no segment. */
  private static boolean isConfined(MemorySegment segment) {
    return segment != null && !segment.isAccessibleBy(OTHER);
  }

  /** Says where an operand lies: in the array that its segment is of, if it can be used as such. */
  static void place(Tensor tensor, MemorySegment segment) {
    float[] array = segment == null ? null : arrayOf(segment);
    if (segment == null || array != null) {
      tensor.set(array, array == null ? 0 : offset(segment));
    } else {
      tensor.set(segment);
    }
  }

  /** The same of an operand that may be copied whole: because it is read, or is written. */
  static WholeOperand place(
      WholeOperand operand, MemorySegment segment, boolean isRead, boolean isWritten) {
    place(operand.tensor(), segment);
    operand.use(isRead, isWritten);
    return operand;
  }

  /** The array of floats in which a segment's elements lie; null if they lie elsewhere. */
  static float[] arrayOf(MemorySegment segment) {
    return !segment.isNative()
            && segment.address() % Float.BYTES == 0
            && segment.heapBase().orElse(null) instanceof float[] array
        ? array
        : null;
  }

  /** The index of its first element in that array. */
  static int offset(MemorySegment segment) {
    return (int) (segment.address() / Float.BYTES);
  }
}
