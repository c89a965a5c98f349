package dev.convector.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextAreaTest {
  private static final TextArea AREA =
      new TextArea(new Point(10, 20), new Point(8, 0), new Point(0, 2));

  @Test
  void turningFourTimesChangesNothing() {
    assertEquals(AREA.upsideDown().corners(), AREA.sideways().sideways().corners());
    assertEquals(AREA.corners(), AREA.upsideDown().upsideDown().corners());
    assertEquals(AREA.corners(), AREA.sideways().upsideDown().sideways().corners());
  }

  @Test
  void sidewaysTextBeginsAtTheTopOfTheRightSide() {
    TextArea sideways = AREA.sideways();
    assertEquals(new Point(18, 20), sideways.corner());
    assertEquals(new Point(18, 22), sideways.at(1, 0));
    assertEquals(new Point(10, 20), sideways.at(0, 1));
  }

  @Test
  void growingMovesEverySideOutwards() {
    TextArea grown = AREA.grown(3);
    assertEquals(new Point(7, 17), grown.corner());
    assertEquals(new Point(21, 25), grown.at(1, 1));
  }

  @Test
  void stretchingAndMovingTakeAllCornersAlong() {
    TextArea placed = AREA.stretched(2, 0.5).moved(new Point(-1, 1));
    assertEquals(new Point(19, 11), placed.corner());
    assertEquals(new Point(35, 12), placed.at(1, 1));
  }
}
