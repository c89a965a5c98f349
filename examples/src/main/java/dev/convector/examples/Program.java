package dev.convector.examples;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import javax.imageio.ImageIO;
import picocli.CommandLine;

/** What the programs have in common: they complain in one line each, whatever went wrong. */
public final class Program {
  /** Exit status where something can't be read or written. 1 is the JVM's. */
  public static final int FAILED = 2;

  private Program() {}

  /**
   * A program's command line.
   *
   * @param program with picocli's annotations
   * @return what executes it
   */
  public static CommandLine commandLine(Callable<Integer> program) {
    CommandLine commandLine = new CommandLine(program);
    commandLine.setParameterExceptionHandler(
        (exception, args) -> {
          complain(exception.getCommandLine(), exception.getMessage() + "; see --help");
          return exception.getCommandLine().getCommandSpec().exitCodeOnInvalidInput();
        });
    commandLine.setExecutionExceptionHandler(
        (exception, failed, result) -> {
          switch (exception) {
            case IOException e -> complain(failed, e.getMessage());
            case InvalidPathException e -> complain(failed, e.getInput() + ": not a path");
            default -> throw exception;
          }
          return FAILED;
        });
    return commandLine;
  }

  private static void complain(CommandLine commandLine, String message) {
    String name = commandLine.getCommandName();
    commandLine.getErr().println(name + ": " + message.replaceAll("\\s+", " "));
  }

  /**
   * Does what needs memory in proportion to a picture.
   *
   * @param picture its name
   * @param work what is done
   * @return its exit status
   * @throws Exception what the work throws; an {@link IOException} where memory doesn't suffice
   */
  public static int withPicture(String picture, Callable<Integer> work) throws Exception {
    try {
      return work.call();
    } catch (OutOfMemoryError e) {
      throw new IOException(
          picture + ": too large for this heap; start java with a larger -Xmx, or scale it down",
          e);
    }
  }

  /**
   * Makes a folder for what is written.
   *
   * @param name its path
   * @return it
   * @throws IOException if it can't be made
   */
  public static Path folder(String name) throws IOException {
    try {
      return Files.createDirectories(Path.of(name));
    } catch (IOException e) {
      throw new IOException(name + ": can't be made a folder for what is written", e);
    }
  }

  /**
   * Writes a picture as PNG.
   *
   * @param picture what
   * @param file where
   * @throws IOException if it can't be written
   */
  public static void write(BufferedImage picture, Path file) throws IOException {
    try {
      ImageIO.write(picture, "png", file.toFile());
    } catch (IOException e) {
      throw new IOException(file + ": can't be written (" + e.getMessage() + ")", e);
    }
  }
}
