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
import org.lucenelmdb.graph.GraphGeometry;

/** Which strategies are chosen, and when a search changes its mind. */
public class TestFilterPlan extends LuceneTestCase {

  private static final int CANDIDATES = 32;
  private static final int LARGE = 10_000_000;
  private static final int FIRST_REVIEW = 8;

  private static FilterPlan plan(int size, int accepted, int candidates, FilterStrategy forced) {
    GraphGeometry graph = new GraphGeometry(0, size, 16, 32, 0, 0, new int[1][], null);
    return new FilterPlan(new SearchCosts(graph, 64), size, accepted, candidates, forced);
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

  /** A filter that a scan is cheaper for, as far as anybody knows before the walk. */
  private static FilterPlan fewButMaybeNear() {
    FilterPlan plan = plan(LARGE, LARGE / 200);
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

  public void testReviewsDouble() {
    FilterPlan plan = plan(LARGE, LARGE / 2);
    int hops = FIRST_REVIEW;
    for (int i = 0; i < 10; i++) {
      assertFalse(plan.isReviewDue(hops - 1));
      assertTrue(plan.isReviewDue(hops));
      hops += random().nextInt(20); // reviews may be late
      plan.review(hops, hops / 2);
      hops *= 2;
    }
  }

  public void testFar() {
    FilterPlan plan = plan(LARGE, LARGE / 2);
    assertTrue(plan.isFar(40, 0));
    assertTrue(plan.isFar(40, 4));
    assertFalse(plan.isFar(40, 5)); // a quarter of the half
    assertFalse(plan(LARGE, 5).isFar(40, 0));
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
