package dev.convector.onnx.cli;

import dev.convector.onnx.OnnxException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks into ONNX networks, runs them on pictures, measures them. */
@Command(
    name = "convector-onnx",
    description = "Looks into ONNX networks, runs them on pictures, measures them.",
    subcommands = {InfoCommand.class, RunCommand.class, BenchCommand.class})
public final class OnnxCommand {
  /** Exit status of every complaint. 1 is the JVM's. */
  static final int FAILED = CommandLine.ExitCode.USAGE;

  @Mixin private Help help;

  OnnxCommand() {}

  /**
   * Runs the program.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    System.setProperty("java.awt.headless", "true");
    System.exit(commandLine().execute(args));
  }

  /** Complaints name what is wrong, without a stack trace. */
  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new OnnxCommand());
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler(
        (exception, args) -> {
          complain(exception.getCommandLine(), exception.getMessage() + "; see --help");
          return FAILED;
        });
    commandLine.setExecutionStrategy(
        parsed -> {
          try {
            return new CommandLine.RunLast().execute(parsed);
          } catch (OutOfMemoryError e) {
            complain(
                commandLine,
                "too large for this heap; start java with a larger -Xmx, or scale down");
            return FAILED;
          }
        });
    commandLine.setExecutionExceptionHandler(
        (exception, command, result) -> {
          if (exception instanceof IOException
              || exception instanceof OnnxException
              || exception instanceof IllegalArgumentException) {
            complain(command, exception.getMessage());
            return FAILED;
          }
          throw exception;
        });
    return commandLine;
  }

  private static void complain(CommandLine command, String message) {
    command.getErr().println(command.getCommandName() + ": " + message);
  }
}
