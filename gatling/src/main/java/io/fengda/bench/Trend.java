package io.fengda.bench;

/**
 * A straight line through points, by least squares.
 *
 * @param slope of y for each unit of x
 * @param error of the slope, its standard error, as if the points were independent
 */
record Trend(double slope, double error) {
  private static final int POINTS_MIN = 3;

  static Trend of(double[] x, double[] y) {
    int n = x.length;
    if (n < POINTS_MIN || y.length != n) {
      throw new IllegalArgumentException("a trend of %d and %d numbers".formatted(n, y.length));
    }
    double meanX = mean(x);
    double meanY = mean(y);
    double xx = 0;
    double xy = 0;
    for (int i = 0; i < n; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
    }
    double slope = xy / xx;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double rest = y[i] - meanY - slope * (x[i] - meanX);
      squares += rest * rest;
    }
    return new Trend(slope, Math.sqrt(squares / (n - 2) / xx));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
