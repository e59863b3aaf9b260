/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Rounds, groups, strategies and growth on examples that can be computed by hand. */
public class TestAnalyses extends LuceneTestCase {

  private static Sample search(
      String engine, int round, int ef, String strategy, double recall, double rate) {
    return new Sample(
        Measure.FILTER,
        engine,
        round,
        100,
        ef,
        1,
        "f",
        strategy,
        null,
        Map.of(Figures.RECALL, recall, Figures.RATE, rate));
  }

  public void testSpread() {
    assertEquals(new Spread(2, 1, 9, 3), Spread.of(9, 1, 2));
    assertEquals(new Spread(1.5, 1, 2, 2), Spread.of(2, 1));
    assertEquals(new Spread(7, 7, 7, 1), Spread.of(List.of(7.0)));
    assertFalse(Spread.of().isPresent());
    assertTrue(Double.isNaN(Spread.of().median()));
  }

  public void testSpreadOverSpread() {
    assertEquals(new Spread(2, 0.5, 8, 3), Spread.of(2, 4, 8).over(Spread.of(1, 2, 4)));
    assertFalse(Spread.of(1).over(Spread.of()).isPresent());
    assertFalse(Spread.of(1).over(Spread.of(0)).isPresent());
  }

  /** Rounds that only one of the two has do not count. */
  public void testRatioOfTheSameRound() {
    ByRound ours = ByRound.of(Map.of(0, 10.0, 1, 30.0, 2, 50.0));
    ByRound other = ByRound.of(Map.of(0, 20.0, 1, 10.0, 3, 1.0));
    assertEquals(ByRound.of(Map.of(0, 0.5, 1, 3.0)), ours.over(other));
    assertEquals(new Spread(1.75, 0.5, 3, 2), ours.over(other).spread());
    assertTrue(ours.over(ByRound.NONE).isEmpty());
    assertTrue(ours.over(ByRound.of(Map.of(0, 0.0))).isEmpty());
  }

  public void testCoordinates() {
    Samples samples =
        Samples.of(
            List.of(
                search("a", 0, 10, "x", 0.5, 100),
                search("a", 1, 10, "x", 0.5, 200),
                search("a", 0, 20, null, 0.9, 50),
                search("b", 0, 20, "y", 0.9, 60)));
    assertEquals(List.of(10, 20), List.copyOf(samples.efs()));
    assertEquals(List.of("x", "", "y"), List.copyOf(samples.by(Sample::strategy).keySet()));
    assertEquals(
        ByRound.of(Map.of(0, 100.0, 1, 200.0)), samples.engine("a").ef(10).figure(Figures.RATE));
    assertTrue(samples.engine("c").figure(Figures.RATE).isEmpty());
    assertTrue(samples.engine("a").figure(Figures.PAGES).isEmpty());
    assertEquals(1, samples.by(Sample::strategy).get("").list().size());
    assertTrue(samples.measure(Measure.SEARCH).isEmpty());
    assertEquals(4, samples.threads(1).filter("f").generation(null).vectors(100).list().size());
  }

  public void testAtRecallOfEachRound() {
    Samples samples =
        Samples.of(
            List.of(
                search("a", 0, 10, null, 0.9, 400),
                search("a", 0, 20, null, 1.0, 100),
                search("a", 1, 10, null, 0.9, 900),
                search("a", 1, 20, null, 1.0, 100),
                search("a", 2, 10, null, 0.9, 900)));
    ByRound rates = samples.atRecall(0.95, Figures.RATE);
    assertEquals("round 2 does not reach it", 2, rates.values().size());
    assertEquals(200, rates.values().get(0), 1e-9);
    assertEquals(300, rates.values().get(1), 1e-9);
    assertEquals(250, rates.median(), 1e-9);
  }

  public void testBestStrategy() {
    Samples samples =
        Samples.of(
            List.of(
                search("a", 0, 10, "fast", 0.96, 500),
                search("a", 0, 10, "exact", 1.0, 100),
                search("a", 1, 10, "fast", 0.96, 50),
                search("a", 1, 10, "exact", 1.0, 120),
                search("a", 2, 10, "fast", 0.96, 510),
                search("a", 2, 10, "exact", 1.0, 110)));
    BestStrategy at95 = BestStrategy.of(samples, 0.95);
    assertEquals("fast", at95.strategy());
    assertEquals(500, at95.rates().median(), 0);
    BestStrategy at98 = BestStrategy.of(samples, 0.98);
    assertEquals("exact", at98.strategy());
    assertEquals(110, at98.rates().median(), 0);
    assertFalse(BestStrategy.of(samples, 1.1).isPresent());
  }

  /** Forced strategies do not count, because they are not available by default. */
  public void testForcedStrategiesAreNotTheBest() {
    Samples samples =
        Samples.of(
            List.of(
                search("a", 0, 10, "default", 0.96, 100),
                search("a", 0, 10, BestStrategy.forced("EXHAUSTIVE"), 0.99, 500)));
    assertEquals("default", BestStrategy.of(samples, 0.95).strategy());
    assertEquals(100, BestStrategy.of(samples, 0.95).rates().median(), 0);
    assertFalse(BestStrategy.of(samples, 0.98).isPresent());
    assertFalse(BestStrategy.isForced(null));
  }

  private static PlannedSearch planned(double recall, double rate, double... forced) {
    List<Sample> samples = new ArrayList<>();
    samples.add(search("a", 0, 20, "default", 1, 1));
    samples.add(search("a", 0, 10, "default", recall, rate));
    for (int i = 0; i < forced.length; i += 2) {
      String strategy = BestStrategy.forced("" + i / 2);
      samples.add(search("a", 0, 10, strategy, forced[i], forced[i + 1]));
    }
    List<PlannedSearch> planned = PlannedSearch.of(Samples.of(samples));
    assertEquals(forced.length == 0 ? 0 : 1, planned.size());
    return planned.isEmpty() ? null : planned.getFirst();
  }

  public void testPlans() {
    PlannedSearch slow = planned(0.995, 1000, 0.985, 2000, 0.97, 4000, 1, 500);
    assertEquals(1000, slow.micros(), 1e-9);
    assertEquals("the second recalls too little", 2, slow.toBest(), 1e-9);
    assertFalse(slow.isGood());
    assertTrue(slow.isEnough());
    assertFalse("not known", slow.isBelowUnfiltered());
    assertEquals(500, slow.forced().get(BestStrategy.forced("0")).micros(), 1e-9);
    assertFalse(slow.forced().get(BestStrategy.forced("1")).counts());
    PlannedSearch poor = planned(0.95, 1000, 0.94, 1300);
    assertEquals("as good as the plan", 1.3, poor.toBest(), 1e-9);
    assertFalse(poor.isEnough());
    assertTrue(planned(0.95, 1000, 0.93, 1300).isGood()); // there is no better one
    assertTrue(Double.isNaN(planned(0.95, 1000, 0.93, 1300).toBest()));
    assertNull(planned(0.95, 1000));
  }

  public void testPlansTaken() {
    Map<String, Double> taken = new TreeMap<>();
    taken.put(Figures.PLAN_PREFIX + "EXHAUSTIVE", 0.2);
    taken.put(Figures.PLAN_PREFIX + "POST_FILTERED>EXHAUSTIVE", 0.8);
    taken.put(Figures.UNFILTERED_RECALL, 0.98);
    taken.put(Figures.VISITS, 77.0);
    PlannedSearch search =
        PlannedSearch.of(
                Samples.of(
                    List.of(
                        search("a", 0, 10, "default", 0.965, 100).with(taken),
                        search("a", 0, 10, BestStrategy.forced("EXHAUSTIVE"), 1, 100))))
            .getFirst();
    assertEquals(
        List.of("POST_FILTERED>EXHAUSTIVE", "EXHAUSTIVE"), List.copyOf(search.plans().keySet()));
    assertTrue(search.isBelowUnfiltered());
    assertEquals(77, search.visits(), 0);
    assertTrue(Double.isNaN(search.switches()));
  }

  public void testGrowth() {
    assertEquals(1.5, Growth.exponent(Map.of(1, 7.0, 4, 56.0, 100, 7000.0)).orElseThrow(), 1e-9);
    assertEquals(-1, Growth.exponent(Map.of(10, 5.0, 50, 1.0)).orElseThrow(), 1e-9);
    assertEquals(0, Growth.exponent(Map.of(10, 5.0, 50, 5.0)).orElseThrow(), 1e-9);
    // ln 1, ln e-like points that are not on one line: the slope of least squares, computed by hand
    assertEquals(
        Math.log(2) / (2 * Math.log(10)),
        Growth.exponent(Map.of(1, 1.0, 10, 2.0, 100, 2.0)).orElseThrow(),
        1e-9);
    assertTrue(Growth.exponent(Map.of(10, 5.0)).isEmpty());
    assertTrue(Growth.exponent(Map.of(10, 5.0, 20, 0.0)).isEmpty());
    assertTrue(Growth.exponent(Map.of()).isEmpty());
  }

  public void testKeyFigures() {
    Result full = SyntheticResult.full();
    Samples samples = Samples.of(full.samples());
    Map<String, ByRound> figures = new TreeMap<>();
    KeyFigures.of(samples, "lucene99", 100_000)
        .forEach((key, values) -> figures.put(key.name(), values));
    for (String name :
        List.of(
            "queries/s at 0.95",
            "queries/s at 0.95, 4 threads",
            "build, s",
            "smallest heap, MB",
            "filter near 10.0% at 0.95",
            "recall after generation 3, ef 160",
            "pages per query at 0.95",
            "cold queries/s",
            "cold open, s")) {
      assertTrue(name + " in " + figures.keySet(), figures.containsKey(name));
      assertEquals(name, 3, figures.get(name).values().size());
    }
    assertTrue(KeyFigures.of(samples, "lucene99", 77).isEmpty());
  }
}
