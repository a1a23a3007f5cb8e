package io.fengda.bench.autoscale;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A picture of some policies' midnight: load, pods, lag and waiting time. */
public final class AutoscaleChart {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 330;
  private static final int MINUTES_BEFORE = 20;
  private static final int MINUTES_AFTER = 60;

  /** Seconds of a point, which shows the most of them. */
  private static final int POINT_SECONDS = 5;

  /** The same for waiting times, which would else be a comb. */
  private static final int WAIT_POINT_SECONDS = 60;

  private static final Color LOAD = new Color(0x555555);
  private static final Color BOUND = new Color(0x888888);
  private static final List<Color> COLORS =
      List.of(new Color(0xc44e52), new Color(0xdd8a2e), new Color(0x2f6db5));
  private static final BasicStroke LINE = new BasicStroke(1.8f);
  private static final BasicStroke DASHED =
      new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {5, 4}, 0);

  private final List<RehearsedDay> days;
  private final double waitAllowedSeconds;

  private AutoscaleChart(List<RehearsedDay> days, double waitAllowedSeconds) {
    this.days = days;
    this.waitAllowedSeconds = waitAllowedSeconds;
  }

  /**
   * Writes it as PNG.
   *
   * @param days three at most, each a line
   * @param waitAllowedSeconds the bound that waiting times have
   */
  public static void write(List<RehearsedDay> days, double waitAllowedSeconds, Path file) {
    System.setProperty("java.awt.headless", "true");
    AutoscaleChart chart = new AutoscaleChart(days, waitAllowedSeconds);
    try {
      BitmapEncoder.saveBitmap(
          List.of(chart.load(), chart.pods(), chart.lag(), chart.waits()),
          2,
          2,
          file.toString(),
          BitmapEncoder.BitmapFormat.PNG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private XYChart load() {
    XYChart chart = panel("Load", "turns a second");
    draw(chart, "turns", days.getFirst(), Trace.Second::rate, POINT_SECONDS, LOAD);
    chart.getStyler().setYAxisDecimalPattern("#,###").setYAxisMin(0.0);
    return chart;
  }

  private XYChart pods() {
    XYChart chart = panel("Workers that are ready", "pods");
    each(chart, Trace.Second::ready, POINT_SECONDS);
    chart.getStyler().setYAxisMin(0.0);
    return chart;
  }

  private XYChart lag() {
    XYChart chart = panel("Lag: queries that are not committed", "queries");
    each(chart, Trace.Second::lag, POINT_SECONDS);
    bound(chart, "threshold", days.getLast().policy().triggers().lag());
    chart.getStyler().setYAxisDecimalPattern("#,###").setYAxisMin(0.0);
    return chart;
  }

  private XYChart waits() {
    XYChart chart = panel("Longest wait of a query for its worker, each minute", "seconds");
    each(chart, Trace.Second::waitMaxSeconds, WAIT_POINT_SECONDS);
    bound(chart, "bound", waitAllowedSeconds);
    chart.getStyler().setYAxisDecimalPattern("0.##").setYAxisLogarithmic(true);
    return chart;
  }

  private static XYChart panel(String title, String unit) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("minutes after midnight")
            .yAxisTitle(unit)
            .build();
    chart
        .getStyler()
        .setLegendPosition(Styler.LegendPosition.OutsideS)
        .setLegendLayout(Styler.LegendLayout.Horizontal)
        .setLegendBorderColor(Color.WHITE)
        .setChartBackgroundColor(Color.WHITE)
        .setChartTitleBoxVisible(false);
    chart.getStyler().setXAxisMin((double) -MINUTES_BEFORE).setXAxisMax((double) MINUTES_AFTER);
    return chart;
  }

  private void each(XYChart chart, ToDoubleFunction<Trace.Second> what, int pointSeconds) {
    for (int i = 0; i < days.size(); i++) {
      draw(chart, days.get(i).policy().name(), days.get(i), what, pointSeconds, COLORS.get(i));
    }
  }

  private static void bound(XYChart chart, String name, double value) {
    double[] minutes = {-MINUTES_BEFORE, MINUTES_AFTER};
    chart
        .addSeries(name, minutes, new double[] {value, value})
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(BOUND)
        .setLineStyle(DASHED);
  }

  private static void draw(
      XYChart chart,
      String name,
      RehearsedDay day,
      ToDoubleFunction<Trace.Second> what,
      int pointSeconds,
      Color color) {
    int points = 60 * (MINUTES_BEFORE + MINUTES_AFTER) / pointSeconds;
    double[] minutes = new double[points];
    double[] values = new double[points];
    for (int i = 0; i < points; i++) {
      minutes[i] = i * pointSeconds / 60.0 - MINUTES_BEFORE;
      int from = DayOfLoad.MIDNIGHT + (int) Math.round(60 * minutes[i]);
      for (int second = from; second < from + pointSeconds; second++) {
        values[i] = Math.max(values[i], what.applyAsDouble(day.trace().at(second)));
      }
    }
    chart
        .addSeries(name, minutes, values)
        .setMarker(SeriesMarkers.NONE)
        .setLineColor(color)
        .setLineStyle(LINE);
  }
}
