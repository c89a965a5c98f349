package dev.convector.examples.photos;

import dev.convector.ConvShape;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Runs as lines of text. */
final class Table {
  private static final String HEAD = "%-20s %-15s %-15s %-9s %-12s %9s %8s %9s %8s  %s%n";
  private static final String LINE = "%-20s %-15s %-15s %-9s %-12s %9.2f %8.1f %9.1f %7.1fx  %s%n";

  private Table() {}

  /** A heading and a line for each run. */
  static String of(List<FilterRun> runs) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            HEAD,
            "filter",
            "input NxCxHxW",
            "output NxKxPxQ",
            "kernel",
            "algorithm",
            "ms",
            "GFLOP/s",
            "oracle ms",
            "faster",
            "equals oracle"));
    for (FilterRun run : runs) {
      ConvShape first = run.steps().getFirst().plan().description().shape();
      ConvShape last = run.steps().getLast().plan().description().shape();
      text.append(
          String.format(
              Locale.ROOT,
              LINE,
              run.filter().name(),
              sizes(first.batch(), first.channels(), first.height(), first.width()),
              sizes(last.batch(), last.filters(), last.outputHeight(), last.outputWidth()),
              joined(run, step -> kernel(step.plan().description().shape())),
              joined(run, step -> step.plan().algorithm().toString()),
              1e3 * run.seconds(),
              run.gflops(),
              1e3 * run.oracleSeconds(),
              run.oracleSeconds() / run.seconds(),
              joined(run, step -> verdict(step.oracle()))));
    }
    return text.toString();
  }

  private static String sizes(int n, int channels, int height, int width) {
    return n + "x" + channels + "x" + height + "x" + width;
  }

  private static String kernel(ConvShape shape) {
    return shape.kernelHeight() + "x" + shape.kernelWidth();
  }

  private static String verdict(OracleCheck check) {
    String rows =
        check.rows() == check.allRows() ? "" : ", upper " + check.rows() + " rows compared";
    String error = String.format(Locale.ROOT, "%.0e", check.error());
    if (!check.equal()) {
      return "NO, off by " + error + rows;
    }
    return (check.error() == 0 ? "yes, exactly" : "yes, within " + error) + rows;
  }

  /** What the steps have in common, or one after the other. */
  private static String joined(FilterRun run, Function<FilterRun.Step, String> property) {
    return run.steps().stream().map(property).distinct().collect(Collectors.joining("+"));
  }
}
