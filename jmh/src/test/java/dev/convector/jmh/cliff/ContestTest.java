package dev.convector.jmh.cliff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Layout;
import dev.convector.jmh.cliff.Contest.Entrant;
import dev.convector.jmh.layer.Layer;
import dev.convector.jmh.layer.LayerSpace;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContestTest {
  private static final Layer GROUPED = LayerSpace.named("drawn/1x32x9x9_16x3x3_s2p1d1g4");

  @Test
  void lossIsThatOfTheChosen() {
    List<Entrant> entrants = List.of(new Entrant("Fast", false, 2), new Entrant("Other", true, 3));
    Contest contest = new Contest(GROUPED, Layout.NHWC, entrants);
    assertEquals(1.5, contest.loss());
    assertEquals(" 1.50  1x32x9x9_16x3x3_s2p1d1g4 NHWC: Fast 2.0, *Other 3.0", contest.toString());
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void eachClassOnceTheFastestFirst(Layout layout) {
    List<Entrant> entrants = Contest.of(GROUPED, layout, new Stopwatch(10, 0.001)).entrants();
    assertTrue(entrants.size() > 2, entrants::toString);
    assertEquals(entrants.size(), entrants.stream().map(Entrant::name).distinct().count());
    assertEquals(1, entrants.stream().filter(Entrant::isChosen).count());
    for (int i = 1; i < entrants.size(); i++) {
      assertTrue(entrants.get(i - 1).micros() <= entrants.get(i).micros(), entrants::toString);
    }
  }

  /** DepthwiseNarrowConv of one channel to many filters leaves most of the output as it was. */
  @Test
  void whatComputesAPartOnlyTakesNoPart() {
    Layer multiplied = LayerSpace.named("drawn/1x1x36x36_224x3x3_s1p1d1g1");
    List<Entrant> entrants =
        Contest.of(multiplied, Layout.NCHW, new Stopwatch(10, 0.001)).entrants();
    assertTrue(
        entrants.stream().noneMatch(e -> e.name().equals("DepthwiseNarrowConv")),
        entrants::toString);
  }
}
