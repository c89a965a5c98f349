package dev.convector.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProbabilityMapTest {
  private static final int WIDTH = 100;
  private static final int HEIGHT = 60;

  private final float[] values = new float[WIDTH * HEIGHT];

  private void fill(int left, int top, int width, int height, float probability) {
    for (int y = top; y < top + height; y++) {
      for (int x = left; x < left + width; x++) {
        values[y * WIDTH + x] = probability;
      }
    }
  }

  private List<TextArea> boxes() {
    return new ProbabilityMap(WIDTH, HEIGHT, values).boxes();
  }

  @Test
  void aBarBecomesABoxGrownByItsAreaAndCircumference() {
    fill(20, 10, 41, 6, 0.9f);
    List<TextArea> boxes = boxes();
    assertEquals(1, boxes.size());
    // Between centres of pixels the bar is 40 by 5.
    double grown = 40 * 5 * 1.6 / (2 * (40 + 5));
    TextArea box = boxes.getFirst();
    assertEquals(40 + 2 * grown, box.length(), 1e-9);
    assertEquals(5 + 2 * grown, box.height(), 1e-9);
    assertEquals(40.5, box.centre().x(), 1e-9);
    assertEquals(13, box.centre().y(), 1e-9);
  }

  @Test
  void faintThinAndEmptyRegionsAreNoText() {
    fill(5, 5, 30, 8, 0.55f);
    fill(50, 5, 30, 3, 0.99f);
    fill(5, 30, 30, 8, 0.3f);
    values[50 * WIDTH + 50] = 1;
    assertEquals(List.of(), boxes());
  }

  @Test
  void theMeanIsTheRegionsNotTheBoxes() {
    // An arch fills less than half of its box.
    for (int x = 0; x < 80; x++) {
      int bend = (x - 40) * (x - 40) / 100;
      fill(10 + x, 10 + bend, 1, 5, 0.9f);
    }
    assertEquals(1, boxes().size());
  }

  @Test
  void barsThatTouchAtACornerAreOne() {
    fill(10, 10, 10, 6, 0.9f);
    fill(20, 16, 10, 6, 0.9f);
    fill(60, 10, 10, 6, 0.9f);
    assertEquals(2, boxes().size());
  }

  @Test
  void aBarAcrossTheWholeMapIsFound() {
    fill(0, 0, WIDTH, HEIGHT, 0.9f);
    List<TextArea> boxes = boxes();
    assertEquals(1, boxes.size());
    assertTrue(boxes.getFirst().corner().x() < 0, boxes::toString);
  }
}
