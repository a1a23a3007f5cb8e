package io.fengda.bench;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Whether something grows: the mean slope of a few parts of a series, each by least squares, and the
 * standard error of that mean (batch means; Law, "Simulation Modeling and Analysis", 9.5.3).
 *
 * <p>Looks at one process depend on those right before: memory goes up and down in steps, and a
 * line through all points would take a single step for a hundred that agree. Parts that are long
 * against the steps are nearly independent.
 *
 * @param slope of y for each unit of x
 * @param error of the slope
 */
record Trend(double slope, double error) {
  private static final int PARTS = 5;
  private static final int POINTS_MIN = 3;

  /**
   * Of points in the order of x.
   *
   * @throws IllegalArgumentException where a part would have fewer than three
   */
  static Trend of(double[] x, double[] y) {
    int n = x.length;
    if (n < PARTS * POINTS_MIN || y.length != n) {
      throw new IllegalArgumentException("a trend of %d and %d numbers".formatted(n, y.length));
    }
    double[] slopes =
        IntStream.range(0, PARTS)
            .mapToDouble(part -> slope(x, y, part * n / PARTS, (part + 1) * n / PARTS))
            .toArray();
    double mean = mean(slopes);
    double squares = Arrays.stream(slopes).map(slope -> (slope - mean) * (slope - mean)).sum();
    return new Trend(mean, Math.sqrt(squares / (PARTS - 1) / PARTS));
  }

  private static double slope(double[] x, double[] y, int from, int to) {
    double meanX = mean(Arrays.copyOfRange(x, from, to));
    double meanY = mean(Arrays.copyOfRange(y, from, to));
    double xx = 0;
    double xy = 0;
    for (int i = from; i < to; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
    }
    return xy / xx;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
