package dev.convector.examples.digits;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.examples.Program;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LearnDigitsTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine commandLine = LearnDigits.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return commandLine.execute(args);
  }

  @Test
  void aQuickTryWritesEveryPicture() throws IOException {
    Path pictures = folder.resolve("new/digits");
    int status = run("--out=" + pictures, "--digits=80", "--epochs=1", "--transfer-epochs=1");
    assertEquals(0, status, err.toString());
    for (String file : List.of("filters.png", "feature-maps.png", "mistakes.png")) {
      assertTrue(ImageIO.read(pictures.resolve(file).toFile()).getWidth() > 100, file);
    }
    assertTrue(out.toString().contains("64 digits to learn from, 16 held out"), out.toString());
    assertTrue(out.toString().contains("everything from scratch"), out.toString());
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertEquals(Program.FAILED, run("--out=" + file));
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().contains("can't be made a folder"), err.toString());
  }

  @Test
  void tooFewDigitsAreRefused() {
    assertEquals(CommandLine.ExitCode.USAGE, run("--digits=39", "--out=" + folder));
    assertTrue(err.toString().contains("--digits: 39; must be 40 to 1797"), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
  }

  @Test
  void moreDigitsThanThereAreAreRefused() {
    assertEquals(CommandLine.ExitCode.USAGE, run("--digits=1798", "--out=" + folder));
    assertTrue(err.toString().contains("--digits: 1798; must be 40 to 1797"), err.toString());
  }

  @Test
  void aFifthIsHeldOutOfEveryDigit() {
    Digits all = Digits.read();
    assertEquals(1797, all.count());
    assertEquals(1438, all.training().count());
    assertEquals(359, all.heldOut().count());
    for (int label = 0; label < Digits.CLASSES; label++) {
      int digit = label;
      long held = Arrays.stream(all.heldOut().labels()).filter(l -> l == digit).count();
      assertTrue(held > 20, digit + ": " + held);
    }
    for (float pixel : all.pixels()) {
      assertTrue(pixel >= 0 && pixel <= 1);
    }
  }

  /** The upper left goes to the upper right. */
  @Test
  void digitsTurnClockwise() {
    Digits two = new Digits(2, new float[] {1, 2, 3, 4, 5, 6, 7, 8}, new int[] {0, 1});
    Digits turned = two.turned();
    assertArrayEquals(new float[] {3, 1, 4, 2, 7, 5, 8, 6}, turned.pixels());
    assertArrayEquals(two.pixels(), turned.turned().turned().turned().pixels());
  }

  @Test
  void enlargedDigitsKeepTheirInk() {
    Digits digits = Digits.read().first(3);
    Digits larger = digits.enlarged(LeNet5.ENLARGED);
    assertEquals(24, larger.size());
    int area = 24 * 24;
    for (int i = 0; i < 3; i++) {
      assertEquals(ink(digits.pixels(), i * 64, 64) * 9, ink(larger.pixels(), i * area, area), 1.0);
    }
  }

  private static double ink(float[] pixels, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += pixels[i];
    }
    return sum;
  }
}
