package dev.convector.jmh.cliff;

import picocli.CommandLine.Option;

/** How long the tools of this package measure at a time. */
final class TurnOptions {
  @Option(
      names = "--turn-ms",
      defaultValue = "2",
      description =
          "milliseconds of a turn, or a call if that takes longer; default ${DEFAULT-VALUE}")
  double turnMillis;

  /**
   * @param longer so many times longer than asked for
   * @param warmup seconds before it measures
   */
  Stopwatch watch(int longer, double warmup) {
    return new Stopwatch((long) (longer * 1000 * turnMillis), longer * warmup);
  }
}
