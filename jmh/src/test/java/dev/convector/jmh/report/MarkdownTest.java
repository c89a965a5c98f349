package dev.convector.jmh.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkdownTest {
  @Test
  void numbersHaveThreeDigits() {
    assertEquals("0.05", Markdown.number(0.049));
    assertEquals("9.99", Markdown.number(9.994));
    assertEquals("10.0", Markdown.number(10));
    assertEquals("-12.3", Markdown.number(-12.34));
    assertEquals("1235", Markdown.number(1234.6));
    assertEquals("–", Markdown.number(Double.NaN));
  }

  @Test
  void lossesAreMarked() {
    assertEquals("**0.99 ▼**", Markdown.ratio(0.99));
    assertEquals("1.00", Markdown.ratio(1));
    assertEquals("–", Markdown.ratio(Double.NaN));
  }

  @Test
  void partsArePercent() {
    assertEquals("12 %", Markdown.percent(0.124));
    assertEquals("–", Markdown.percent(Double.NaN));
  }

  @Test
  void figuresStandAtTheRight() {
    Markdown text = new Markdown().table(List.of("a", "b"), List.of(List.of("x", "1")));
    assertEquals("| a | b |\n| --- | ---: |\n| x | 1 |\n\n", text.toString());
  }
}
