/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Recalls;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.Sample;
import org.lucenelmdb.bench.result.SyntheticResult;

/** The data of plots, computed in Java. */
public class TestPlots extends LuceneTestCase {

  private static List<Plot> plots(Result result) {
    return Sections.of(Findings.withLabels(result)).stream()
        .flatMap(s -> s.plots().stream())
        .toList();
  }

  private static Plot plot(Result result, String id) {
    return plots(result).stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
  }

  public void testEveryPlot() {
    Result full = SyntheticResult.full();
    assertEquals(
        List.of(
            "search",
            "threads-4",
            "latency",
            "target",
            "filters-random",
            "filters-near",
            "filters-far",
            "build-1",
            "memory",
            "size",
            "churn-40",
            "churn-160",
            "pages",
            "cold",
            "abort",
            "growth-queries-s-at-0-95",
            "growth-queries-s-at-0-99",
            "growth-build-s",
            "growth-peak-heap-MB",
            "growth-bytes",
            "growth-smallest-heap-MB",
            "growth-pages-per-query-at-0-95"),
        plots(full).stream().map(Plot::id).toList());
    for (Plot plot : plots(full)) {
      assertEquals(
          plot.id(),
          plot.series().stream().mapToInt(s -> s.points().size()).sum(),
          plot.table().rows().size());
    }
  }

  public void testPointsFollowEf() {
    Plot plot = plot(SyntheticResult.full(), "search");
    assertEquals(6, plot.series().size());
    List<String> efs =
        plot.series().getFirst().points().stream()
            .map(p -> p.tip().lines().findFirst().orElseThrow())
            .toList();
    assertEquals(SyntheticResult.EFS.stream().map(ef -> "ef " + ef).toList(), efs);
  }

  /** A round number below the lowest useful recall. */
  public void testRecallAxis() {
    assertEquals(0.75, plot(SyntheticResult.full(), "search").x().min(), 1e-9);
    assertEquals(0.7, recallAxis(0.2, 0.8, 0.9, 0.99).min(), 1e-9);
    assertEquals(0.2, recallAxis(0.2, 0.3, 0.4, 0.99).min(), 1e-9);
    assertEquals(0.97, recallAxis(0.975, 0.99).min(), 1e-9);
    assertEquals(0.99, recallAxis(1, 1).min(), 1e-9);
  }

  private static Axis recallAxis(double... recalls) {
    SyntheticResult result = new SyntheticResult(1, 10).engine("a", "A", "f");
    for (int i = 0; i < recalls.length; i++) {
      result.sample(
          new Sample(
              Measure.SEARCH,
              "a",
              0,
              10,
              10 + i,
              1,
              null,
              null,
              null,
              Map.of(Figures.RECALL, recalls[i], Figures.RATE, 5.0)));
    }
    return plot(result.build(), "search").x();
  }

  /** A diagonal, and a line for each engine of lucene-lmdb and size. */
  public void testTargets() {
    Plot plot = plot(SyntheticResult.full(), "target");
    assertEquals(
        List.of(
            "as requested",
            "lucene-lmdb, 10,000 vectors",
            "lucene-lmdb, 1 bit, 10,000 vectors",
            "lucene-lmdb, 30,000 vectors",
            "lucene-lmdb, 1 bit, 30,000 vectors",
            "lucene-lmdb, 100,000 vectors",
            "lucene-lmdb, 1 bit, 100,000 vectors"),
        plot.series().stream().map(Plot.Series::name).toList());
    assertEquals(
        "lines have symbols of their own",
        6,
        plot.series().stream().skip(1).map(s -> s.style().index()).distinct().count());
    for (Plot.Point point : plot.series().getFirst().points()) {
      assertEquals(point.x(), point.y(), 0);
    }
    List<Plot.Point> points = plot.series().getLast().points();
    assertEquals(Recalls.ALL, points.stream().map(Plot.Point::x).toList());
    for (Plot.Point point : points) {
      assertEquals(point.x() - 0.002, point.y(), 1e-9);
    }
    assertEquals(0.85, plot.x().min(), 1e-9);
    assertEquals(plot.x().min(), plot.y().min());
  }

  public void testPointsThatHaveNoLogarithm() {
    Sample zero =
        Sample.of(Measure.SEARCH, "a", 0, 10, Map.of(Figures.RECALL, 0.5, Figures.RATE, 0.0));
    Result result = new SyntheticResult(1, 10).engine("a", "A", "f").sample(zero).build();
    assertEquals(List.of(), plots(result));
  }

  /** An engine that reports only the total is not drawn as if its parts took no time. */
  public void testBuildWithoutParts() {
    Result result =
        new SyntheticResult(1, 10)
            .engine("a", "A", "f")
            .engine("b", "B", "g")
            .sample(Sample.of(Measure.BUILD, "a", 0, 10, Map.of(Figures.BUILD, 7.0)))
            .sample(
                Sample.of(
                    Measure.BUILD,
                    "b",
                    0,
                    10,
                    Map.of(Figures.BUILD, 3.0, Figures.ADD, 1.0, Figures.FORCE_MERGE, 2.0)))
            .build();
    Map<String, List<Double>> parts =
        plot(result, "build-1").series().stream()
            .collect(
                Collectors.toMap(
                    Plot.Series::name, s -> s.points().stream().map(Plot.Point::x).toList()));
    assertEquals(
        Map.of(
            "add", List.of(1.0), "force merge", List.of(2.0), "not told apart", List.of(7.0, 0.0)),
        parts);
  }

  public void testStyles() {
    Result full = SyntheticResult.full();
    Findings findings = Findings.withLabels(full);
    List<Style> styles = full.engines().stream().map(findings::style).toList();
    assertEquals(new Style(0, 0, 0, 2), styles.get(0));
    assertEquals(new Style(1, 0, 1, 2), styles.get(1));
    assertEquals(new Style(2, 1, 0, 2), styles.get(2));
    assertEquals(new Style(5, 3, 0, 1), styles.get(5));
  }

  /** The legend distinguishes lines by their names. */
  public void testLabelsThatAreNotUnique() {
    Result result =
        new SyntheticResult(1, 10)
            .engine("a", "same", "f")
            .engine("b", "same", "f")
            .engine("c", null, null)
            .engine("d", "D", "f")
            .build();
    Findings findings = Findings.withLabels(result);
    assertEquals(
        List.of("a", "b", "c", "D"), result.engines().stream().map(findings::name).toList());
    EngineInfo withoutFamily = result.engines().get(2);
    assertEquals(new Style(2, 2, 0, 1), findings.style(withoutFamily));
  }
}
