package dev.convector.examples.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.convector.Execution;
import dev.convector.examples.Photo;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageReaderTest {
  private static PageReader reader;

  @BeforeAll
  static void load() throws IOException {
    reader = new PageReader(Models.bundled(), Execution.common());
  }

  private static Page read(Photo photo) {
    return reader.read(photo);
  }

  /** The same pixels as they come from a file of this kind. */
  private static Photo throughFile(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return Photo.read(new ByteArrayInputStream(bytes.toByteArray()), "test");
  }

  /** A quarter turn clockwise. */
  private static Photo turned(Photo photo) {
    float[] pixels = new float[photo.pixels().length];
    int width = photo.height();
    for (int y = 0; y < photo.height(); y++) {
      for (int x = 0; x < photo.width(); x++) {
        int from = (y * photo.width() + x) * Photo.CHANNELS;
        int to = (x * width + width - 1 - y) * Photo.CHANNELS;
        System.arraycopy(photo.pixels(), from, pixels, to, Photo.CHANNELS);
      }
    }
    return new Photo(width, photo.width(), pixels);
  }

  @Test
  void progressRunsFromNothingToAll() throws IOException {
    List<String> stages = new ArrayList<>();
    int[] last = {-1, 0};
    Page page =
        reader.read(
            SamplePage.photo(),
            (stage, done, all) -> {
              stages.add(stage);
              assertTrue(done > last[0] && done <= all, stages::toString);
              last[0] = done;
              last[1] = all;
            });
    SamplePage.assertMostlyRead(page);
    assertEquals(last[1], last[0]);
    assertEquals(
        List.of("finding lines", "turning lines", "reading lines", "done"),
        stages.stream().distinct().toList());
    assertEquals(
        List.of("detection", "direction", "recognition"),
        page.stages().stream().map(Page.Stage::name).toList());
  }

  @Test
  void aPageMayLieOnItsSideOrItsHead() throws IOException {
    Photo photo = SamplePage.photo();
    for (int quarters = 1; quarters < 4; quarters++) {
      photo = turned(photo);
      SamplePage.assertMostlyRead(read(photo));
    }
  }

  @Test
  void aTallPictureIsReadToItsEnd() throws IOException {
    Photo page = SamplePage.photo();
    int copies = 4;
    float[] pixels = new float[copies * page.pixels().length];
    for (int i = 0; i < copies; i++) {
      System.arraycopy(page.pixels(), 0, pixels, i * page.pixels().length, page.pixels().length);
    }
    Page read = read(new Photo(page.width(), copies * page.height(), pixels));
    assertEquals(
        copies, read.lines().stream().filter(line -> line.text().contains("histogram")).count());
    assertTrue(read.lines().getLast().text().contains("zeros"), read.lines()::toString);
  }

  /** Ink of each colour on nothing: white ink would vanish on white. */
  @ParameterizedTest
  @ValueSource(ints = {0x000000, 0xffffff, 0xb00020})
  void transparentPicturesAreRead(int ink) throws IOException {
    BufferedImage page = SamplePage.photo().picture();
    BufferedImage image =
        new BufferedImage(page.getWidth(), page.getHeight(), BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < page.getHeight(); y++) {
      for (int x = 0; x < page.getWidth(); x++) {
        int alpha = Math.clamp((150 - (page.getRGB(x, y) & 255)) * 5 / 2, 0, 255);
        image.setRGB(x, y, alpha << 24 | ink);
      }
    }
    SamplePage.assertMostlyRead(read(throughFile(image)));
  }

  @Test
  void greyPicturesOfSixteenBitsAreRead() throws IOException {
    BufferedImage page = SamplePage.photo().picture();
    BufferedImage image =
        new BufferedImage(page.getWidth(), page.getHeight(), BufferedImage.TYPE_USHORT_GRAY);
    for (int y = 0; y < page.getHeight(); y++) {
      for (int x = 0; x < page.getWidth(); x++) {
        image.getRaster().setSample(x, y, 0, 257 * (page.getRGB(x, y) & 255));
      }
    }
    SamplePage.assertMostlyRead(read(throughFile(image)));
  }

  @Test
  void aPictureOfOneWordIsRead() throws IOException {
    BufferedImage word = SamplePage.photo().picture().getSubimage(4, 8, 146, 24);
    List<Page.Line> lines = read(throughFile(word)).lines();
    assertEquals(1, lines.size(), lines::toString);
    assertEquals("Region-based", lines.getFirst().text());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,1500", "1500,1", "33,31"})
  void blankPicturesOfAnySizeSayNothing(int width, int height) {
    Page page = read(new Photo(width, height, new float[3 * width * height]));
    assertEquals(List.of(), page.lines());
  }
}
