package dev.convector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A program that was started on the class path without the Vector API is told how to get it. */
class VectorModuleTest {
  private static final String MESSAGE =
      "java.lang.IllegalStateException:"
          + " Convector needs the Vector API: start Java with --add-modules jdk.incubator.vector";

  /**
   * The program: prints what the first call of each entry to the library throws, and another one of
   * the first.
   */
  static final class Program {
    private static final List<Runnable> ENTRIES =
        List.of(
            Conv2d::builder,
            DepthwiseSeparable2d::builder,
            Gemm::builder,
            Conv1d::builder,
            Conv3d::builder,
            ConvTranspose2d::builder,
            FullyConnected::builder,
            Pool2d::builder,
            Upsample2d::builder,
            Unfold::builder,
            Conv2d::builder);

    private Program() {}

    public static void main(String[] args) {
      ENTRIES.forEach(Program::attempt);
    }

    private static void attempt(Runnable call) {
      try {
        call.run();
        System.out.println("nothing");
      } catch (IllegalStateException | LinkageError e) {
        System.out.println(e);
      }
    }
  }

  @Test
  void missingModuleIsNamedWithItsFlag() throws Exception {
    assertEquals(Collections.nCopies(Program.ENTRIES.size(), MESSAGE), output());
  }

  @Test
  void presentModuleIsFound() throws Exception {
    assertEquals(
        Collections.nCopies(Program.ENTRIES.size(), "nothing"),
        output("--add-modules", "jdk.incubator.vector"));
  }

  private static List<String> output(String... flags)
      throws IOException, InterruptedException, URISyntaxException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    String path = place(Conv2d.class) + File.pathSeparator + place(Program.class);
    command.addAll(List.of("-cp", path, Program.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor());
    return text.lines().toList();
  }

  private static String place(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
