package dev.convector.internal.depthwise;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.convector.internal.simd.Simd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DepthwiseVectorsTest {
  @ParameterizedTest
  @CsvSource({
    "1, 4, '1'", "4, 4, '4'", "5, 4, '3 2'", "6, 4, '3 3'", "7, 4, '4 3'", "8, 4, '4 4'",
    "9, 4, '4 3 2'", "10, 4, '4 3 3'", "11, 4, '4 4 3'", "3, 2, '2 1'", "4, 3, '2 2'",
        "3, 1, '1 1 1'"
  })
  void blocksAreWideAndTheLastTwoEven(int vectors, int widest, String widths) {
    DepthwiseVectors blocks = new DepthwiseVectors(vectors, vectors, widest);
    List<String> found = new ArrayList<>();
    for (int v = 0; v < vectors; v += blocks.width(v)) {
      assertEquals(v, blocks.first(v));
      assertEquals(v, blocks.first(v + blocks.width(v) - 1));
      found.add("" + blocks.width(v));
    }
    assertEquals(widths, String.join(" ", found));
  }

  @Test
  void aVectorThatIsNotWholeIsItsOwnBlock() {
    DepthwiseVectors blocks = new DepthwiseVectors(3, 4, 4);
    assertEquals(3, blocks.width(0));
    assertEquals(3, blocks.first(3));
    assertEquals(1, blocks.width(3));
  }

  @Test
  void equalBlocksFollowOneAnother() {
    DepthwiseVectors blocks = new DepthwiseVectors(11, 11, 4);
    assertEquals(8, blocks.endOfSame(0, 11));
    assertEquals(8, blocks.endOfSame(4, 11));
    assertEquals(11, blocks.endOfSame(8, 11));
  }

  @Test
  void partsOfABlockEndWithIt() {
    DepthwiseVectors blocks = new DepthwiseVectors(11, 11, 4);
    assertEquals(3, blocks.together(1, 11));
    assertEquals(4, blocks.endOfSame(1, 11));
    assertEquals(2, blocks.together(4, 6));
    assertEquals(6, blocks.endOfSame(4, 6));
    assertEquals(4, blocks.endOfSame(0, 6));
    assertEquals(1, blocks.together(5, 6));
  }

  @Test
  void singleVectorsAreBlocks() {
    DepthwiseVectors blocks = DepthwiseVectors.single(2 * Simd.LANES + 1);
    assertEquals(1, blocks.width(1));
    assertEquals(2, blocks.first(2));
  }
}
