package dev.convector.properties;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.random.RandomGenerator;

/** Where a segment's floats may lie. */
enum Memory {
  NATIVE,
  /** Floats that begin one to three bytes after an aligned address. */
  NATIVE_UNALIGNED,
  /** Of an arena that is closed with the test: only the calling thread may touch it. */
  CONFINED,
  BYTES,
  FLOATS,
  /** In a float array, but across its elements. */
  FLOATS_UNALIGNED;

  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** Bytes around an operand, more than the widest vector. */
  private static final int AROUND = 160;

  private static final byte GUARD = 0x5d;

  /** A segment and what lies around it. */
  record Guarded(MemorySegment whole, MemorySegment segment) {
    float[] content() {
      return segment.toArray(FLOAT);
    }

    /** Fails if something around the segment was written. */
    void require(Object of) {
      long from = segment.address() - whole.address();
      for (long i = 0; i < whole.byteSize(); i++) {
        boolean inside = i >= from && i < from + segment.byteSize();
        if (!inside && whole.get(ValueLayout.JAVA_BYTE, i) != GUARD) {
          throw new AssertionError("byte " + (i - from) + " was written: " + of);
        }
      }
    }
  }

  static Memory any(RandomGenerator random) {
    return values()[random.nextInt(values().length)];
  }

  /** A segment with these floats. */
  Guarded of(float[] floats, int shift) {
    long size = floats.length * 4L;
    long bytes = (size + 2 * AROUND + 3) / 4 * 4;
    MemorySegment whole =
        switch (this) {
          case NATIVE, NATIVE_UNALIGNED -> Arena.ofAuto().allocate(bytes, 4);
          case CONFINED -> Arena.ofConfined().allocate(bytes, 4);
          case BYTES -> MemorySegment.ofArray(new byte[(int) bytes]);
          case FLOATS, FLOATS_UNALIGNED -> MemorySegment.ofArray(new float[(int) (bytes / 4)]);
        };
    whole.fill(GUARD);
    int from = AROUND / 2 + 4 * shift;
    from += this == NATIVE_UNALIGNED || this == FLOATS_UNALIGNED ? 1 + shift % 3 : 0;
    MemorySegment segment = whole.asSlice(from, size);
    MemorySegment.copy(floats, 0, segment, FLOAT, 0, floats.length);
    return new Guarded(whole, segment);
  }
}
