package dev.convector.internal.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.convector.Axis;
import dev.convector.ConvShape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvProblemTest {
  private static ConvShape shape(Axis axis) {
    return new ConvShape(2, 3, axis, Axis.of(5), 4, 1);
  }

  /** The places of a window of 3 in 6 + 1 are 5, so that a stride of 5 leaves one. */
  @ParameterizedTest
  @CsvSource({
    "6, 3, 2147483647, 1, 5, 1",
    "6, 3, 6, 1, 5, 1",
    "6, 3, 4, 1, 4, 1",
    "6, 3, 5, 2, 3, 2",
    "6, 1, 2, 1073741824, 2, 1",
    "6, 7, 9, 1, 1, 1"
  })
  void numbersThatLeadNowhereAreSmall(
      int size, int kernel, int stride, int dilation, int newStride, int newDilation) {
    Axis axis = new Axis(size, kernel, stride, dilation, 1, 0);
    Axis small = new Axis(size, kernel, newStride, newDilation, 1, 0);
    assertEquals(axis.output(), small.output());
    assertEquals(shape(small), ConvProblem.canonical(shape(axis)));
    ConvShape turned = new ConvShape(2, 3, Axis.of(5), axis, 4, 1);
    assertEquals(new ConvShape(2, 3, Axis.of(5), small, 4, 1), ConvProblem.canonical(turned));
  }

  @ParameterizedTest
  @CsvSource({"6, 3, 4, 1", "6, 3, 1, 3", "6, 1, 6, 1"})
  void othersStayAsTheyAre(int size, int kernel, int stride, int dilation) {
    ConvShape usual = shape(new Axis(size, kernel, stride, dilation, 1, 0));
    assertSame(usual, ConvProblem.canonical(usual));
  }
}
