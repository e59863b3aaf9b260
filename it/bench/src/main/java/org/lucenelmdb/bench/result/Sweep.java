/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What one engine reached in one round over the values of ef: recall, and a figure that depends on
 * it, such as the rate. Answers what the figure is at a recall that was not hit exactly.
 */
public final class Sweep {

  /** One value of ef. */
  private record Point(double recall, double figure) {}

  private final List<Point> points;
  private final Better better;

  private Sweep(List<Point> points, Better better) {
    this.points = points;
    this.better = better;
  }

  /** Of the samples that have recall and the figure, which is interpolated as a logarithm. */
  public static Sweep of(List<Sample> samples, String figure) {
    List<Point> points =
        samples.stream()
            .map(s -> new Point(s.value(Figures.RECALL), s.value(figure)))
            .filter(p -> p.recall >= 0 && p.figure > 0)
            .sorted(Comparator.comparingDouble(Point::recall))
            .toList();
    return new Sweep(points, Better.of(figure));
  }

  /**
   * The best figure with which the recall can be had: of the points that have at least this recall,
   * and of the line between the last point below and the first one that is not. No value when no
   * point has this recall. Never extrapolates: when all points have it, the best point counts.
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
