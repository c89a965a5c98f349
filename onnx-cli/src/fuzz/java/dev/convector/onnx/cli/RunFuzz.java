package dev.convector.onnx.cli;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Options of a picture that coverage leads to: the network is run, or one line says what is wrong.
 * As a test, what failed belongs into {@link OnnxCommandTest}.
 */
class RunFuzz {
  private static final String[] OPTIONS = {
    "--size", "--fit", "--mean", "--scale", "--shape", "--range", "--feature-maps"
  };

  private static final int MOST_OPTIONS = 4;

  /** Longest text of an option. */
  private static final int LETTERS = 24;

  @TempDir static Path folder;

  private static Path darker;
  private static Path redOrBlue;
  private static Path picture;

  @BeforeAll
  static void write() throws IOException {
    darker = folder.resolve("darker.onnx");
    Files.write(darker, SmallModels.darker().toByteArray());
    redOrBlue = folder.resolve("red-or-blue.onnx");
    Files.write(redOrBlue, SmallModels.redOrBlue().toByteArray());
    picture = folder.resolve("picture.png");
    ImageIO.write(new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
  }

  @FuzzTest(maxDuration = "3m")
  void run(FuzzedDataProvider data) {
    List<String> args = new ArrayList<>(List.of("run"));
    args.add((data.consumeBoolean() ? darker : redOrBlue).toString());
    args.add("--input=" + picture);
    args.add("--out=" + folder.resolve("out"));
    if (data.consumeBoolean()) {
      args.add("--bgr");
    }
    int options = data.consumeInt(0, MOST_OPTIONS);
    for (int i = 0; i < options; i++) {
      args.add(data.pickValue(OPTIONS) + "=" + data.consumeString(LETTERS));
    }
    StringWriter err = new StringWriter();
    CommandLine command = OnnxCommand.commandLine();
    command.setOut(new PrintWriter(new StringWriter()));
    command.setErr(new PrintWriter(err, true));
    int status = command.execute(args.toArray(String[]::new));
    boolean isRefused = status == OnnxCommand.FAILED && !err.toString().isBlank();
    if (status != 0 && !isRefused) {
      throw new AssertionError(args + " ended with " + status + ": " + err);
    }
  }
}
