/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A parameter sweep of one engine in one round over the values of ef: recall, and a figure that
 * depends on it, such as the rate. Interpolates the figure at a recall.
 */
public final class ParameterSweep {

  /** One value of ef. */
  private record Point(double recall, double figure) {}

  private final List<Point> points;
  private final Better better;

  private ParameterSweep(List<Point> points, Better better) {
    this.points = points;
    this.better = better;
  }

  /**
   * Creates a sweep from the samples that have recall and the figure, whose logarithm is
   * interpolated.
   */
  public static ParameterSweep of(List<Sample> samples, String figure) {
    List<Point> points =
        samples.stream()
            .map(s -> new Point(s.value(Figures.RECALL), s.value(figure)))
            .filter(p -> p.recall >= 0 && p.figure > 0)
            .sorted(Comparator.comparingDouble(Point::recall))
            .toList();
    return new ParameterSweep(points, Better.of(figure));
  }

  /**
   * The best figure at a recall: of the points that have at least this recall, and of the line
   * between the last point below it and the first one that is not. Empty if no point has this
   * recall. Does not extrapolate: if all points have it, the best point counts.
   */
  public OptionalDouble at(double recall) {
    Point below = null;
    Point above = null;
    double best = Double.NaN;
    for (Point point : points) {
      if (point.recall < recall) {
        below = point;
      } else if (above == null) {
        above = point;
        best = point.figure;
      } else {
        best = better.best(best, point.figure);
      }
    }
    if (above == null) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(
        below == null ? best : better.best(best, between(below, above, recall)));
  }

  private static double between(Point below, Point above, double recall) {
    double part = (recall - below.recall) / (above.recall - below.recall);
    return Math.exp((1 - part) * Math.log(below.figure) + part * Math.log(above.figure));
  }
}
