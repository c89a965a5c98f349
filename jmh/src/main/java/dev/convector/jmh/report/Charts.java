package dev.convector.jmh.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Charts as PNG on an opaque ground, so that no page's theme hides them; an SVG of the library
 * draws each letter as a curve and has 250 KB.
 */
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

  /** Of a ratio that is drawn; what is above, is drawn here. */
  private static final double HIGHEST = 4;

  private final Path folder;
  private final List<String> written = new ArrayList<>();

  Charts(Path folder) {
    this.folder = folder;
  }

  /** Names of the files so far. */
  List<String> written() {
    return written;
  }

  /** Each network's mean speed in NHWC on the fewest threads, or what there is, under the peak. */
  String bars(Results results) throws IOException {
    int threads = results.threadCounts().first();
    Standings standings =
        Stream.of("NHWC", "NCHW", "gemm")
            .map(layout -> new Standings(results, layout, threads))
            .filter(s -> !s.rows().isEmpty())
            .findFirst()
            .orElseThrow();
    List<String> networks =
        standings.networks().stream().filter(network -> !Overview.isDrawn(network)).toList();
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(720, Math.min(1100, 260 + 90 * networks.size())))
            .height(460)
            .title(
                "Geometric means, "
                    + standings.layout()
                    + ", "
                    + SessionPage.threads(threads)
                    + "; the line is the peak")
            .yAxisTitle("GFLOP/s")
            .build();
    style(chart.getStyler());
    chart
        .getStyler()
        .setAvailableSpaceFill(0.8)
        .setXAxisLabelRotation(networks.size() > 4 ? 30 : 0);
    double highest = 0;
    List<String> libraries = new ArrayList<>(List.of("convector"));
    libraries.addAll(standings.libraries(standings.rows()));
    for (String library : libraries) {
      List<Double> means = new ArrayList<>();
      for (String network : networks) {
        double mean =
            SessionPage.mean(
                standings.rows(network),
                row ->
                    (library.equals("convector") ? standings.ours(row) : standings.of(row, library))
                        .map(row::gflops)
                        .orElse(Double.NaN));
        means.add(Double.isNaN(mean) ? 0 : mean);
        highest = Math.max(highest, means.getLast());
      }
      chart
          .addSeries(Names.of(library), networks, means)
          .setFillColor(COLORS.getOrDefault(library, INK));
    }
    double peak = results.peak(threads);
    chart.addAnnotation(new AnnotationLine(peak, false, false));
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(1.05 * Math.max(peak, highest));
    return save(chart, results.title() + "-networks.png");
  }

  /** The ratios of all drawn layers on one thread in ascending order, a line for each layout. */
  String distribution(Results results) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(860)
            .height(460)
            .title("Layers that no table has: speed over that of the fastest other library")
            .xAxisTitle("% of the layers that are below")
            .yAxisTitle("ratio, at most " + (int) HIGHEST)
            .build();
    style(chart.getStyler());
    chart.getStyler().setXAxisMin(0.0).setXAxisMax(100.0).setXAxisDecimalPattern("0");
    chart.getStyler().setYAxisMin(0.0).setYAxisMax(HIGHEST).setYAxisDecimalPattern("0.0");
    for (int threads : results.threadCounts()) {
      for (String layout : List.of("NHWC", "NCHW")) {
        double[] ratios =
            Arrays.stream(new DrawnTable(results, layout, threads).sorted())
                .map(ratio -> Math.min(ratio, HIGHEST))
                .toArray();
        double[] parts = new double[ratios.length];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = 100.0 * i / Math.max(1, parts.length - 1);
        }
        if (ratios.length > 0) {
          String name = layout + ", " + SessionPage.threads(threads);
          XYSeries series = chart.addSeries(name, parts, ratios);
          series.setMarker(SeriesMarkers.NONE).setLineWidth(2);
          series.setLineColor(COLORS.get(layout.equals("NHWC") ? "convector" : "onednn"));
        }
      }
    }
    line(chart, "as fast", new double[] {0, 100}, new double[] {1, 1});
    return save(chart, results.title() + "-drawn.png");
  }

  /** The table's figures on the fewest threads as bars; an empty name if there are none. */
  String headline(Headline headline, String name) throws IOException {
    List<String> subjects = Stream.of(Headline.Subject.values()).map(s -> s.shortTitle()).toList();
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(860)
            .height(420)
            .title("Speed over that of the fastest other library; the line is as fast")
            .yAxisTitle("ratio")
            .build();
    style(chart.getStyler());
    chart.getStyler().setAvailableSpaceFill(0.7).setYAxisMin(0.0);
    for (Headline.Column column : headline.columns()) {
      List<Double> means = new ArrayList<>();
      for (Headline.Subject subject : Headline.Subject.values()) {
        means.add(headline.cell(subject, column).map(Headline.Cell::mean).orElse(0.0));
      }
      if (means.stream().anyMatch(mean -> mean > 0)) {
        chart.addSeries(column.title(), subjects, means).setFillColor(shade(column));
      }
    }
    if (chart.getSeriesMap().isEmpty()) {
      return "";
    }
    chart.addAnnotation(new AnnotationLine(1, false, false));
    return save(chart, name);
  }

  /** More threads are paler. */
  private static Color shade(Headline.Column column) {
    Color color = COLORS.get(column.layout().equals("NHWC") ? "convector" : "onednn");
    return column.threads() == 1
        ? color
        : new Color(color.getRed(), color.getGreen(), color.getBlue(), 128);
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

  private String save(Chart<?, ?> chart, String name) throws IOException {
    BitmapEncoder.saveBitmap(chart, folder.resolve(name).toString(), BitmapFormat.PNG);
    written.add(name);
    return name;
  }
}
