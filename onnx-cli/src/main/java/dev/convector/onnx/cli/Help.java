package dev.convector.onnx.cli;

import picocli.CommandLine.Option;

/** The option that explains the others. */
final class Help {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Prints this and does nothing else.")
  private boolean wanted;
}
