/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Recalls;
import org.lucenelmdb.bench.result.Samples;

/** A figure at each of the recalls, with ratios: three tables of the same shape. */
final class AtRecalls {

  private AtRecalls() {}

  /**
   * @param what names the figure, for the titles
   * @param samples that differ in engine, round and ef only
   */
  static void add(
      Section.Builder section, Findings findings, Samples samples, String what, String figure) {
    BiFunction<EngineInfo, Double, ByRound> at =
        (engine, recall) -> samples.engine(engine.name()).atRecall(recall, figure);
    section.add(
        table(findings, samples, what + " at a recall", (c, r) -> Format.number(at.apply(c, r))));
    section.add(
        table(
            findings,
            samples,
            what + " at a recall: " + findings.baselineTitle(),
            (c, r) -> Format.ratio(findings.toBaseline(c, other -> at.apply(other, r)))));
    section.add(
        table(
            findings,
            samples,
            what + " at a recall: " + findings.oursTitle(),
            (c, r) -> Format.ratio(findings.oursToIt(c, other -> at.apply(other, r)))));
  }

  private static Table table(
      Findings findings,
      Samples samples,
      String title,
      BiFunction<EngineInfo, Double, String> cell) {
    List<String> headers = new ArrayList<>();
    List<Function<EngineInfo, String>> cells = new ArrayList<>();
    for (double recall : Recalls.ALL) {
      headers.add("at " + Format.target(recall));
      cells.add(engine -> cell.apply(engine, recall));
    }
    return Grid.byEngine(title, findings, findings.engines(samples), headers, cells);
  }
}
