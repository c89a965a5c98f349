package dev.convector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Rules and numbers of the three records of sizes. */
class ConvShapesTest {
  private static final Axis DEPTH = new Axis(5, 2, 1, 1, 0, 0);
  private static final Axis ROWS = new Axis(7, 3, 2, 1, 1, 1);
  private static final Axis COLUMNS = new Axis(9, 4, 1, 2, 0, 0);
  private static final TransposedAxis UP = new TransposedAxis(7, 3, 2, 1, 1, 1, 1);
  private static final TransposedAxis ACROSS = new TransposedAxis(9, 4, 1, 2, 0, 0, 0);

  private static ConvShape flat(int batch, int channels, int filters, int groups) {
    return new ConvShape(batch, channels, ROWS, COLUMNS, filters, groups);
  }

  private static Conv3dShape volume(int batch, int channels, int filters, int groups) {
    return new Conv3dShape(batch, channels, DEPTH, ROWS, COLUMNS, filters, groups);
  }

  private static ConvTransposeShape up(int batch, int channels, int filters, int groups) {
    return new ConvTransposeShape(batch, channels, UP, ACROSS, filters, groups);
  }

  private interface Maker {
    Object of(int batch, int channels, int filters, int groups);
  }

  @Test
  void eachSizeIsCheckedByItsName() {
    for (Maker maker :
        new Maker[] {ConvShapesTest::flat, ConvShapesTest::volume, ConvShapesTest::up}) {
      refused("batch: 0; must be at least 1", () -> maker.of(0, 6, 4, 2));
      refused("channels: 0; must be at least 1", () -> maker.of(1, 0, 4, 2));
      refused("filters: -4; must be at least 1", () -> maker.of(1, 6, -4, 2));
      refused("groups: 0; must be at least 1", () -> maker.of(1, 6, 4, 0));
      refused("groups: 4; must divide channels (6)", () -> maker.of(1, 6, 4, 4));
      refused("groups: 3; must divide filters (4)", () -> maker.of(1, 6, 4, 3));
      refusedSize("input: ", () -> maker.of(1 << 28, 6, 2, 2));
      refusedSize("output: ", () -> maker.of(1, 1, 1 << 28, 1));
      refusedSize("weights: ", () -> maker.of(1, 1 << 15, 1 << 15, 1));
    }
  }

  @Test
  void noAxisIsMissing() {
    missing("rows", () -> new ConvShape(1, 1, null, COLUMNS, 1, 1));
    missing("columns", () -> new ConvShape(1, 1, ROWS, null, 1, 1));
    missing("depth", () -> new Conv3dShape(1, 1, null, ROWS, COLUMNS, 1, 1));
    missing("rows", () -> new Conv3dShape(1, 1, DEPTH, null, COLUMNS, 1, 1));
    missing("columns", () -> new Conv3dShape(1, 1, DEPTH, ROWS, null, 1, 1));
    missing("rows", () -> new ConvTransposeShape(1, 1, null, ACROSS, 1, 1));
    missing("columns", () -> new ConvTransposeShape(1, 1, UP, null, 1, 1));
  }

  private static void refused(String message, Executable maker) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, maker).getMessage());
  }

  private static void refusedSize(String start, Executable maker) {
    String message = assertThrows(IllegalArgumentException.class, maker).getMessage();
    assertTrue(message.startsWith(start) && message.contains("must have at most"), message);
  }

  private static void missing(String name, Executable maker) {
    assertEquals(name, assertThrows(NullPointerException.class, maker).getMessage());
  }

  @Test
  void groupsDivideWeightsAndWork() {
    ConvShape s = flat(3, 6, 4, 2);
    assertEquals(3, s.groupChannels());
    assertEquals(2, s.groupFilters());
    assertEquals(3 * 6 * 7 * 9, s.inputSize());
    assertEquals(3 * 4 * 4 * 3, s.outputSize());
    assertEquals(4 * 3 * 3 * 4, s.weightsSize());
    assertEquals(s.outputSize() * 3L * 12, s.multiplyAdds());
    assertEquals(
        new ConvShape(2, 6, new Axis(8, 3, 2, 1, 1, 1), COLUMNS, 4, 2), s.withInput(2, 8, 9));
  }

  @Test
  void ofVolumes() {
    Conv3dShape s = volume(3, 6, 4, 2);
    assertEquals(flat(1, 6, 4, 2), s.plane());
    assertEquals(4, s.outputDepth());
    assertEquals(4, s.outputHeight());
    assertEquals(3, s.outputWidth());
    assertEquals(2 * 3 * 4, s.kernelSize());
    assertEquals(3, s.groupChannels());
    assertEquals(2, s.groupFilters());
    assertEquals(3 * 6 * 5 * 7 * 9, s.inputSize());
    assertEquals(3 * 4 * 4 * 4 * 3, s.outputSize());
    assertEquals(4 * 3 * 24, s.weightsSize());
    assertEquals(s.outputSize() * 3L * 24, s.multiplyAdds());
    assertTrue(s.isPadded());
    assertFalse(new Conv3dShape(1, 1, DEPTH, COLUMNS, COLUMNS, 1, 1).isPadded());
    assertTrue(new Conv3dShape(1, 1, ROWS, COLUMNS, COLUMNS, 1, 1).isPadded());
    assertTrue(new Conv3dShape(1, 1, DEPTH, COLUMNS, ROWS, 1, 1).isPadded());
  }

  @Test
  void ofTransposedConvolutions() {
    ConvTransposeShape s = up(3, 6, 4, 2);
    assertEquals(3, s.groupChannels());
    assertEquals(2, s.groupFilters());
    assertEquals(3 * 6 * 7 * 9, s.inputSize());
    assertEquals(3 * 4 * 14 * 15, s.outputSize());
    assertEquals(6 * 2 * 3 * 4, s.weightsSize());
    assertEquals(s.inputSize() * 2L * 12, s.multiplyAdds());
    assertTrue(s.isPadded());
    assertFalse(new ConvTransposeShape(1, 1, ACROSS, ACROSS, 1, 1).isPadded());
    assertTrue(new ConvTransposeShape(1, 1, ACROSS, UP, 1, 1).isPadded());
  }

  /** The convolution back swaps input with output; so does the way back from that. */
  @Test
  void backAndForth() {
    ConvTransposeShape s = up(3, 6, 4, 2);
    ConvShape back = s.back();
    assertEquals(s.outputSize(), back.inputSize());
    assertEquals(s.inputSize(), back.outputSize());
    assertEquals(s.weightsSize(), back.weightsSize());
    ConvTransposeShape forth = ConvTransposeShape.back(back);
    assertEquals(s.columns(), forth.columns());
    assertEquals(s.inputSize(), forth.inputSize());
    assertEquals(s.outputSize(), forth.outputSize());
    assertEquals(s.groups(), forth.groups());
  }
}
