package dev.convector.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.examples.Program;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ReadPageTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine commandLine = ReadPage.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    return commandLine.execute(args);
  }

  private void assertOneLine(String... words) {
    String text = err.toString();
    assertEquals(1, text.lines().count(), text);
    for (String word : words) {
      assertTrue(text.contains(word), text);
    }
    assertEquals("", out.toString());
  }

  @Test
  void thePageIsReadAndDrawn() throws IOException {
    Path written = folder.resolve("new/folder");
    assertEquals(0, run("--out=" + written, "--repeat=2"), err::toString);

    SamplePage.assertRead(Files.readString(written.resolve("text.txt")));
    String printed = out.toString();
    assertTrue(printed.contains("Region-based segmentation"), printed);
    for (String stage : new String[] {"loading", "detection", "direction", "recognition"}) {
      assertTrue(printed.contains(stage), printed);
    }
    assertTrue(printed.contains("median"), printed);
    assertTrue(err.toString().contains("reading lines"), err::toString);
    BufferedImage drawing = ImageIO.read(written.resolve("lines.png").toFile());
    assertTrue(drawing.getWidth() > 2 * SamplePage.WIDTH);
    assertTrue(greenPixels(drawing) > 1000);
  }

  private static int greenPixels(BufferedImage drawing) {
    int count = 0;
    for (int y = 0; y < drawing.getHeight(); y++) {
      for (int x = 0; x < drawing.getWidth(); x++) {
        int rgb = drawing.getRGB(x, y);
        count += (rgb >> 8 & 255) > (rgb >> 16 & 255) + 50 ? 1 : 0;
      }
    }
    return count;
  }

  @Test
  void aPictureWithoutTextSaysSo() throws IOException {
    Path file = folder.resolve("grey.png");
    ImageIO.write(new BufferedImage(40, 30, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
    assertEquals(0, run("--picture=" + file, "--out=" + folder), err::toString);
    assertTrue(out.toString().contains("no text found"), out::toString);
    assertFalse(out.toString().contains("median"), out::toString);
    assertEquals("", Files.readString(folder.resolve("text.txt")));
    assertTrue(Files.exists(folder.resolve("lines.png")));
  }

  @Test
  void aMissingPictureIsOneLineAndLeavesNoOldDrawing() throws IOException {
    Path old = Files.createFile(folder.resolve("lines.png"));
    assertEquals(Program.FAILED, run("--picture=" + folder.resolve("none.png"), "--out=" + folder));
    assertOneLine("none.png", "no such file");
    assertFalse(Files.exists(old));
  }

  @Test
  void aFileThatIsNoPictureIsOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("text.jpg"), "no picture");
    assertEquals(Program.FAILED, run("--picture=" + file, "--out=" + folder));
    assertOneLine("text.jpg", "not a picture");
  }

  @Test
  void aFileIsNoFolder() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertEquals(Program.FAILED, run("--out=" + file));
    assertOneLine("file", "folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--repeat=0", "--repeat=x", "--pages=3"})
  void wrongOptionsAreOneLine(String option) {
    assertEquals(CommandLine.ExitCode.USAGE, run(option, "--out=" + folder));
    assertOneLine(option.substring(0, 7), "--help");
  }
}
