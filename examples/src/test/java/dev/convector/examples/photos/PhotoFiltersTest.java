package dev.convector.examples.photos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.examples.Photo;
import dev.convector.examples.Program;
import java.awt.image.BufferedImage;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class PhotoFiltersTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine commandLine = PhotoFilters.commandLine();
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

  private Path save(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    assertTrue(ImageIO.write(image, name.substring(name.length() - 3), file.toFile()));
    return file;
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,40", "23,17"})
  void everyPictureIsWrittenAndEqualsTheOracle(int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, i * 0x0fed17);
    }
    Path pictures = folder.resolve("new/pictures");

    int status = run("--photo=" + save("a.png", image), "--out=" + pictures, "--warm-up=0");

    assertEquals(0, status, err.toString());
    String table = out.toString();
    for (Filter filter : Filters.ALL) {
      assertTrue(table.contains(filter.name()), table);
      for (Filter.View view : filter.views()) {
        assertTrue(ImageIO.read(pictures.resolve(view.file()).toFile()) != null, view.file());
      }
    }
    assertEquals(Filters.ALL.size(), table.split("yes, exactly", -1).length - 1, table);
    assertTrue(ImageIO.read(pictures.resolve("contact-sheet.png").toFile()).getWidth() > 800);
    BufferedImage half = ImageIO.read(pictures.resolve("half-size.png").toFile());
    assertEquals(Math.ceilDiv(width, 2), half.getWidth());
    assertEquals(Math.ceilDiv(height, 2), half.getHeight());
  }

  @Test
  void aMissingPhotographIsOneLine() {
    assertEquals(Program.FAILED, run("--photo=" + folder.resolve("none.png"), "--out=" + folder));
    assertOneLine("none.png", "no such file");
  }

  @Test
  void aFolderIsNoPhotograph() {
    assertEquals(Program.FAILED, run("--photo=" + folder, "--out=" + folder));
    assertOneLine(folder.toString(), "not a file");
  }

  @Test
  void aTextIsNoPhotograph() throws IOException {
    Path file = Files.writeString(folder.resolve("text.jpg"), "no picture");
    assertEquals(Program.FAILED, run("--photo=" + file, "--out=" + folder));
    assertOneLine("text.jpg", "not a picture");
  }

  @Test
  void aTruncatedPhotographIsOneLine() throws IOException {
    Path file = save("a.png", new BufferedImage(50, 50, BufferedImage.TYPE_INT_RGB));
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, 60));
    assertEquals(Program.FAILED, run("--photo=" + file, "--out=" + folder));
    assertOneLine("a.png", "can't be read");
  }

  @Test
  void anUnwritableFolderIsOneLine() throws IOException {
    Path photo = save("a.png", new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB));
    assertEquals(Program.FAILED, run("--photo=" + photo, "--out=" + photo));
    assertOneLine("a.png", "folder");
  }

  @Test
  void anUnknownOptionIsOneLine() {
    assertEquals(CommandLine.ExitCode.USAGE, run("--sepia"));
    assertOneLine("--sepia", "--help");
  }

  @ParameterizedTest
  @CsvSource({"10,200", "11,200", "13,200", "12,200"})
  void greyAndPaletteKeepTheirValues(int type, int value) throws IOException {
    BufferedImage image = new BufferedImage(1, 1, type);
    if (type == BufferedImage.TYPE_USHORT_GRAY || type == BufferedImage.TYPE_BYTE_GRAY) {
      boolean wide = type == BufferedImage.TYPE_USHORT_GRAY;
      image.getRaster().setSample(0, 0, 0, wide ? value * 257 : value);
    } else {
      image.setRGB(0, 0, -1);
    }
    int expected = (image.getColorModel().getNumColorComponents() == 1 ? value : 255) - 128;
    float[] pixels = Photo.read(save("a.png", image)).pixels();
    assertArrayEquals(new float[] {expected, expected, expected}, pixels);
  }

  @Test
  void transparentPixelsLieOnWhite() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00ff0000);
    image.setRGB(1, 0, 0x80000000);
    float[] pixels = Photo.read(save("a.png", image)).pixels();
    assertArrayEquals(new float[] {127, 127, 127, -1, -1, -1}, pixels);
  }

  @Test
  void sobelOfARampIsItsSlope() {
    int size = 9;
    float[] ramp = new float[size * size];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = 3 * (i % size) + 5 * (i / size);
    }
    Filter sobel =
        Filters.ALL.stream().filter(f -> f.name().startsWith("Sobel")).findFirst().orElseThrow();
    FilterRun run = FilterRun.of(sobel, ramp, size, size, 0);
    int middle = 2 * (size / 2 * size + size / 2);
    assertEquals(8 * 3, run.output()[middle]);
    assertEquals(8 * 5, run.output()[middle + 1]);
  }

  @Test
  void theSeparablePairIsTheSquareKernel() {
    float[] pixels = new float[20 * 30 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i * 37 % 256 - 128;
    }
    List<float[]> outputs =
        Filters.ALL.stream()
            .filter(f -> f.name().startsWith("Gaussian"))
            .map(f -> FilterRun.of(f, pixels, 20, 30, 0).output())
            .toList();
    assertEquals(2, outputs.size());
    assertArrayEquals(outputs.getFirst(), outputs.getLast());
  }
}
