package dev.convector.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class TensorTest {
  private static final float[] VALUES = {1, 2, 3, 4, 5, 6};

  @Test
  void takesArraysBuffersAndMemory() {
    assertSame(VALUES, Tensor.of(VALUES, 2, 3).floats());
    FloatBuffer buffer = FloatBuffer.wrap(VALUES).position(2);
    assertArrayEquals(new float[] {3, 4, 5, 6}, Tensor.of(buffer, 4).floats());
    assertEquals(2, buffer.position());
    assertArrayEquals(VALUES, Tensor.of(MemorySegment.ofArray(VALUES), 3, 2).floats());
    assertEquals(ElementType.INT64, Tensor.of(new long[1]).type());
    assertEquals("FLOAT[2, 3]", Tensor.of(VALUES, 2, 3).toString());
    assertEquals(3, Tensor.of(VALUES, 2, 3).dimension(-1));
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThrows(IllegalArgumentException.class, () -> Tensor.of(VALUES, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> Tensor.of(VALUES, -2, -3));
    assertThrows(IllegalArgumentException.class, () -> Tensor.of(MemorySegment.ofArray(VALUES), 5));
    assertThrows(
        IllegalArgumentException.class, () -> Tensor.of(ElementType.FLOAT, new long[1], 1));
    assertThrows(IllegalStateException.class, () -> Tensor.of(VALUES, 6).longs());
    assertThrows(IllegalStateException.class, () -> Tensor.of(new long[6], 6).floats());
  }
}
