package dev.convector.jmh.size;

import dev.convector.Conv2d;
import dev.convector.Conv2dPlan;
import dev.convector.Execution;
import dev.convector.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Draws multiply-adds a second over the multiply-adds of a call, and how the time grows with them.
 */
@Command(name = "sizes", mixinStandardHelpOptions = true)
public final class Sizes implements Callable<Integer> {
  /** Calls below that are mostly what a call costs at all, and say nothing of the slope. */
  private static final double LEAST_NANOS = 5_000;

  private static final long TURN_NANOS = 3_000_000;

  @Parameters(description = "where the chart goes, a PNG for each layout")
  Path folder;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "for all sizes of one kind; default ${DEFAULT-VALUE}")
  double seconds;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Sizes()).execute(args));
  }

  private record Point(double work, double nanos) {}

  @Override
  public Integer call() throws Exception {
    Files.createDirectories(folder);
    for (Layout layout : Layout.values()) {
      XYChart chart =
          new XYChartBuilder()
              .width(1000)
              .height(560)
              .title("Speed over size, " + layout + ", one thread; beside each the slope of time")
              .xAxisTitle("multiply-adds of a call")
              .yAxisTitle("multiply-adds a nanosecond")
              .build();
      chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
      for (Series series : Series.ALL) {
        List<Point> points = points(series, layout);
        String name = String.format(Locale.ROOT, "%s, slope %.2f", series.name(), slope(points));
        double[] work = points.stream().mapToDouble(Point::work).toArray();
        double[] speed = points.stream().mapToDouble(p -> p.work / p.nanos).toArray();
        chart.addSeries(name, work, speed);
        System.out.printf(Locale.ROOT, "%s %s%n", layout, name);
        for (Point p : points) {
          System.out.printf(
              Locale.ROOT, "  %,15.0f %12.1f us %7.1f%n", p.work, p.nanos / 1e3, p.work / p.nanos);
        }
      }
      String file = folder.resolve("sizes-" + layout).toString();
      BitmapEncoder.saveBitmap(chart, file, BitmapFormat.PNG);
    }
    return 0;
  }

  /** A size's plan and arrays, and its shortest call so far: others had something beside them. */
  private static final class Runner {
    final double work;
    final Conv2dPlan plan;
    final float[] src;
    final float[] dst;
    double best = Double.MAX_VALUE;

    Runner(Conv2d conv) {
      work = conv.multiplyAdds();
      plan = conv.plan(filled(conv.shape().weightsSize()));
      src = filled(conv.shape().inputSize());
      dst = new float[conv.shape().outputSize()];
    }

    void turn() {
      long end = System.nanoTime() + TURN_NANOS;
      long start = System.nanoTime();
      while (start < end) {
        plan.run(src, dst, Execution.serial());
        long now = System.nanoTime();
        best = Math.min(best, now - start);
        start = now;
      }
    }
  }

  /** All sizes in turn, so that all are as warm. */
  private List<Point> points(Series series, Layout layout) {
    List<Runner> runners = series.convolutions(layout).stream().map(Runner::new).toList();
    long end = System.nanoTime() + (long) (1e9 * seconds);
    do {
      runners.forEach(Runner::turn);
    } while (System.nanoTime() < end);
    return runners.stream().map(r -> new Point(r.work, r.best)).toList();
  }

  private static float[] filled(int size) {
    SplittableRandom random = new SplittableRandom(size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /** Of the logarithm of the time over that of the work, by least squares: 1 is linear. */
  private static double slope(List<Point> all) {
    List<Point> points = all.stream().filter(p -> p.nanos >= LEAST_NANOS).toList();
    double x = points.stream().mapToDouble(p -> Math.log(p.work)).average().orElseThrow();
    double y = points.stream().mapToDouble(p -> Math.log(p.nanos)).average().orElseThrow();
    double both = 0;
    double squares = 0;
    for (Point p : points) {
      double dx = Math.log(p.work) - x;
      both += dx * (Math.log(p.nanos) - y);
      squares += dx * dx;
    }
    return both / squares;
  }
}
