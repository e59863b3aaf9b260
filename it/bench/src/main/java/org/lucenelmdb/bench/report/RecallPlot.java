/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Samples;

/** A figure over recall, a line for each engine, a point for each ef. */
final class RecallPlot {

  /** Lower recalls are of little use, and would compress the others. */
  private static final double LOWEST = 0.7;

  private RecallPlot() {}

  /**
   * @param samples that differ in engine, round and ef only
   * @param figure name as in {@link Figures}
   * @param axis of the figure
   */
  static Plot of(
      String id, String title, Findings findings, Samples samples, String figure, Axis axis) {
    Plot.Builder plot =
        Plot.lines(
            id, title, axis("recall@" + findings.result().setup().k(), recalls(samples)), axis);
    for (EngineInfo engine : findings.engines(samples)) {
      Samples selected = samples.engine(engine.name());
      List<Plot.Point> points = new ArrayList<>();
      for (int ef : selected.efs()) {
        double recall = selected.ef(ef).figure(Figures.RECALL).median();
        ByRound values = selected.ef(ef).figure(figure);
        points.add(
            new Plot.Point(
                recall,
                values.median(),
                "ef "
                    + ef
                    + "\nrecall "
                    + Format.recall(recall)
                    + "\n"
                    + Format.spread(values)
                    + " "
                    + Grid.label(figure)));
      }
      plot.series(findings.name(engine), findings.style(engine), points);
    }
    return plot.build();
  }

  /** An interval that divides the axis evenly. */
  private static double interval(double length) {
    if (length > 0.51) {
      return 0.1;
    }
    return length > 0.11 ? 0.05 : length > 0.06 ? 0.02 : 0.01;
  }

  private static double[] recalls(Samples samples) {
    return samples.list().stream()
        .mapToDouble(s -> s.value(Figures.RECALL))
        .filter(r -> !Double.isNaN(r))
        .toArray();
  }

  /** An axis from a round number below the recalls to 1; see {@link #LOWEST}. */
  static Axis axis(String name, double... recalls) {
    if (recalls.length == 0) {
      return Axis.linear(name);
    }
    double lowest = Arrays.stream(recalls).min().getAsDouble();
    boolean mostAreHigher =
        Arrays.stream(recalls).filter(r -> r >= LOWEST).count() * 2 > recalls.length;
    double least = mostAreHigher ? Math.max(lowest, LOWEST) : lowest;
    double step = least > 0.95 ? 0.01 : 0.05;
    double min = Math.floor(least / step + 1e-9) * step;
    min = Math.min(min, 1 - step);
    return new Axis(name, false, "number", min, 1.0, interval(1 - min));
  }
}
