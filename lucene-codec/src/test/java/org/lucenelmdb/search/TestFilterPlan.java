/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import static org.lucenelmdb.search.FilterStrategy.SCAN;
import static org.lucenelmdb.search.FilterStrategy.SWEEP;
import static org.lucenelmdb.search.FilterStrategy.TWO_HOP;

import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.codes.CodeCosts;
import org.lucenelmdb.codes.CodeLayout;
import org.lucenelmdb.codes.CodeModel;
import org.lucenelmdb.graph.GraphGeometry;
import org.lucenelmdb.vectors.VectorMetric;

/** Which strategies are chosen, and when a search changes its mind. */
public class TestFilterPlan extends LuceneTestCase {

  private static final int CANDIDATES = 32;
  private static final int LARGE = 10_000_000;
  private static final int FIRST_REVIEW = 8;
  private static final int DIMENSION = 384;
  private static final int VECTOR_BYTES = DIMENSION * Float.BYTES;

  private static final CodeModel MODEL =
      new CodeModel(
          CodeLayout.of(DIMENSION, 1, VectorMetric.COSINE),
          VectorMetric.COSINE,
          4,
          0.05f,
          20,
          new float[DIMENSION],
          null,
          0,
          new float[0][]);

  private static SearchCosts costs(int size) {
    GraphGeometry graph = new GraphGeometry(0, size, 16, 32, 0, 0, new int[1][], null);
    return new SearchCosts(graph, MODEL, new CodeCosts(size, VECTOR_BYTES, true));
  }

  private static FilterPlan plan(int size, int accepted, int candidates, FilterStrategy forced) {
    return new FilterPlan(costs(size), size, accepted, () -> accepted, candidates, true, forced);
  }

  /** A plan with deletes, of which the filter's cost tells nothing. */
  private static FilterPlan planWithDeletes(int size, int deleted) {
    return new FilterPlan(costs(size), size, size, () -> size - deleted, 16, true, null);
  }

  /** Reviews a plan as a search does whose first hops are accepted, and the others not. */
  private static int hopsUntilChange(FilterPlan plan, int acceptedHops, int most) {
    FilterStrategy before = plan.strategy();
    int hops = 0;
    while (hops < most && plan.strategy() == before) {
      hops++;
      if (plan.isReviewDue(hops)) {
        plan.review(hops, Math.min(hops, acceptedHops));
      }
    }
    return hops;
  }

  private static FilterPlan plan(int size, int accepted) {
    return plan(size, accepted, CANDIDATES, null);
  }

  public void testChoices() {
    for (int accepted : new int[] {1, 10, 1000}) {
      assertEquals(SCAN, plan(LARGE, accepted).strategy());
      assertEquals(accepted, plan(LARGE, accepted).estimatedVisits());
    }
    assertEquals("small", SCAN, plan(1000, 1000).strategy());
    assertEquals(SWEEP, plan(LARGE, LARGE / 2).strategy());
    assertEquals(SWEEP, plan(LARGE, LARGE).strategy());
    assertEquals(TWO_HOP, plan(LARGE, LARGE / 50).strategy());
    assertEquals("most candidates", SCAN, plan(100_000, 50_000, 50_000, null).strategy());
    for (int accepted : new int[] {LARGE / 50, LARGE / 2}) {
      long visits = plan(LARGE, accepted).estimatedVisits();
      assertTrue("" + visits, visits >= CANDIDATES && visits < accepted / 10);
    }
  }

  /** With few accepted, a walk in two hops looks for more, to find as many of the best. */
  public void testTwoHopCandidates() {
    int previous = CANDIDATES;
    for (int part : new int[] {1, 2, 10, 50, 1000}) {
      int candidates = plan(LARGE, LARGE / part).twoHopCandidates(CANDIDATES);
      assertTrue(candidates + " after " + previous, candidates >= previous);
      previous = candidates;
    }
    assertEquals("at most", 8 * CANDIDATES, previous);
    assertEquals("no more than are accepted", 5, plan(LARGE, 5).twoHopCandidates(CANDIDATES));
  }

  /** A filter that a scan is cheaper for, as far as it is known before the walk. */
  private static FilterPlan fewButMaybeNear() {
    FilterPlan plan = plan(LARGE, LARGE / 500);
    assertEquals(TWO_HOP, plan.strategy());
    return plan;
  }

  public void testGoesOnWhereMostAreAccepted() {
    FilterPlan plan = fewButMaybeNear();
    for (int hops = FIRST_REVIEW; hops <= 64; hops *= 2) {
      assertTrue(plan.isReviewDue(hops));
      plan.review(hops, hops);
      assertEquals(TWO_HOP, plan.strategy());
    }
    assertEquals(List.of(TWO_HOP), plan.strategies());
  }

  public void testScansWhereNoneIsAccepted() {
    FilterPlan plan = fewButMaybeNear();
    plan.review(FIRST_REVIEW, 0);
    assertEquals(List.of(TWO_HOP, SCAN), plan.strategies());
    assertFalse("too late", plan.isFar(FIRST_REVIEW, 0));
  }

  public void testSweepTurnsIntoTwoHops() {
    FilterPlan plan = plan(LARGE, LARGE / 2);
    int hops = FIRST_REVIEW;
    plan.review(hops, hops / 2);
    assertEquals("as expected", List.of(SWEEP), plan.strategies());
    while (plan.strategy() == SWEEP && hops < 1000) {
      hops *= 2;
      assertTrue(plan.isReviewDue(hops));
      plan.review(hops, 0);
    }
    assertEquals(List.of(SWEEP, TWO_HOP), plan.strategies());
    hops *= 2;
    plan.review(hops, hops);
    assertEquals("not back", TWO_HOP, plan.strategy());
  }

  /**
   * What is hidden where the query is may all be near it: a sweep that passes it goes on if that is
   * little, and is given up soon if it is much, whatever was accepted on the way to the query.
   */
  public void testHidden() {
    int size = 20_000;
    for (int acceptedHops : new int[] {0, 5, 10}) {
      FilterPlan few = planWithDeletes(size, 100);
      assertEquals(SWEEP, few.strategy());
      assertEquals(100, hopsUntilChange(few, acceptedHops, 100));
      int before = Integer.MAX_VALUE;
      for (int deleted : new int[] {5_000, 10_000, 15_000}) {
        FilterPlan many = planWithDeletes(size, deleted);
        int hops = hopsUntilChange(many, acceptedHops, 1000);
        assertEquals(List.of(SWEEP, SCAN), many.strategies());
        assertTrue(deleted + " hidden: " + hops, hops <= Math.min(before, 150));
        before = hops;
      }
    }
  }

  /** What is accepted is counted only where that may change the strategy. */
  public void testCountsOnlyIfHidden() {
    FilterPlan plan =
        new FilterPlan(
            costs(LARGE),
            LARGE,
            LARGE,
            () -> {
              throw new AssertionError("counted");
            },
            CANDIDATES,
            true,
            null);
    for (int hops = FIRST_REVIEW; hops < 1000; hops++) {
      if (plan.isReviewDue(hops)) {
        plan.review(hops, hops - hops / 4);
      }
    }
    assertEquals(SWEEP, plan.strategy());
  }

  /** The time from review to review grows by a half. */
  public void testReviewsBecomeRarer() {
    FilterPlan plan = plan(LARGE, LARGE / 2);
    int hops = FIRST_REVIEW;
    for (int i = 0; i < 10; i++) {
      assertFalse(plan.isReviewDue(hops - 1));
      assertTrue(plan.isReviewDue(hops));
      hops += random().nextInt(20); // reviews may be late
      plan.review(hops, hops / 2);
      hops += (hops + 1) / 2;
    }
  }

  public void testFar() {
    FilterPlan plan = plan(LARGE, LARGE / 2);
    assertTrue(plan.isFar(40, 0));
    assertTrue(plan.isFar(40, 4));
    assertFalse(plan.isFar(40, 5)); // a quarter of the half
    assertFalse(plan(LARGE, 5).isFar(40, 0));
  }

  /** Where not all that is accepted may be scored, a traversal finds more than a part of a scan. */
  public void testCannotScan() {
    SearchCosts costs = costs(1000);
    for (int accepted = 1; accepted <= 1000; accepted += 1 + random().nextInt(50)) {
      FilterPlan plan = new FilterPlan(costs, 1000, accepted, () -> 0, CANDIDATES, false, null);
      assertNotEquals(SCAN, plan.strategy());
      for (int hops = FIRST_REVIEW; hops < 1000; hops *= 2) {
        plan.review(hops, 0);
        assertNotEquals(SCAN, plan.strategy());
        assertFalse(plan.isScanCheaper(1000));
      }
    }
  }

  /** A traversal that grows is given up for a scan, unless a strategy is asked for. */
  public void testScanCheaper() {
    assertFalse(plan(100_000, 50_000).isScanCheaper(50));
    assertTrue(plan(100_000, 50_000).isScanCheaper(50_000));
    assertFalse(plan(100_000, 50_000, CANDIDATES, SWEEP).isScanCheaper(50_000));
    boolean isScan = false;
    for (int hops = 1; hops <= 100_000; hops *= 2) { // the more is left, the sooner
      boolean before = isScan;
      isScan = plan(100_000, 50_000).isScanCheaper(hops);
      assertTrue(isScan || before == false);
    }
  }

  public void testForced() {
    for (int i = 0; i < 1000; i++) {
      for (FilterStrategy forced : FilterStrategy.values()) {
        int size = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 100 : LARGE);
        int accepted = TestUtil.nextInt(random(), 1, size);
        FilterPlan plan = plan(size, accepted, TestUtil.nextInt(random(), 1, size), forced);
        assertEquals(forced, plan.strategy());
        assertFalse(plan.isReviewDue(random().nextInt(Integer.MAX_VALUE)));
        assertTrue("" + plan.estimatedVisits(), plan.estimatedVisits() <= size);
        assertTrue(plan.estimatedVisits() >= 0);
        assertEquals(List.of(forced), plan.strategies());
        plan.complete();
        assertEquals(List.of(forced, SCAN), plan.strategies());
      }
    }
  }

  public void testAnyReviews() {
    for (int i = 0; i < 1000; i++) {
      int size = TestUtil.nextInt(random(), 1, LARGE);
      int accepted = TestUtil.nextInt(random(), 1, random().nextBoolean() ? size : 1 + size / 100);
      FilterPlan plan = plan(size, accepted);
      int hops = 0;
      int acceptedHops = 0;
      while (hops < 2000 && plan.strategy() != SCAN) {
        hops++;
        acceptedHops += random().nextInt(3) == 0 ? 1 : 0;
        if (plan.isReviewDue(hops)) {
          FilterStrategy before = plan.strategy();
          plan.review(hops, acceptedHops);
          assertTrue(plan.strategy() == before || plan.strategy() != SWEEP);
        }
      }
      List<FilterStrategy> strategies = plan.strategies();
      assertEquals(plan.strategy(), strategies.get(strategies.size() - 1));
      assertEquals("each once", strategies.stream().distinct().toList(), strategies);
      assertTrue(plan.estimatedVisits() > 0);
    }
  }
}
