package dev.convector.onnx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class OnnxCommandTest {
  private static final int BLUE = 0x2040f0;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Path redOrBlue;
  private Path darker;
  private Path picture;

  @BeforeEach
  void write() throws IOException {
    redOrBlue = save("red-or-blue.onnx", SmallModels.redOrBlue());
    darker = save("darker.onnx", SmallModels.darker());
    picture = folder.resolve("blue.png");
    BufferedImage image = new BufferedImage(50, 40, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 50 * 40; i++) {
      image.setRGB(i % 50, i / 50, BLUE);
    }
    ImageIO.write(image, "png", picture.toFile());
  }

  private Path save(String file, ModelProto model) throws IOException {
    return Files.write(folder.resolve(file), model.toByteArray());
  }

  private int run(Object... args) {
    CommandLine commandLine = OnnxCommand.commandLine();
    commandLine.setOut(new PrintWriter(out));
    commandLine.setErr(new PrintWriter(err));
    err.getBuffer().setLength(0);
    return commandLine.execute(List.of(args).stream().map(Object::toString).toArray(String[]::new));
  }

  private void assertPrinted(String... words) {
    for (String word : words) {
      assertTrue(out.toString().contains(word), () -> word + " in:\n" + out + err);
    }
  }

  private void assertRefused(int status, String... words) {
    assertEquals(OnnxCommand.FAILED, status, out::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
    for (String word : words) {
      assertTrue(err.toString().contains(word), () -> word + " in: " + err);
    }
  }

  @Test
  void infoCounts() {
    assertEquals(0, run("info", redOrBlue, "--shape=x=1,3,20,30"), err::toString);
    // 20 x 30 pixels of 3 x 9 for 4 filters, then 9 x 14 of 4 x 9 for 2.
    int multiplyAdds = 20 * 30 * 27 * 4 + 9 * 14 * 36 * 2;
    assertPrinted(
        "opset 13",
        "made by tests",
        "2 Conv, 2 Relu, 1 Flatten, 1 GlobalAveragePool",
        "parameters       180",
        "of classes: height 5, width 5; more through GlobalAveragePool",
        "x FLOAT",
        "not supported    nothing",
        String.format("multiply-adds    %,d with x=1,3,20,30", multiplyAdds));
  }

  @Test
  void infoOfOpenSizesSaysWhatToGive() {
    assertEquals(0, run("info", redOrBlue), err::toString);
    assertPrinted("multiply-adds    unknown", "--shape x=1,3,...,...");
  }

  @Test
  void infoExplains() {
    assertEquals(0, run("info", darker, "--explain"), err::toString);
    assertPrinted("Conv node-dark er/picture", "height 1, width 1, one every 1 x 1");
  }

  @Test
  void infoNamesWhatIsNotSupported() throws IOException {
    Path model = save("unsupported.onnx", SmallModels.unsupported());
    assertEquals(0, run("info", model), err::toString);
    assertPrinted("1 Frobnicate", "not supported", "node-y");
  }

  @Test
  void classesArePrintedWithTheirLabels() throws IOException {
    Path labels = Files.writeString(folder.resolve("labels.txt"), "red\nblue\n");
    assertEquals(0, run("run", redOrBlue, "-i", picture, "--labels", labels), err::toString);
    List<String> lines = out.toString().lines().toList();
    assertEquals("classes FLOAT[1, 2]", lines.get(0), out::toString);
    assertTrue(lines.get(1).endsWith(" %     1  blue"), out::toString);
    assertTrue(lines.get(2).endsWith(" %     0  red"), out::toString);
    assertPrinted("softmax");
  }

  @Test
  void bgrSwapsRedAndBlue() {
    assertEquals(0, run("run", redOrBlue, "-i", picture, "--bgr"), err::toString);
    assertTrue(out.toString().lines().toList().get(1).strip().endsWith(" 0"), out::toString);
  }

  @Test
  void anOutputPictureIsWritten() throws IOException {
    Path pictures = folder.resolve("new/pictures");
    assertEquals(0, run("run", darker, "-i", picture, "-o", pictures), err::toString);
    BufferedImage written = ImageIO.read(pictures.resolve("dark_er_picture.png").toFile());
    assertEquals(24, written.getWidth());
    assertEquals(16, written.getHeight());
    // A quarter of 255 darker.
    assertEquals(0x0000b0, written.getRGB(12, 8) & 0xffffff);
  }

  /** Half of a thin picture is red, half blue. */
  @ParameterizedTest
  @ValueSource(strings = {"crop", "stretch"})
  void thinPicturesAreCutOrStretched(String fit) throws IOException {
    BufferedImage image = new BufferedImage(9000, 2, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 2 * 9000; i++) {
      image.setRGB(i % 9000, i / 9000, i % 9000 < 4500 ? 0xff0000 : 0x0000ff);
    }
    Path thin = folder.resolve("thin.png");
    ImageIO.write(image, "png", thin.toFile());
    assertEquals(
        0,
        run("run", darker, "-i", thin, "-o", folder, "--fit", fit, "--range=-0.25,0.75"),
        err::toString);
    BufferedImage written = ImageIO.read(folder.resolve("dark_er_picture.png").toFile());
    assertEquals(0xff0000, written.getRGB(2, 8) & 0xffffff);
    assertEquals(0x0000ff, written.getRGB(21, 8) & 0xffffff);
  }

  @Test
  void sizesBeyondAnArrayAreRefused() {
    assertRefused(run("run", redOrBlue, "-i", picture, "--size=99999x99999"), "--size");
  }

  @Test
  void meanScaleAndRangeAreApplied() throws IOException {
    assertEquals(
        0,
        run(
            "run",
            darker,
            "-i",
            picture,
            "-o",
            folder,
            "--mean=32,60,240",
            "--scale=0.5,0.125,1",
            "--range=-0.25,0.75"),
        err::toString);
    // Red and blue are as much as is subtracted; green is 4 more.
    BufferedImage written = ImageIO.read(folder.resolve("dark_er_picture.png").toFile());
    assertEquals(0x008000, written.getRGB(12, 8) & 0xffffff);
  }

  @Test
  void featureMapsAreWritten() throws IOException {
    assertEquals(
        0, run("run", redOrBlue, "-i", picture, "-o", folder, "--feature-maps=2"), err::toString);
    BufferedImage sheet = ImageIO.read(folder.resolve("feature-maps.png").toFile());
    // Maps of 64x32 and 31x15 pixels, drawn 144x72 and 144x70, with a label above and gaps.
    assertEquals(6 + (26 + 72 + 6) + (26 + 70 + 6), sheet.getHeight());
  }

  @Test
  void benchMeasuresAndTraces() throws IOException {
    Path trace = folder.resolve("trace.json");
    assertEquals(
        0,
        run(
            "bench",
            redOrBlue,
            "--shape=x=1,3,20,30",
            "--warm-up=0",
            "--seconds=0",
            "--threads=2",
            "--trace",
            trace),
        err::toString);
    assertPrinted("threads       2", "first answer", "median", "weights", "Conv");
    assertTrue(Files.readString(trace).contains("\"name\":\"node-a\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"info", "run", "bench"})
  void helpIsPrinted(String command) {
    assertEquals(0, run(command, "--help"));
    assertPrinted("Usage: convector-onnx " + command, "MODEL");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--shape=x=1,-3,2,2;--shape",
        "--shape=x=1,3,2;--shape",
        "--shape=x=a,3,2,2;--shape",
        "--shape=y=1;no input is called y",
        "--shape=x=1,3,99999,99999;elements",
        "--threads=-1;--threads",
        "--threads=x;--threads",
        "--seconds=-1;--seconds",
        "--warm-up=NaN;--warm-up"
      })
  void wrongOptionsOfBenchAreRefused(String option, String word) {
    assertRefused(run("bench", redOrBlue, option), word);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--range=1,0;--range",
        "--range=1;--range",
        "--mean=1,2;--mean",
        "--scale=x;--scale",
        "--size=0x5;--size",
        "--size=32;--size",
        "--size=32x32;--size",
        "--fit=bend;--fit",
        "--feature-maps=0;--feature-maps",
        "--feature-maps=2;has 1 convolution",
        "--labels=none.txt;none.txt",
        "--nothing=1;--nothing"
      })
  void wrongOptionsOfRunAreRefused(String option, String word) {
    assertRefused(run("run", darker, "-i", picture, "-o", folder, option), word);
    assertFalse(Files.exists(folder.resolve("dark_er_picture.png")));
  }

  @Test
  void optionsThatDoNotFitTogetherAreRefused() throws IOException {
    Path labels = Files.writeString(folder.resolve("labels.txt"), "red\nblue\n");
    assertRefused(run("run", darker, "-i", picture, "--labels", labels), "--labels", "classes");
    assertRefused(run("run", darker, "-i", picture, "--feature-maps=1", "--range=0,2"), "--range");
    assertRefused(
        run("run", redOrBlue, "-i", picture, "--feature-maps=1", "--labels", labels), "--labels");
  }

  @Test
  void filesThatAreNoModelsOrPicturesAreRefused() {
    assertRefused(run("info", folder.resolve("none.onnx")), "none.onnx", "no such file");
    assertRefused(run("info", picture), "blue.png", "not an ONNX model");
    assertRefused(run("run", darker, "-i", redOrBlue), "not a picture");
    assertRefused(run("run", darker), "--input");
    assertRefused(run(), "subcommand");
  }
}
