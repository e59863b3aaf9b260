/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Samples;

/** Tables with a column for each value of ef, or of another numeric coordinate. */
final class Grid {

  private Grid() {}

  /**
   * A row for each engine and figure, a column for each value.
   *
   * @param coordinate the name of the coordinate, for the headers
   * @param values of the coordinate
   * @param at selects an engine's samples at a value
   * @param figures names as in {@link Figures}
   */
  static Table of(
      String title,
      Findings findings,
      Samples samples,
      String coordinate,
      Collection<Integer> values,
      SamplesAt at,
      List<String> figures) {
    Table.Builder table = Table.builder(title, 2, "engine", "figure");
    values.forEach(value -> table.column(coordinate + " " + Format.count(value)));
    for (EngineInfo engine : findings.engines(samples)) {
      Samples selected = samples.engine(engine.name());
      for (String figure : figures) {
        List<String> row = new ArrayList<>(List.of(findings.name(engine), label(figure)));
        values.forEach(value -> row.add(cell(figure, at.apply(selected, value).figure(figure))));
        table.row(row);
      }
    }
    return table.build();
  }

  /** Selects the samples at a value of a coordinate. */
  interface SamplesAt {
    Samples apply(Samples samples, int value);
  }

  private static String cell(String figure, ByRound values) {
    return switch (figure) {
      case Figures.RECALL, Figures.FRESH_RECALL -> Format.recall(values);
      case Figures.BAD -> Format.percent(values);
      default -> Format.number(values);
    };
  }

  /** The label of a figure in reports. */
  static String label(String figure) {
    return switch (figure) {
      case Figures.RATE -> "queries/s";
      case Figures.CPU_RATE -> "queries/CPU s";
      case Figures.P50 -> "p50 us";
      case Figures.P95 -> "p95 us";
      case Figures.P99 -> "p99 us";
      case Figures.PAGES -> "pages/query";
      case Figures.READ_PAGES -> "pages read";
      case Figures.MAJOR_FAULTS -> "major faults";
      case Figures.BYTES_PER_VECTOR -> "bytes/vector";
      case Figures.FRESH_RECALL -> "fresh recall";
      case Figures.SHORT -> "short answers";
      case Figures.BAD -> "bad queries";
      default -> figure;
    };
  }

  /** One row for each engine, with any figures as columns. */
  static Table byEngine(
      String title,
      Findings findings,
      List<EngineInfo> engines,
      List<String> headers,
      List<Function<EngineInfo, String>> cells) {
    Table.Builder table = Table.builder(title, 1, "engine");
    headers.forEach(table::column);
    for (EngineInfo engine : engines) {
      List<String> row = new ArrayList<>(List.of(findings.name(engine)));
      cells.forEach(cell -> row.add(cell.apply(engine)));
      table.row(row);
    }
    return table.build();
  }
}
