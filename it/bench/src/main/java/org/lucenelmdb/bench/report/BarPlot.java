/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.lucenelmdb.bench.result.EngineInfo;

/** Bars, a row for each engine. */
final class BarPlot {

  private final Findings findings;
  private final List<EngineInfo> engines;
  private final String unit;
  private final Plot.Builder plot;

  /**
   * @param unit of the lengths of bars
   * @param axis the name of the axis, with the unit
   */
  BarPlot(
      String id,
      String title,
      Plot.Kind kind,
      Findings findings,
      List<EngineInfo> engines,
      String axis,
      String unit) {
    this.findings = findings;
    this.engines = engines;
    this.unit = unit;
    this.plot =
        Plot.bars(
            id, title, kind, Axis.linear(axis), engines.stream().map(findings::name).toList());
  }

  /** Adds a part, unless no engine has it. */
  BarPlot part(String name, ToDoubleFunction<EngineInfo> length) {
    List<Plot.Point> points = new ArrayList<>();
    for (int i = 0; i < engines.size(); i++) {
      double value = length.applyAsDouble(engines.get(i));
      points.add(
          new Plot.Point(
              value, i, findings.name(engines.get(i)) + "\n" + Format.number(value) + unit));
    }
    if (points.stream().anyMatch(p -> p.x() > 0)) {
      plot.series(name, null, points);
    }
    return this;
  }

  Plot build() {
    return plot.build();
  }
}
