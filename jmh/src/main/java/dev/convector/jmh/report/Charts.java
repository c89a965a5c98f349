package dev.convector.jmh.report;

import dev.convector.jmh.alone.FirstUse;
import dev.convector.jmh.report.Standings.Row;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The charts of one session, as SVG on an opaque ground, so that no page's theme hides them. */
final class Charts {
  private static final Color GROUND = new Color(0xF7, 0xF7, 0xF4);
  private static final Color INK = new Color(0x22, 0x22, 0x22);
  private static final Color GRID = new Color(0xDD, 0xDD, 0xD8);

  /** Okabe and Ito's colours, which the colour-blind can tell apart. */
  private static final Map<String, Color> COLORS =
      Map.of(
          "convector", new Color(0xD5, 0x5E, 0x00),
          "onednn", new Color(0x00, 0x72, 0xB2),
          "onnxruntime", new Color(0x00, 0x9E, 0x73),
          "libtorch", new Color(0xCC, 0x79, 0xA7),
          "openblas", new Color(0x56, 0xB4, 0xE9),
          "netlib", new Color(0xE6, 0x9F, 0x00),
          "ejml", new Color(0x99, 0x99, 0x99));

  private static final Map<String, Marker> MARKERS =
      Map.of(
          "convector", SeriesMarkers.CIRCLE,
          "onednn", SeriesMarkers.SQUARE,
          "onnxruntime", SeriesMarkers.TRIANGLE_UP,
          "libtorch", SeriesMarkers.DIAMOND,
          "openblas", SeriesMarkers.TRIANGLE_DOWN,
          "netlib", SeriesMarkers.CROSS,
          "ejml", SeriesMarkers.PLUS);

  private final Results results;
  private final Path folder;
  private final List<String> written = new ArrayList<>();

  Charts(Results results, Path folder) {
    this.results = results;
    this.folder = folder;
  }

  /** Writes all that the session has data for; names of the files. */
  List<String> write() throws IOException {
    for (int threads : results.threadCounts()) {
      for (String layout : List.of("NHWC", "NCHW", "gemm")) {
        Standings standings = new Standings(results, layout, threads);
        if (!standings.rows().isEmpty()) {
          roofline(standings, threads);
          bars(standings, threads);
        }
      }
    }
    if (results.threadCounts().size() > 1 && !written.isEmpty()) {
      scaling();
    }
    if (!results.session().firstUses().isEmpty()) {
      firstUse();
    }
    return written;
  }

  /** What a file shows, from its name. */
  static String description(String file) {
    return file.replace(".svg", "").replace('-', ' ');
  }

  /** The horizontal roof is the FMA peak, the slope main memory's speed. */
  private void roofline(Standings standings, int threads) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(960)
            .height(600)
            .title("Roofline, " + standings.layout() + ", " + threads(threads) + batch())
            .xAxisTitle("operations per byte that must move")
            .yAxisTitle("GFLOP/s")
            .build();
    style(chart.getStyler());
    chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
    double least = Double.MAX_VALUE;
    double most = 0;
    double slowest = results.peak(threads);
    double fastest = slowest;
    for (Row row : standings.rows()) {
      least = Math.min(least, row.flops() / row.bytes());
      most = Math.max(most, row.flops() / row.bytes());
      for (Timing timing : row.timings().values()) {
        slowest = Math.min(slowest, row.gflops(timing));
        fastest = Math.max(fastest, row.gflops(timing));
      }
    }
    double peak = results.peak(threads);
    double slope = results.bandwidth(threads);
    double ridge = peak / slope;
    double left = decade(Math.min(least, ridge / 2), false);
    double right = decade(Math.max(most, ridge * 2), true);
    chart.getStyler().setXAxisMin(left).setXAxisMax(right);
    chart.getStyler().setYAxisMin(decade(slowest, false)).setYAxisMax(1.15 * fastest);
    double[] x = {Math.max(left, decade(slowest, false) / slope), ridge, right};
    double[] y = {x[0] * slope, peak, peak};
    line(chart, String.format(Locale.ROOT, "FMA peak %.0f, memory %.0f GB/s", peak, slope), x, y);
    for (String contender : contenders(standings)) {
      List<Double> intensity = new ArrayList<>();
      List<Double> speed = new ArrayList<>();
      for (Row row : standings.rows()) {
        row.of(contender)
            .ifPresent(
                timing -> {
                  intensity.add(row.flops() / row.bytes());
                  speed.add(row.gflops(timing));
                });
      }
      XYSeries series = chart.addSeries(Names.of(contender), intensity, speed);
      series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
      series.setMarker(MARKERS.getOrDefault(Names.library(contender), SeriesMarkers.CIRCLE));
      series.setMarkerColor(color(contender));
    }
    save(chart, "roofline", standings.layout(), threads);
  }

  private void bars(Standings standings, int threads) throws IOException {
    List<String> networks = List.copyOf(standings.networks());
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(720, 260 + 110 * networks.size()))
            .height(520)
            .title(
                "Geometric mean of each network, "
                    + standings.layout()
                    + ", "
                    + threads(threads)
                    + batch())
            .yAxisTitle("GFLOP/s")
            .build();
    style(chart.getStyler());
    chart
        .getStyler()
        .setAvailableSpaceFill(0.8)
        .setXAxisLabelRotation(networks.size() > 4 ? 30 : 0);
    double highest = 0;
    for (String contender : contenders(standings)) {
      List<Double> means = new ArrayList<>();
      for (String network : networks) {
        double mean =
            Standings.geometricMean(
                    standings.rows(network),
                    row -> row.of(contender).map(row::gflops).orElse(Double.NaN))
                .orElse(0);
        means.add(mean);
        highest = Math.max(highest, mean);
      }
      chart.addSeries(Names.of(contender), networks, means).setFillColor(color(contender));
    }
    double peak = results.peak(threads);
    chart.addAnnotation(new AnnotationLine(peak, false, false));
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.05 * Math.max(peak, highest));
    save(chart, "networks", standings.layout(), threads);
  }

  /** Speed over that on one thread, geometric mean over all layers. */
  private void scaling() throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(860)
            .height(520)
            .title("Scaling over threads, geometric mean of all layers")
            .xAxisTitle("threads")
            .yAxisTitle("times one thread's speed")
            .build();
    style(chart.getStyler());
    double[] counts = results.threadCounts().stream().mapToDouble(Integer::doubleValue).toArray();
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setLegendLayout(LegendLayout.Vertical);
    chart
        .getStyler()
        .setYAxisMin(0.0)
        .setXAxisMax(counts[counts.length - 1])
        .setXAxisDecimalPattern("0");
    line(chart, "linear", counts, counts);
    for (String layout : List.of("NHWC", "NCHW")) {
      Standings single = new Standings(results, layout, 1);
      for (String contender : contenders(single)) {
        double[] speedUp = new double[counts.length];
        for (int i = 0; i < counts.length; i++) {
          speedUp[i] = speedUp(single, new Standings(results, layout, (int) counts[i]), contender);
        }
        XYSeries series = chart.addSeries(Names.of(contender) + " " + layout, counts, speedUp);
        series.setMarker(MARKERS.getOrDefault(Names.library(contender), SeriesMarkers.CIRCLE));
        series.setMarkerColor(color(contender)).setLineColor(color(contender));
        series.setLineStyle(
            layout.equals("NHWC")
                ? new BasicStroke(2)
                : new BasicStroke(
                    2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 4}, 0));
      }
    }
    save(chart, "scaling");
  }

  private static double speedUp(Standings single, Standings several, String contender) {
    return Standings.geometricMean(
            several.rows(),
            row -> {
              Optional<Timing> one =
                  single.rows().stream()
                      .filter(r -> r.task().equals(row.task()))
                      .findFirst()
                      .flatMap(r -> r.of(contender));
              return Standings.ratio(row.of(contender), one);
            })
        .orElse(Double.NaN);
  }

  /** Each start's curve, and the mark that it should pass within a second. */
  private void firstUse() throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(860)
            .height(520)
            .title("First use: a ResNet-50 3x3 layer in a fresh JVM, one line for each start")
            .xAxisTitle("seconds since the plan was asked for")
            .yAxisTitle("% of the steady speed")
            .build();
    style(chart.getStyler());
    chart.getStyler().setYAxisMin(0.0).setXAxisMin(0.0).setXAxisDecimalPattern("0.0");
    Set<String> variants = new LinkedHashSet<>();
    double last = 1;
    for (FirstUse use : results.session().firstUses()) {
      int start = chart.getSeriesMap().size();
      boolean first = variants.add(use.variant());
      String name = Names.of("convector/" + use.variant());
      XYSeries series = chart.addSeries(first ? name : name + start, use.seconds(), use.percents());
      series.setMarker(SeriesMarkers.NONE).setLineWidth(1.5f).setShowInLegend(first);
      series.setLineColor(COLORS.get(use.variant().equals("direct") ? "onednn" : "convector"));
      last = Math.max(last, use.seconds()[use.seconds().length - 1]);
    }
    line(chart, "90 %", new double[] {0, last}, new double[] {90, 90});
    chart.addAnnotation(new AnnotationLine(1, true, false));
    save(chart, "first-use");
  }

  /** Convector as a user gets it, then the others. */
  private static Set<String> contenders(Standings standings) {
    Set<String> names = new LinkedHashSet<>();
    standings.rows().forEach(r -> standings.ours(r).ifPresent(t -> names.add(t.contender())));
    names.addAll(standings.rivals());
    return names;
  }

  /** The power of ten below or above. */
  private static double decade(double value, boolean above) {
    double exponent = Math.log10(value);
    return Math.pow(10, above ? Math.ceil(exponent) : Math.floor(exponent));
  }

  private static void line(XYChart chart, String name, double[] x, double[] y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    series.setMarker(SeriesMarkers.NONE).setLineColor(INK).setLineWidth(1.5f);
  }

  private static void style(AxesChartStyler styler) {
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
    styler.setAxisTickLabelsFont(font).setAxisTitleFont(font);
    styler.setAxisTickLabelsColor(INK).setAxisTickMarksColor(INK).setPlotGridLinesColor(GRID);
    styler.setXAxisTitleColor(INK).setYAxisTitleColor(INK);
    styler
        .setChartBackgroundColor(GROUND)
        .setPlotBackgroundColor(GROUND)
        .setLegendBackgroundColor(GROUND)
        .setLegendBorderColor(GROUND)
        .setPlotBorderColor(GRID)
        .setChartFontColor(INK)
        .setChartTitleFont(font.deriveFont(Font.BOLD, 15f))
        .setChartTitleBoxVisible(false)
        .setLegendFont(font)
        .setLegendPosition(LegendPosition.OutsideS)
        .setLegendLayout(LegendLayout.Horizontal)
        .setAnnotationLineColor(INK)
        .setAnnotationLineStroke(new BasicStroke(1.5f))
        .setMarkerSize(8);
  }

  private void save(Chart<?, ?> chart, String kind, String layout, int threads) throws IOException {
    save(chart, kind + "-" + layout.toLowerCase(Locale.ROOT) + "-" + threads + "t");
  }

  private void save(Chart<?, ?> chart, String kind) throws IOException {
    String name = results.session().name() + "-" + kind + ".svg";
    VectorGraphicsEncoder.saveVectorGraphic(
        chart, folder.resolve(name).toString(), VectorGraphicsFormat.SVG);
    written.add(name);
  }

  private static Color color(String contender) {
    return COLORS.getOrDefault(Names.library(contender), INK);
  }

  private String batch() {
    return results.batch() == 1 ? "" : ", batch " + results.batch();
  }

  private static String threads(int count) {
    return count == 1 ? "one thread" : count + " threads";
  }
}
